// A sweep: all its configurations at once, what each parameter does on its own, and the best ones.
import { fileNameOf } from '../../base/file-name.js';
import { type Block, heading, type Plot, paragraph, type Text } from '../document.js';
import type { LinkRuns } from '../figures/run-numbers.js';
import { describeSetting, type SweepConfiguration, type SweepFigures, type SweepParameter } from '../figures/sweep.js';
import { formatCount, formatPercent, PERCENT } from '../format-figures.js';
import type { Report } from '../make-report.js';
import { type DotRow, drawDots } from '../plots/draw-dots.js';
import { drawParallel } from '../plots/draw-parallel.js';
import { makeLinePlot } from './line-plot.js';

/** Parameters with axes and plots of their own, those of the largest effect. */
const MOST_PARAMETERS = 8;
const MOST_BEST = 10;
/** Part of the configurations that is drawn in colour, one at least. */
const BEST_PART = 0.1;

/** The blocks of each sweep; none where nothing was varied. */
export async function makeSweepSection({ sweeps }: Report, linkRuns: LinkRuns): Promise<Block[]> {
  const blocks = await Promise.all(
    sweeps.map((sweep, index) => describeSweep(sweep, index, sweeps.length > 1, linkRuns)),
  );
  return blocks.flat();
}

async function describeSweep(
  sweep: SweepFigures,
  index: number,
  several: boolean,
  linkRuns: LinkRuns,
): Promise<Block[]> {
  const { experiment, parameters, configurations, objective, isFraction } = sweep;
  const shown = parameters.slice(0, MOST_PARAMETERS);
  if (configurations.length < 2 || shown.length === 0) return [];
  const place = `sweep-${index + 1}`;
  const effects = await Promise.all(shown.map((parameter) => plotEffect(parameter, sweep, place)));
  return [
    heading(place, several ? `Sweep of ${experiment}` : 'Sweep'),
    paragraph(...describeExtent(sweep)),
    ...(parameters.length > shown.length
      ? [paragraph(`The ${shown.length} parameters of the largest effect are shown, of ${parameters.length}.`)]
      : []),
    ...(sweep.importances ? [await plotImportances(sweep.importances, place)] : []),
    { type: 'plots', plots: await plotHistory(sweep, place) },
    { type: 'plots', plots: [await plotParallel(sweep, shown, place)], wide: true },
    paragraph(
      'The mean of each value over all configurations that have it. Intervals are Student’s 95 %. Where values were ' +
        'crossed with the same other settings and seeds, these are paired and do not count as noise; where they were ' +
        'not, one parameter may take credit for another. A single run has no interval.',
    ),
    { type: 'plots', plots: effects },
    {
      type: 'table',
      caption: `Best configurations by ${objective.metric}`,
      table: {
        head: ['configuration', isFraction ? 'mean, %' : 'mean', 'runs', ...shown.map(({ name }) => name)],
        align: ['left', 'right', 'left', ...shown.map(() => 'right' as const)],
        rows: configurations
          .slice(0, MOST_BEST)
          .map(({ system, mean, folders, values }) => [
            [{ name: system }],
            [{ strong: formatObjective(mean, isFraction) }],
            linkRuns(folders),
            ...shown.map(({ path }): Text => [{ name: describeSetting(values[path]) }]),
          ]),
      },
    },
  ];
}

/** Steps from which on a history is one. */
const LEAST_STEPS = 3;

async function plotImportances(importances: NonNullable<SweepFigures['importances']>, place: string): Promise<Block> {
  const rows = importances
    .slice(0, MOST_PARAMETERS)
    .map(
      ({ path, importance }): DotRow => ({ label: path, kind: 'network', value: importance, low: 0, high: importance }),
    );
  const title = 'What decides whether a configuration is among the best tenth';
  return {
    type: 'plots',
    plots: [
      {
        title,
        description: `${title}: ${rows.map(({ label, value }) => `${label} ${formatPercent(value)} %`).join('; ')}`,
        svg: await drawDots(rows, { title: 'importance (PED-ANOVA)' }),
        data: {
          file: `${place}-importances.csv`,
          head: ['parameter', 'importance'],
          rows: importances.map(({ path, importance }) => [path, importance]),
        },
      },
    ],
  };
}

async function plotHistory({ history, objective, isFraction }: SweepFigures, place: string): Promise<Plot[]> {
  if (history.length < LEAST_STEPS) return [];
  const draw = (name: 'runs' | 'coreMinutes', title: string, xTitle: string) =>
    makeLinePlot(title, `${place}-history-by-${name === 'runs' ? 'run' : 'core-minute'}`, {
      xTitle,
      yTitle: objective.metric,
      points: history.flatMap((step) => [
        { series: 'best so far', x: step[name], y: step.best },
        { series: 'each run', x: step[name], y: step.value },
      ]),
      percent: isFraction,
      marks: false,
      scattered: ['each run'],
    });
  return [
    await draw('runs', 'Best so far, by run', 'finished runs'),
    await draw('coreMinutes', 'Best so far, by time', 'core-minutes'),
  ];
}

function describeExtent({ configurations, unmeasured, counts, objective, isFraction }: SweepFigures): Text {
  const [best] = configurations as readonly [SweepConfiguration, ...SweepConfiguration[]];
  const missing = (['halted', 'failed', 'stopped', 'running', 'waiting'] as const)
    .filter((state) => counts[state] > 0)
    .map((state) => `${counts[state]} ${state}`);
  return [
    `${formatCount(configurations.length, 'configuration')} compared by ${objective.metric}`,
    unmeasured > 0 ? `; ${formatCount(unmeasured, 'more has', 'more have')} no finished run yet` : '',
    missing.length > 0 ? ` (runs left out: ${missing.join(', ')})` : '',
    '. Chosen: ',
    { name: best.system },
    ' with ',
    { strong: `${formatObjective(best.mean, isFraction)}${isFraction ? PERCENT : ''}` },
    '. A validation that chose the best of many is flattered by the choice; the test was not asked.',
  ];
}

function formatObjective(value: number, isFraction: boolean): string {
  return isFraction ? formatPercent(value) : value.toPrecision(4);
}

async function plotParallel(
  { configurations, objective, isFraction }: SweepFigures,
  parameters: readonly SweepParameter[],
  place: string,
): Promise<Plot> {
  const bestCount = Math.max(1, Math.round(BEST_PART * configurations.length));
  const scale = isFraction ? 100 : 1;
  const title = `All configurations; the best ${bestCount === 1 ? 'one' : bestCount} in colour`;
  return {
    title,
    description:
      `${title}: parallel coordinates of ${configurations.length} configurations over ` +
      `${parameters.map(({ name }) => name).join(', ')} and ${objective.metric}; the figures are in the CSV file`,
    svg: await drawParallel({
      axes: [
        ...parameters.map(({ name, path }) => ({
          title: name,
          values: configurations.map(({ values }) => axisValue(values[path])),
        })),
        {
          title: isFraction ? 'result, %' : 'result',
          values: configurations.map(({ mean }) => scale * mean),
        },
      ],
      best: configurations.map((_, index) => index < bestCount),
    }),
    data: {
      file: `${place}-configurations.csv`,
      head: ['configuration', ...parameters.map(({ path }) => path), objective.metric, 'runs'],
      rows: configurations.map(({ system, values, mean, measured }) => [
        system,
        ...parameters.map(({ path }) => axisValue(values[path])),
        mean,
        measured.length,
      ]),
    },
  };
}

function axisValue(value: unknown): number | string | undefined {
  if (value === undefined || typeof value === 'number' || typeof value === 'string') return value;
  return JSON.stringify(value);
}

async function plotEffect(
  { path, levels }: SweepParameter,
  { objective, isFraction }: SweepFigures,
  place: string,
): Promise<Plot> {
  const rows = levels.map(
    ({ label, mean, interval }): DotRow => ({
      label,
      kind: 'network',
      value: mean,
      ...(interval && { low: interval[0], high: interval[1] }),
    }),
  );
  return {
    title: path,
    description:
      `Mean of each value of ${path}: ` +
      `${levels.map(({ label, mean }) => `${label}: ${formatObjective(mean, isFraction)}`).join('; ')}`,
    svg: await drawDots(rows, {
      title: objective.metric,
      domain: domainOf(rows, isFraction),
      percent: isFraction,
    }),
    data: {
      file: `${place}-effect-of-${fileNameOf(path)}.csv`,
      head: ['value', 'mean', 'low', 'high', 'configurations'],
      rows: levels.map(({ label, mean, interval, configurations }) => [
        label,
        mean,
        interval?.[0],
        interval?.[1],
        configurations,
      ]),
    },
  };
}

// The part of the axis that the values use, fractions within 0 … 1: effects are small beside the whole range.
function domainOf(rows: readonly DotRow[], isFraction: boolean): [number, number] {
  const low = Math.min(...rows.map((row) => row.low ?? row.value));
  const high = Math.max(...rows.map((row) => row.high ?? row.value));
  const margin = 0.08 * (high - low) || 0.05;
  const domain: [number, number] = [low - margin, high + margin];
  return isFraction ? [Math.max(0, domain[0]), Math.min(1, domain[1])] : domain;
}

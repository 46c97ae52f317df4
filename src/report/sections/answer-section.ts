// The answer first: what the best system reaches, beside whom, and what is alarming about it.
import type { Block, Plot, Text } from '../document.js';
import type { Headline } from '../figures/headline.js';
import { isPaperTask, LANDMARKS } from '../figures/paper-tables.js';
import { formatCount, formatInterval, formatPercent, PERCENT } from '../format-figures.js';
import type { Report } from '../make-report.js';
import { nameSystem, PROTOCOL_NAMES } from '../names.js';
import { type DotRow, drawDots } from '../plots/draw-dots.js';
import { listFacts } from './what-was-run-facts.js';

/** Systems in the plot of the answer; the table has all of them. */
const MOST_DOTS = 14;

/** The blocks of the section; none where there is nothing to say. */
export async function makeAnswerSection(report: Report): Promise<Block[]> {
  const { headline } = report;
  const beside = listFacts(report);
  if (!headline) {
    if (report.runs.length === 0) return [lead('There are no runs here.'), ...warnOfDamage(report)];
    return [lead('Nothing has been measured yet.'), ...warnOfDamage(report), { type: 'plots', plots: [], beside }];
  }
  const where = `${PROTOCOL_NAMES[headline.protocol]}, ${headline.nWay}-way ${headline.kShot}-shot`;
  return [
    { type: 'paragraph', tone: 'lead', text: leadText(headline, where) },
    ...selectionNote(headline),
    ...alarms(report),
    ...warnOfDamage(report),
    { type: 'plots', plots: [await plotAnswer(headline, where)], beside },
  ];
}

function lead(text: string): Block {
  return { type: 'paragraph', tone: 'lead', text: [text] };
}

function warnOfDamage({ damaged }: Report): Block[] {
  if (damaged.length === 0) return [];
  const folders = formatCount(damaged.length, 'folder');
  const text = `${folders} could not be read and ${damaged.length === 1 ? 'is' : 'are'} left out: see Runs.`;
  return [{ type: 'paragraph', tone: 'alarm', text: [text] }];
}

function leadText({ measurements }: Headline, where: string): Text {
  const network = measurements.find(({ scorer }) => scorer === 'network');
  const best = network ?? measurements[0]!;
  const baseline = network && measurements.find(({ scorer }) => scorer !== 'network' && scorer !== 'chance');
  return [
    `${where}: `,
    { name: nameSystem(best) },
    ' answers ',
    { strong: `${formatPercent(best.accuracy)}${PERCENT}` },
    ` right (95 % interval ${formatInterval(best.interval)}; ${formatCount(best.correct.length, 'run')} of ${formatCount(best.n, 'query', 'queries')}).`,
    ...(baseline
      ? [` Best without learning: ${nameSystem(baseline)}, ${formatPercent(baseline.accuracy)}${PERCENT}.`]
      : []),
    ...(isPaperTask(best)
      ? [` Published: Koch et al. 2015 ${LANDMARKS.koch.toFixed(1)}${PERCENT}, people ${LANDMARKS.humans}${PERCENT}.`]
      : []),
  ];
}

function selectionNote({ measurements }: Headline): Block[] {
  const networks = measurements.filter(({ scorer }) => scorer === 'network').length;
  if (networks < 2) return [];
  const text = `It is the highest of ${networks} configurations on this very test, so it is flattered a little by the choice.`;
  return [{ type: 'paragraph', tone: 'note', text: [text] }];
}

function alarms({ measurements }: Report): Block[] {
  return measurements
    .filter(({ alarm }) => alarm)
    .map((measurement) => ({
      type: 'paragraph',
      tone: 'alarm',
      text: [
        { name: nameSystem(measurement) },
        ` gave constant or non-finite scores on ${measurement.task}; constant answers score chance, non-finite ones nothing.`,
      ],
    }));
}

async function plotAnswer({ measurements }: Headline, where: string): Promise<Plot> {
  const measured = measurements.slice(0, MOST_DOTS).map(
    (measurement): DotRow => ({
      label: nameSystem(measurement),
      kind: measurement.scorer === 'network' ? 'network' : 'baseline',
      value: measurement.accuracy,
      ...(measurement.scorer === 'chance' ? {} : { low: measurement.interval[0], high: measurement.interval[1] }),
    }),
  );
  const published: DotRow[] = measurements.some(isPaperTask)
    ? [
        { label: 'people (published)', kind: 'published', value: LANDMARKS.humans / 100 },
        { label: 'Koch et al. 2015 (published)', kind: 'published', value: LANDMARKS.koch / 100 },
      ]
    : [];
  const rows = [...published, ...measured].sort((a, b) => b.value - a.value);
  return {
    title: where,
    description: `Accuracies: ${rows.map(({ label, value }) => `${label} ${formatPercent(value)} %`).join('; ')}`,
    svg: await drawDots(rows, { title: 'accuracy, with 95 % interval' }),
    data: {
      file: 'answer.csv',
      head: ['system', 'kind', 'accuracy', 'low', 'high'],
      rows: rows.map(({ label, kind, value, low, high }) => [label, kind, value, low, high]),
    },
  };
}

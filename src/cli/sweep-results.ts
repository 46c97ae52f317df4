// What `oneshot run` prints at its end of several trials: of one configuration its tasks, of several a row for each, the
// baselines once, and which one validation chose (src/evaluation/headline.ts).
import { groupBy } from '../evaluation/group-by.js';
import { averageOf, VALIDATION_OBJECTIVE } from '../evaluation/headline.js';
import { chooseConfiguration, rankConfigurations } from '../report/figures/choose-configuration.js';
import { type Headline, type HeadlineMeasurement, isEnsemble, makeHeadline } from '../report/figures/headline.js';
import { measureVerifications } from '../report/figures/verifications.js';
import { formatInterval, formatPercent } from '../report/format-figures.js';
import { groupRuns, measureGroups, type RunGroup } from '../report/group-runs.js';
import { listDataDoubts } from '../report/list-data-doubts.js';
import { hasNetwork, type ReportRun } from '../report/load-runs.js';
import { measureEnsembles } from '../report/measure-ensembles.js';
import { nameSystem, nameSystems } from '../report/names.js';
import { measureWidth, shortenMiddle } from './fit-lines.js';
import { createPlainTable } from './plain-table.js';
import { type RunResults, renderResults } from './results-table.js';
import type { Colors } from './terminal.js';

/** Configurations that are listed; of more, the best ranked. */
const MOST_LISTED = 20;
/** Shorter names say nothing. */
const LEAST_NAME = 20;

export interface ShownSweep {
  readonly text: string;
  /** Sentences about alarming answers. */
  readonly alarms: readonly string[];
  /** What is likely wrong with the pictures, a sentence each. */
  readonly doubts: readonly string[];
}

/** The results of these runs; undefined where none has any. */
export function renderSweepResults(
  runs: readonly ReportRun[],
  colors: Colors,
  columns = Number.POSITIVE_INFINITY,
): ShownSweep | undefined {
  const finished = runs.filter(({ state }) => state === 'finished');
  const groups = groupRuns(finished);
  const measurements = [...measureGroups(groups), ...measureEnsembles(groups)];
  const verifications = measureVerifications(groups);
  const all: readonly HeadlineMeasurement[] = [...measurements, ...verifications];
  if (all.length === 0) return undefined;
  const alarms = all.flatMap(({ alarm, task, ...system }) =>
    alarm === undefined ? [] : [`${nameSystem(system)} on ${task}: ${alarm}`],
  );
  const doubts = listDataDoubts(finished);
  const choice = chooseConfiguration(groups);
  const headline = makeHeadline(measurements, verifications, choice);
  if (groups.length === 1 || headline === undefined || choice === undefined)
    return { text: renderTasks(groups, all, colors, columns), alarms, doubts };
  const table = renderConfigurations(groups, headline, colors, columns);
  return { text: `${table}\n${describeChoice(choice, headline, colors)}`, alarms, doubts };
}

function renderTasks(
  groups: readonly RunGroup[],
  all: readonly HeadlineMeasurement[],
  colors: Colors,
  columns: number,
): string {
  const own = groups.map(({ label }): RunResults => {
    const results = all.filter(({ system, scorer }) => scorer !== 'network' || system === label);
    return { name: label, results };
  });
  const ensembles = groupBy(all.filter(isEnsemble), ({ system }) => system);
  for (const [name, results] of ensembles) own.push({ name, results });
  const seeds = groups[0]!.runs.length;
  const mean = groups.length === 1 && seeds > 1 ? `\n${colors.dim(` means of ${seeds} runs, n of each`)}` : '';
  return `${renderResults(own, colors, columns)}${mean}`;
}

function renderConfigurations(
  groups: readonly RunGroup[],
  headline: Headline,
  colors: Colors,
  columns: number,
): string {
  const { objective, ranked } = rankConfigurations(groups);
  const measured = new Map(
    headline.measurements.filter(({ scorer }) => scorer === 'network').map((found) => [found.system, found]),
  );
  const isShare = objective.metric.endsWith('accuracy');
  const rows = ranked.map(({ group, values }) => [
    group.label,
    String(values.length),
    isShare ? `${formatPercent(averageOf(values))} %` : averageOf(values).toPrecision(4),
    showAccuracy(measured.get(group.label), colors),
  ]);
  // A point without a network has rows of its baselines.
  const unranked = groups.filter(
    (group) => group.runs.some(hasNetwork) && !ranked.some((other) => other.group === group),
  );
  const others = unranked.map(({ label, runs }) => [
    label,
    String(runs.length),
    '',
    showAccuracy(measured.get(label), colors),
  ]);
  const all = [...rows, ...others];
  const baselines = headline.measurements.filter(({ scorer }) => scorer !== 'network');
  const titles = nameSystems(baselines);
  const last = baselines.map((baseline, index) => [titles[index]!, '', '', showAccuracy(baseline, colors)]);
  const together = headline.measurements
    .filter(isEnsemble)
    .map((ensemble) => [ensemble.system, String(ensemble.accuracies.length), '', showAccuracy(ensemble, colors)]);
  const shown = [...all.slice(0, MOST_LISTED), ...together, ...last];
  const render = (longest: number) => {
    const metric = objective.metric === VALIDATION_OBJECTIVE.metric ? 'validation' : objective.metric;
    const head = ['configuration', 'runs', metric, headline.task];
    const table = createPlainTable(head, colors, [1, 2]);
    for (const [name, ...cells] of shown) table.push([shortenMiddle(name!, longest), ...cells]);
    return table.toString();
  };
  const whole = render(Number.POSITIVE_INFINITY);
  const longest = Math.max(...shown.map(([name]) => name!.length));
  const excess = measureWidth(whole) - columns;
  const rest = all.length - Math.min(all.length, MOST_LISTED);
  const more = rest === 0 ? '' : `\n${colors.dim(` and ${rest} more: the report has them all`)}`;
  return `${excess > 0 ? render(Math.max(LEAST_NAME, longest - excess)) : whole}${more}`;
}

function showAccuracy(measurement: HeadlineMeasurement | undefined, colors: Colors): string {
  if (measurement === undefined) return '';
  const { accuracy, interval, scorer, alarm } = measurement;
  if (scorer === 'chance') return formatPercent(accuracy);
  return `${formatPercent(accuracy)} (${formatInterval(interval)})${alarm === undefined ? '' : colors.red(' !')}`;
}

function describeChoice(
  choice: NonNullable<ReturnType<typeof chooseConfiguration>>,
  { task, first }: Headline,
  colors: Colors,
): string {
  if (isEnsemble(first)) return `${first.system}, as the file declares: ${showAccuracy(first, colors)} on ${task}`;
  if (choice.type === 'none') return `no configuration was chosen: ${choice.reason}`;
  const { group, objective } = choice;
  const reached =
    first.scorer === 'network' && first.system === group.label ? `: ${showAccuracy(first, colors)} on ${task}` : '';
  return `chosen by ${objective.metric}: ${group.label}${reached}`;
}

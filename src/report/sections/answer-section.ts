// The answer first: what the chosen system reaches on the test, beside whom, and what is alarming about it.
import type { Block, Plot, Text } from '../document.js';
import { type Headline, type HeadlineMeasurement, isEnsemble } from '../figures/headline.js';
import { isPaperTask, LANDMARKS } from '../figures/paper-tables.js';
import type { VerificationMeasurement } from '../figures/verifications.js';
import { formatCount, formatInterval, formatPercent, PERCENT } from '../format-figures.js';
import type { Report } from '../make-report.js';
import { nameSystem, nameSystems, nameTask } from '../names.js';
import { type DotRow, drawDots } from '../plots/draw-dots.js';
import { listFacts } from './what-was-run-facts.js';

/** Systems in the plot of the answer, all baselines among them; the table has the others. */
const MOST_DOTS = 14;

/** The blocks of the section; none where there is nothing to say. */
export async function makeAnswerSection(report: Report): Promise<Block[]> {
  const { headline } = report;
  const beside = listFacts(report);
  if (!headline) {
    if (report.runs.length === 0) return [lead('There are no runs here.'), ...warnOfDamage(report)];
    return [
      lead(explainSilence(report)),
      ...alarms(report),
      ...tellDoubts(report),
      ...warnOfDamage(report),
      { type: 'plots', plots: [], beside },
    ];
  }
  return [
    { type: 'paragraph', tone: 'lead', text: leadText(headline) },
    ...choiceNote(report),
    ...alarms(report),
    ...tellDoubts(report),
    ...warnOfDamage(report),
    { type: 'plots', plots: [await plotAnswer(report, headline)], beside, number: describeNumber(headline) },
  ];
}

function lead(text: string): Block {
  return { type: 'paragraph', tone: 'lead', text: [text] };
}

function explainSilence({ measurements, verifications }: Report): string {
  if (measurements.length === 0 && verifications.length === 0) return 'Nothing has been measured yet.';
  return 'Nothing has been measured on the test selection, and only that makes a headline: see Results.';
}

function tellDoubts({ dataDoubts }: Report): Block[] {
  return dataDoubts.map((doubt) => ({ type: 'paragraph', tone: 'alarm', text: [{ name: `${doubt}.` }] }));
}

function warnOfDamage({ damaged }: Report): Block[] {
  if (damaged.length === 0) return [];
  const folders = formatCount(damaged.length, 'folder');
  const text = `${folders} could not be read and ${damaged.length === 1 ? 'is' : 'are'} left out: see Runs.`;
  return [{ type: 'paragraph', tone: 'alarm', text: [text] }];
}

function leadText({ first, measurements }: Headline): Text {
  const nearest = measurements.filter(({ scorer }) => scorer !== 'network' && scorer !== 'chance');
  const baseline = nearest.sort((a, b) => b.accuracy - a.accuracy)[0];
  const queries = isVerification(first) ? formatCount(first.n, 'pair') : formatCount(first.n, 'query', 'queries');
  return [
    `${nameTask(first)}: `,
    { name: nameSystem(first) },
    ' answers ',
    { strong: `${formatPercent(first.accuracy)}${PERCENT}` },
    ` right (95 % interval ${formatInterval(first.interval)}; ${formatCount(first.correct.length, 'run')} of ${queries}).`,
    ...(baseline && first.scorer === 'network'
      ? [` Best baseline: ${nameSystem(baseline)}, ${formatPercent(baseline.accuracy)}${PERCENT}.`]
      : []),
    ...(!isVerification(first) && isPaperTask(first)
      ? [` Published: Koch et al. 2015 ${LANDMARKS.koch.toFixed(1)}${PERCENT}, people ${LANDMARKS.humans}${PERCENT}.`]
      : []),
  ];
}

function describeNumber({ first }: Headline): { value: string; text: string } {
  const asked = isVerification(first) ? formatCount(first.n, 'pair') : formatCount(first.n, 'query', 'queries');
  const runs = first.correct.length === 1 ? asked : `${formatCount(first.correct.length, 'run')} of ${asked}`;
  return {
    value: `${formatPercent(first.accuracy)}${PERCENT}`,
    text: `${formatInterval(first.interval)} (95 %), ${runs}`,
  };
}

const isVerification = (measurement: HeadlineMeasurement): measurement is VerificationMeasurement =>
  !('protocol' in measurement);

function choiceNote({ choice, headline }: Report): Block[] {
  if (headline !== undefined && isEnsemble(headline.first)) {
    const members = choice === undefined ? [] : [' Details are those of ', { name: choice.system }, '.'];
    const text = ['Several systems answering together, as the file declares: nothing was chosen.', ...members];
    return [{ type: 'paragraph', tone: 'note', text }];
  }
  if (choice === undefined || (choice.type === 'chosen' && choice.value === undefined)) return [];
  const text = describeChoice(choice);
  return [{ type: 'paragraph', tone: 'note', text }];
}

function describeChoice(choice: NonNullable<Report['choice']>): Text {
  if (choice.type === 'none')
    return [`No configuration was chosen: ${choice.reason}. Details are those of `, { name: choice.system }, '.'];
  const { objective, value = Number.NaN, candidates } = choice;
  const shown = objective.metric.endsWith('accuracy') ? `${formatPercent(value)}${PERCENT}` : value.toPrecision(4);
  return [
    `Chosen of ${formatCount(candidates, 'configuration')} by ${objective.metric} (${shown}) and not by the test: ` +
      'others may stand higher in the plot.',
  ];
}

// Those of the chosen configuration in full: of others the tables tell.
function alarms({ measurements, verifications, choice }: Report): Block[] {
  const alarming = [...measurements, ...verifications].filter(({ alarm }) => alarm !== undefined);
  const own = alarming.filter(({ system, scorer }) => scorer !== 'network' || system === choice?.system);
  const others = new Set(alarming.filter((measurement) => !own.includes(measurement)).map(({ system }) => system)).size;
  const rest =
    others === 0
      ? []
      : [
          `${formatCount(others, 'other configuration')} gave constant, non-finite or worse than guessed answers: see Results.`,
        ];
  return [
    ...own.map(
      (measurement): Text => [{ name: nameSystem(measurement) }, ` on ${measurement.task}: ${measurement.alarm}.`],
    ),
    ...rest.map((sentence): Text => [sentence]),
  ].map((text): Block => ({ type: 'paragraph', tone: 'alarm', text }));
}

// Chance is the same at every picture size.
function withoutRepeatedChance(baselines: readonly HeadlineMeasurement[]): HeadlineMeasurement[] {
  const first = baselines.find(({ scorer }) => scorer === 'chance');
  return baselines.filter((baseline) => baseline.scorer !== 'chance' || baseline === first);
}

async function plotAnswer({ choice }: Report, headline: Headline): Promise<Plot> {
  const { first, measurements } = headline;
  const others = measurements.filter((measurement) => measurement !== first && measurement.scorer === 'network');
  const baselines = measurements.filter((measurement) => measurement !== first && measurement.scorer !== 'network');
  const isChosen = choice?.type === 'chosen' && choice.candidates > 1 && !isEnsemble(first);
  const networks = [first, ...others].slice(0, Math.max(1, MOST_DOTS - baselines.length));
  const shown = [...networks, ...withoutRepeatedChance(baselines)];
  const labels = nameSystems(shown);
  const measured = shown.map(
    (measurement, index): DotRow => ({
      label: labels[index]!,
      kind: measurement.scorer !== 'network' ? 'baseline' : measurement === first && isChosen ? 'chosen' : 'network',
      value: measurement.accuracy,
      ...(measurement.scorer === 'chance' ? {} : { low: measurement.interval[0], high: measurement.interval[1] }),
    }),
  );
  const published: DotRow[] = measurements.some(
    (measurement) => !isVerification(measurement) && isPaperTask(measurement),
  )
    ? [
        { label: 'people (published)', kind: 'published', value: LANDMARKS.humans / 100 },
        { label: 'Koch et al. 2015 (published)', kind: 'published', value: LANDMARKS.koch / 100 },
      ]
    : [];
  const rows = [...measured, ...published];
  const title = nameTask(first);
  return {
    title,
    description: `Accuracies: ${rows.map(({ label, value }) => `${label} ${formatPercent(value)} %`).join('; ')}`,
    svg: await drawDots(rows, { title: 'accuracy, with 95 % interval' }),
    data: {
      file: 'answer.csv',
      head: ['task', 'system', 'kind', 'accuracy', 'low', 'high'],
      rows: rows.map(({ label, kind, value, low, high }) => [first.task, label, kind, value, low, high]),
    },
  };
}

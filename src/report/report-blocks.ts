// The report in the order of its sections: the answer first, then the paper's tables, curves, details, runs, and how to read it.
import type { EvaluationResult } from '../evaluation/records/evaluation-result.js';
import type { Block, Csv, Plot, Table, Text } from './document.js';
import { type DotRow, drawDots, drawLines, MOST_COLORED_SERIES, type PlotPoint } from './draw-plot.js';
import { formatCount, formatDuration, formatInterval, formatPercent } from './format-figures.js';
import type { Measurement } from './group-runs.js';
import { type Headline, nameSystem, type Report, type RunSummary } from './make-report.js';
import { isPaperTask, LANDMARKS } from './paper-tables.js';

/** Systems in the plot of the answer; the table has all of them. */
const MOST_DOTS = 14;
/** Systems whose settings are set side by side. */
const MOST_COMPARED = 8;

/** All blocks of the report; draws its plots. `nameFolder` shortens the path of a run's folder. */
export async function makeBlocks(report: Report, nameFolder: (folder: string) => string): Promise<Block[]> {
  return [
    ...(await answer(report)),
    ...resultTables(report),
    ...paperTables(report),
    ...(await curves(report)),
    ...(await alphabets(report)),
    ...galleries(report),
    ...confusions(report),
    ...differences(report),
    ...runs(report, nameFolder),
    ...method(report),
  ];
}

/** The sign with a space that does not break. */
const PERCENT = '\u00a0%';

const PROTOCOL_NAMES: Readonly<Record<EvaluationResult['protocol'], string>> = {
  'lake-runs': "Lake's 20 official runs",
  'within-alphabet': 'Random episodes within an alphabet',
  'cross-alphabet': 'Random episodes across alphabets (easier)',
  mnist: "Random episodes of MNIST's digits",
};

function heading(id: string, text: string): Block {
  return { type: 'heading', id, text };
}

function paragraph(...text: Text): Block {
  return { type: 'paragraph', text };
}

async function answer(report: Report): Promise<Block[]> {
  const { headline } = report;
  const standing = describeCounts(report);
  if (!headline) {
    const none: Text =
      report.runs.length === 0 ? ['There are no runs here.'] : ['Nothing has been measured yet. ', standing];
    return [{ type: 'paragraph', tone: 'lead', text: none }];
  }
  const where = `${PROTOCOL_NAMES[headline.protocol]}, ${headline.nWay}-way ${headline.kShot}-shot`;
  return [
    { type: 'paragraph', tone: 'lead', text: leadText(headline, where) },
    ...selectionNote(headline),
    ...alarms(report),
    { type: 'plots', plots: [await plotAnswer(headline, where)] },
    paragraph(standing),
  ];
}

function leadText({ measurements }: Headline, where: string): Text {
  const network = measurements.find(({ scorer }) => scorer === 'network');
  const best = network ?? measurements[0]!;
  const baseline = network && measurements.find(({ scorer }) => scorer.startsWith('nearest'));
  return [
    `${where}: `,
    { name: nameSystem(best) },
    ' answers ',
    { strong: `${formatPercent(best.accuracy)}${PERCENT}` },
    ` right (95 % interval ${formatInterval(best.interval)}; ${formatCount(best.correct.length, 'run')} of ${formatCount(best.n, 'query', 'queries')}).`,
    ...(baseline ? [` Best nearest neighbour: ${formatPercent(baseline.accuracy)}${PERCENT}.`] : []),
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

function describeCounts({ counts, runs: all }: Report): string {
  const others = (['failed', 'stopped', 'running', 'waiting'] as const).filter((state) => counts[state] > 0);
  const rest = others.map((state) => `${counts[state]} ${state}`).join(', ');
  return `${counts.finished} of ${formatCount(all.length, 'run')} finished${rest === '' ? '' : `; ${rest}`}.`;
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
    svg: await drawDots(rows, 'accuracy, with 95 % interval'),
    data: {
      file: 'answer.csv',
      head: ['system', 'kind', 'accuracy', 'low', 'high'],
      rows: rows.map(({ label, kind, value, low, high }) => [label, kind, value, low, high]),
    },
  };
}

// One table for each protocol: systems by ways and shots.
function resultTables({ measurements }: Report): Block[] {
  if (measurements.length === 0) return [];
  const protocols = [...new Set(measurements.map(({ protocol }) => protocol))];
  return [
    heading('results', 'Results'),
    ...protocols.map((protocol): Block => {
      const own = measurements.filter((measurement) => measurement.protocol === protocol);
      return {
        type: 'table',
        caption: `${PROTOCOL_NAMES[protocol]}: accuracy in %, 95 % interval`,
        table: crossTable(own),
      };
    }),
    { type: 'download', text: 'Every result of every run as CSV', data: listResults(measurements) },
  ];
}

function crossTable(measurements: readonly Measurement[]): Table {
  const tasks = [...new Set(measurements.map(({ task }) => task))];
  const systemOf = (measurement: Measurement) =>
    JSON.stringify([nameSystem(measurement), measurement.scorer === 'network' ? '' : measurement.pictureSize]);
  const systems = [...new Set(measurements.map(systemOf))];
  const hasNetworks = measurements.some(({ scorer }) => scorer === 'network');
  return {
    head: [
      'system',
      ...(hasNetworks ? ['runs'] : []),
      // Breaks before `1-shot` only.
      ...tasks.map((task) => task.split('/').at(-1)!.replace('-way-', '-way ').replace('-shot', '\u2011shot')),
    ],
    align: ['left', ...(hasNetworks ? ['right' as const] : []), ...tasks.map(() => 'right' as const)],
    rows: systems.map((system) => {
      const own = measurements.filter((measurement) => systemOf(measurement) === system);
      const [first] = own as [Measurement];
      const size = first.scorer.startsWith('nearest') ? ` (${first.pictureSize.join(' × ')} px)` : '';
      const runCount = Math.max(...own.map(({ folders }) => folders.length));
      return [
        [{ name: nameSystem(first) }, size],
        ...(hasNetworks ? [[first.scorer === 'network' ? String(runCount) : '']] : []),
        ...tasks.map((task) => describeAccuracy(own.find((measurement) => measurement.task === task))),
      ];
    }),
  };
}

function describeAccuracy(measurement: Measurement | undefined): Text {
  if (!measurement) return ['–'];
  const accuracy = { strong: formatPercent(measurement.accuracy) };
  if (measurement.scorer === 'chance') return [accuracy];
  return [accuracy, { small: `${formatInterval(measurement.interval)}${measurement.alarm ? ' alarm' : ''}` }];
}

function listResults(measurements: readonly Measurement[]): Csv {
  return {
    file: 'results.csv',
    head: ['system', 'scorer', 'task', 'picture size', 'correct', 'n', 'accuracy', 'run'],
    rows: measurements.flatMap((measurement) =>
      measurement.folders.map((folder, index) => {
        const { scorer, task, pictureSize, correct, n } = measurement;
        return [
          nameSystem(measurement),
          scorer,
          task,
          pictureSize.join('x'),
          correct[index],
          n,
          correct[index]! / n,
          folder,
        ];
      }),
    ),
  };
}

function paperTables({ paperTables: tables, measurements }: Report): Block[] {
  if (!measurements.some(isPaperTask)) return [];
  return [
    heading('paper', 'Beside Koch et al. 2015'),
    paragraph(
      'Figures marked as published are those of the paper, in per cent; ours follow with their 95 % interval. ' +
        "Lake's 20 runs use drawers 01–08 of the evaluation alphabets, also where a split keeps other drawers apart; random episodes within an alphabet are harder than these runs.",
    ),
    ...tables.map(
      ({ title, measure, digits, rows, others }): Block => ({
        type: 'table',
        caption: `${title} (${measure})`,
        table: {
          head: ['system', 'published', 'measured here', 'source of the published figure'],
          align: ['left', 'right', 'left', 'left'],
          rows: [
            ...rows.map(({ system, published, source, measured }): Text[] => [
              [system],
              [`${published.toFixed(digits)} published`],
              measured.length === 0 ? ['not run here'] : describeMeasured(measured, true),
              [source],
            ]),
            ...[...new Set(others.map(nameSystem))].map((system): Text[] => [
              [{ name: system }],
              ['–'],
              describeMeasured(
                others.filter((measurement) => nameSystem(measurement) === system),
                false,
              ),
              ['not in the paper'],
            ]),
          ],
        },
      }),
    ),
  ];
}

function describeMeasured(measured: readonly Measurement[], named: boolean): Text {
  return measured.flatMap((measurement, index): Text => {
    const where = measurement.protocol === 'lake-runs' ? "Lake's runs" : 'random episodes within an alphabet';
    return [
      index === 0 ? '' : '; ',
      { strong: formatPercent(measurement.accuracy) },
      `${measurement.scorer === 'chance' ? '' : ` (${formatInterval(measurement.interval)})`} ${where}`,
      ...(named ? [', ', { name: nameSystem(measurement) }] : []),
    ];
  });
}

async function curves({ nWayCurves, learningCurves }: Report): Promise<Block[]> {
  const nWay = await Promise.all(
    nWayCurves.map(async ({ protocol, kShot, points }): Promise<Plot> => {
      const title = `${PROTOCOL_NAMES[protocol]}, ${kShot}-shot`;
      const svg = await drawLines({ xTitle: 'ways', yTitle: 'accuracy', points, percent: true, marks: true });
      return {
        title,
        svg,
        description: describeLines(title, points),
        data: listPoints(`n-way-${protocol}-${kShot}-shot`, 'ways', points),
      };
    }),
  );
  const learning = await Promise.all(
    learningCurves.map(async ({ metric, points }): Promise<Plot> => {
      const percent = metric.endsWith('accuracy');
      const logarithmic = metric.endsWith('loss') || metric.endsWith('learning-rate');
      const svg = await drawLines({ xTitle: 'epoch', yTitle: metric, points, percent, marks: false, logarithmic });
      return {
        title: metric,
        svg,
        description: describeLines(metric, points),
        data: listPoints(`curve-${metric}`, 'epoch', points),
      };
    }),
  );
  return [
    ...(nWay.length > 0
      ? [
          heading('ways', 'Accuracy against the number of ways'),
          paragraph(
            'Bands are 95 % intervals: over seeds and episodes where there are several runs, otherwise over episodes.',
          ),
          { type: 'plots', plots: nWay } as const,
        ]
      : []),
    ...(learning.length > 0
      ? [heading('learning', 'Learning curves'), { type: 'plots', plots: learning } as const]
      : []),
  ];
}

function describeLines(title: string, points: readonly PlotPoint[]): string {
  const names = [...new Set(points.map(({ line, series }) => line ?? series))];
  if (names.length > MOST_COLORED_SERIES) return `${title}: ${names.length} lines; the figures are in the CSV file`;
  const ends = names.map((name) => {
    const own = points.filter(({ line, series }) => (line ?? series) === name);
    const [first, last] = [own[0]!, own.at(-1)!];
    return `${name}: ${first.y.toPrecision(3)} at ${first.x}, ${last.y.toPrecision(3)} at ${last.x}`;
  });
  return `${title}. ${ends.join('; ')}`;
}

function listPoints(name: string, x: string, points: readonly PlotPoint[]): Csv {
  return {
    file: `${name.replace(/[^A-Za-z0-9-]+/g, '-')}.csv`,
    head: ['series', 'line', x, 'value', 'low', 'high'],
    rows: points.map((point) => [point.series, point.line, point.x, point.y, point.low, point.high]),
  };
}

async function alphabets({ perAlphabet }: Report): Promise<Block[]> {
  if (!perAlphabet) return [];
  const rows = perAlphabet.rows.map(
    ({ alphabet, accuracy, wilson: [low, high] }): DotRow => ({
      label: alphabet,
      kind: 'network',
      value: accuracy,
      low,
      high,
    }),
  );
  const title = `Accuracy by alphabet, ${perAlphabet.task}`;
  return [
    heading('alphabets', 'By alphabet'),
    {
      type: 'plots',
      plots: [
        {
          title,
          description: `${title}: ${rows.map(({ label, value }) => `${label} ${formatPercent(value)} %`).join('; ')}`,
          svg: await drawDots(rows, "accuracy, Wilson's 95 % interval"),
          data: {
            file: 'alphabets.csv',
            head: ['alphabet', 'n', 'correct', 'accuracy', 'low', 'high'],
            rows: perAlphabet.rows.map(({ alphabet, n, correct, accuracy, wilson }) => [
              alphabet,
              n,
              correct,
              accuracy,
              ...wilson,
            ]),
          },
        },
      ],
    },
  ];
}

function galleries({ galleries: all }: Report): Block[] {
  if (all.length === 0) return [];
  return [
    heading('episodes', 'Episodes lost and won'),
    paragraph(
      'The query stands first, then its support set with scores; green is the right class, red a wrong answer; of several shots the first is shown. Chosen by order alone: the first ones lost and won.',
    ),
    ...all.map(
      ({ task, system, seed, items }): Block => ({
        type: 'gallery',
        title: [`${task}, `, { name: system }, `, seed ${seed}`],
        items,
      }),
    ),
  ];
}

function confusions({ confusedPairs }: Report): Block[] {
  if (!confusedPairs) return [];
  return [
    heading('confusions', 'Most confused characters'),
    {
      type: 'table',
      caption: confusedPairs.task,
      table: {
        head: ['character', 'taken for', 'times', 'of chances'],
        align: ['left', 'left', 'right', 'right'],
        rows: confusedPairs.pairs.map(({ truth, prediction, times, chances }) => [
          [{ name: truth }],
          [{ name: prediction }],
          [String(times)],
          [String(chances)],
        ]),
      },
    },
  ];
}

function differences({ differences: { systems, settings } }: Report): Block[] {
  if (systems.length < 2 || systems.length > MOST_COMPARED || settings.length === 0) return [];
  return [
    heading('settings', 'Settings that differ'),
    {
      type: 'table',
      table: {
        head: ['setting', ...systems],
        align: ['left', ...systems.map(() => 'right' as const)],
        rows: settings.map(({ path, values }) => [
          [{ name: path }],
          ...values.map((value): Text => (value === undefined ? ['–'] : [{ name: value }])),
        ]),
      },
    },
  ];
}

function runs(report: Report, nameFolder: (folder: string) => string): Block[] {
  if (report.runs.length === 0) return [];
  return [
    heading('runs', 'Runs'),
    ...report.incomplete.map((sentence): Block => ({ type: 'paragraph', tone: 'alarm', text: [{ name: sentence }] })),
    {
      type: 'table',
      table: {
        head: ['run', 'state', 'seed', 'epochs', 'time', 'tasks', 'engine', 'commit', 'folder'],
        align: ['left', 'left', 'right', 'right', 'right', 'right', 'left', 'left', 'left'],
        rows: report.runs.map((run) => describeRun(run, report.experiments.length > 1, nameFolder(run.folder))),
      },
    },
  ];
}

function describeRun(run: RunSummary, severalExperiments: boolean, folder: string): Text[] {
  return [
    [{ name: severalExperiments ? `${run.experiment}: ${run.name}` : run.name }],
    run.failure === undefined ? [run.state] : [`${run.state}: `, { name: run.failure }],
    [String(run.seed)],
    [run.maxEpochs === 0 ? '–' : `${run.epoch} of ${run.maxEpochs}`],
    [formatDuration(run.seconds)],
    [String(run.tasks)],
    [{ name: run.engine ?? '–' }],
    [{ name: run.commit?.slice(0, 8) ?? '–' }],
    [{ name: folder }],
  ];
}

function method({ skippedAlphabets, measurements }: Report): Block[] {
  if (measurements.length === 0) return [];
  const episodes = measurements.some(({ intervalKind }) => intervalKind === 'seeds-and-episodes');
  return [
    heading('method', 'How to read the figures'),
    {
      type: 'list',
      items: [
        [
          'A query gets the class with the largest score. Where m classes share it, the right one among them, the answer counts 1/m: a network that says the same of everything scores chance.',
        ],
        [
          episodes
            ? 'Intervals over several runs resample seeds, then episodes (hierarchical bootstrap, 2,000 resamples); those of one run resample episodes, since queries of one episode share a support set. Few seeds make an interval too narrow.'
            : 'Intervals resample episodes (clustered bootstrap, 2,000 resamples), since queries of one episode share a support set.',
        ],
        ['Nearest neighbours and chance answer the same episodes as the networks.'],
        ...skippedAlphabets.map(
          ({ task, alphabets: names }): Text => [
            `Too small for an episode of ${task}: `,
            { name: names.join(', ') },
            '.',
          ],
        ),
      ],
    },
  ];
}

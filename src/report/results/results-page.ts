// Results as one Markdown page: Omniglot's tasks side by side, the paper's tables, then every figure with its conditions.
import { readOwnVersion } from '../../base/own-files.js';
import { groupBy } from '../../evaluation/group-by.js';
import { isPlain } from '../../evaluation/headline.js';
import { type Block, openHeading, paragraph, type Table, type Text } from '../document.js';
import { fillPaperTables } from '../figures/paper-tables.js';
import { findParetoFront } from '../figures/pareto-front.js';
import type { VerificationMeasurement } from '../figures/verifications.js';
import { formatCoreMinutes, formatCount, formatInterval, formatPercent, formatSize } from '../format-figures.js';
import type { Measurement } from '../group-runs.js';
import { renderMarkdownPage } from '../markdown-page.js';
import { nameProtocol } from '../names.js';
import { makePaperSection } from '../sections/paper-section.js';
import type { RecordedExperiment, RecordedSystem, ResultsRecord } from './results-record.js';

/** The Markdown page of a record; it refers to no other file. */
export function renderResultsPage(record: ResultsRecord): string {
  const experiments = record.experiments.map(({ experiment }) => experiment);
  const blocks = [
    paragraph(
      'Accuracies are per cent of queries answered right, ties shared, with their 95 % interval: ' +
        'of one network the wider of Wilson’s and one over episodes, of several seeds over seeds as well. ' +
        'n counts the queries of one network. Core-minutes are the processor time of all threads, ' +
        'for training and evaluation of one network; of an ensemble, of all its members. ' +
        'Pictures are those that training was shown, each distorted copy counted. ' +
        'docs/read-the-numbers.md says how to read such figures.',
    ),
    ...tabulateOmniglot(record),
    ...makePaperTables(record),
    ...record.experiments.flatMap(describeExperiment),
  ];
  const footer = `Written by oneshot ${readOwnVersion()} (report, format markdown) from the runs of ${experiments.join(', ')}.`;
  return renderMarkdownPage('Results', blocks, footer, 'results-files').text;
}

/** The tasks of Omniglot that systems are compared by: 20-way one-shot, from the easiest to the hardest set of characters. */
const OMNIGLOT_COLUMNS = [
  { title: 'Lake’s 20 runs', protocol: 'lake-runs' },
  { title: 'within an alphabet', protocol: 'within-alphabet' },
  { title: 'across alphabets', protocol: 'cross-alphabet' },
] as const;

interface Row {
  readonly experiment: RecordedExperiment;
  readonly system: RecordedSystem;
}

/** Experiments with more configurations compare these with each other: they stand with their experiment alone. */
const MOST_CONFIGURATIONS = 4;

/** What stands in the tables over all experiments. */
function listRows({ experiments }: ResultsRecord): Row[] {
  return experiments.flatMap((experiment) => {
    const areMany = experiment.conditions.configurations > MOST_CONFIGURATIONS;
    const systems = experiment.systems.filter(({ scorer }) => scorer !== 'network' || !areMany);
    return systems.map((system) => ({ experiment, system }));
  });
}

interface OmniglotRow extends Row {
  /** Of each of `OMNIGLOT_COLUMNS` the measurement with the most queries. */
  readonly cells: readonly (RecordedMeasurement | undefined)[];
}

/** Of a baseline that several experiments measured at one size, the row that says the most; networks as they are. */
function dropRepeatedBaselines(rows: readonly OmniglotRow[]): OmniglotRow[] {
  const asked = ({ cells }: OmniglotRow) => cells.reduce((sum, cell) => sum + (cell?.n ?? 0), 0);
  const isNetwork = ({ system }: OmniglotRow) => system.scorer === 'network';
  const byName = groupBy(
    rows.filter((row) => !isNetwork(row)),
    ({ experiment, system }) => `${nameRow(experiment, system)} ${system.measurements[0]!.pictureSize}`,
  );
  const most = [...byName.values()].map((own) => own.reduce((best, row) => (asked(row) > asked(best) ? row : best)));
  return rows.filter((row) => isNetwork(row) || most.includes(row));
}

function tabulateOmniglot(record: ResultsRecord): Block[] {
  const measured = listRows(record)
    .filter(({ system }) => system.scorer !== 'chance')
    .map((row) => ({
      ...row,
      cells: OMNIGLOT_COLUMNS.map(({ protocol }) =>
        row.system.measurements
          .filter((one) => isOmniglotTask(one) && one.protocol === protocol)
          .reduce<RecordedMeasurement | undefined>(
            (most, one) => (most === undefined || one.n > most.n ? one : most),
            undefined,
          ),
      ),
    }))
    .filter(({ cells }) => cells.some((cell) => cell !== undefined));
  const rows = dropRepeatedBaselines(measured);
  if (rows.length === 0) return [];
  // By the task with the most queries: Lake's 400 cannot tell good systems apart.
  const rank = (column: number) => (a: (typeof rows)[number], b: (typeof rows)[number]) =>
    (b.cells[column]?.accuracy ?? 0) - (a.cells[column]?.accuracy ?? 0);
  rows.sort((a, b) => rank(1)(a, b) || rank(0)(a, b));
  const costed = rows.flatMap(({ system, cells }) => {
    const accuracy = cells[1]?.accuracy;
    return system.cost === undefined || accuracy === undefined
      ? []
      : [{ system, cost: system.cost.coreMinutes, accuracy }];
  });
  const front = new Set(findParetoFront(costed).map(({ system }) => system));
  return [
    openHeading('omniglot', 'Omniglot, 20-way one-shot'),
    {
      type: 'table',
      table: {
        head: ['system', 'size', 'seeds', 'pictures', 'core-minutes', ...OMNIGLOT_COLUMNS.map(({ title }) => title)],
        align: ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
        rows: rows.map(({ experiment, system, cells }): Text[] => [
          [{ name: nameRow(experiment, system) }, front.has(system) ? ' *' : ''],
          [formatSize(system.measurements[0]!.pictureSize)],
          [system.seeds.length === 0 ? '–' : String(system.seeds.length)],
          [formatPictures(system.cost?.pictures)],
          [system.cost === undefined ? '–' : formatCoreMinutes(system.cost.coreMinutes)],
          ...cells.map(
            (cell): Text => (cell === undefined ? ['–'] : [...describeAccuracy(cell), `, n ${formatN(cell.n)}`]),
          ),
        ]),
      },
    },
    paragraph(
      'What a network was trained on stands below with its experiment. Lake’s runs are fixed sets of 20 ' +
        'different characters, drawn by eight people; episodes within an alphabet are drawn at random from the 20 ' +
        'evaluation alphabets and are harder. Experiments that compare more than four networks stand below alone. ' +
        'Of a baseline that several experiments measured at one size, the row with the most queries stands here. ' +
        'A row with * has no other above it that took less processor time (Pareto front by the column within an alphabet).',
    ),
  ];
}

type RecordedMeasurement = RecordedSystem['measurements'][number];

function isOmniglotTask(measurement: RecordedMeasurement): boolean {
  const { pictures, selection, nWay, kShot } = measurement;
  const isOmniglot = pictures === 'omniglot' || pictures === 'lake-runs';
  return isOmniglot && selection === 'test' && nWay === 20 && kShot === 1 && isPlain(measurement);
}

function makePaperTables(record: ResultsRecord): Block[] {
  const rows = listRows(record);
  const measurements = rows.flatMap(({ experiment, system }) =>
    system.measurements.map((one) => restore(one, experiment, system)),
  );
  const verifications = rows.flatMap(({ experiment, system }) =>
    system.verifications.map((one) => restore(one, experiment, system)),
  );
  const paperTables = fillPaperTables(measurements, verifications);
  return makePaperSection({ paperTables, measurements, verifications }, (names) => [
    { name: [...new Set(names)].join(', ') },
  ]);
}

// In place of run folders a figure names its experiment.
function restore(measurement: RecordedMeasurement, experiment: RecordedExperiment, system: RecordedSystem): Measurement;
function restore(
  measurement: RecordedSystem['verifications'][number],
  experiment: RecordedExperiment,
  system: RecordedSystem,
): VerificationMeasurement;
function restore(measurement: object, { experiment }: RecordedExperiment, { system, scorer }: RecordedSystem): object {
  return { ...measurement, system, scorer, folders: [experiment] };
}

function describeExperiment(experiment: RecordedExperiment): Block[] {
  const { command, conditions, runs, systems } = experiment;
  const { engines, machines, versions, commits, data, seeds, lastEnd } = conditions;
  const networks = systems.filter(({ scorer }) => scorer === 'network');
  const tell = (label: string, values: readonly string[]): Text[] =>
    values.length === 0 ? [] : [[`${label}: `, { name: values.join('; ') }]];
  const items: Text[] = [
    ...(command === undefined ? [] : [['command: ', { code: command }]]),
    ...tell('runs', [`${runs} finished, ${seeds.length === 1 ? 'seed' : 'seeds'} ${seeds.join(', ')}`]),
    ...tell('data', data),
    ...tell('engine', engines),
    ...tell('machine', machines),
    ...tell('versions', versions),
    ...tell(
      'commit',
      commits.map(({ hash, dirty }) => `${hash.slice(0, 12)}${dirty ? ' with changes' : ''}`),
    ),
    ...tell('ended', lastEnd === undefined ? [] : [lastEnd.slice(0, 10)]),
    ...networks.map((system): Text => [{ name: system.system }, `: ${describeNetwork(system)}`]),
  ];
  return [
    openHeading(experiment.experiment, experiment.experiment),
    { type: 'list', items },
    ...(systems.some(({ measurements }) => measurements.length > 0)
      ? [{ type: 'table', table: tabulateSystems(systems) } satisfies Block]
      : []),
    ...(systems.some(({ verifications }) => verifications.length > 0)
      ? [
          {
            type: 'table',
            caption: 'Verification: pairs told right',
            table: tabulateVerifications(systems),
          } satisfies Block,
        ]
      : []),
  ];
}

function describeNetwork({ cost, weights, isEnsemble }: RecordedSystem): string {
  return [
    ...(cost?.parameters === undefined ? [] : [formatCount(cost.parameters, 'parameter')]),
    ...(cost?.pictures === undefined ? [] : [`${formatPictures(cost.pictures)} pictures`]),
    ...(cost === undefined ? [] : [`${formatCoreMinutes(cost.coreMinutes)} core-minutes`]),
    ...(weights.length === 0 || isEnsemble
      ? []
      : [`weights SHA-256 ${weights.map((hash) => hash.slice(0, 16)).join(', ')}`]),
  ].join(', ');
}

function tabulateSystems(systems: readonly RecordedSystem[]): Table {
  const tasks = groupBy(
    systems.flatMap((system) => system.measurements.map((one) => ({ system, one }))),
    ({ one }) => one.task,
  );
  return {
    head: ['task', 'system', 'accuracy', 'n', 'each seed'],
    align: ['left', 'left', 'right', 'right', 'left'],
    rows: [...tasks.values()].flatMap((own) =>
      own.map(({ system, one }, index): Text[] => [
        index === 0 ? [`${nameProtocol(one)}: `, { name: one.task }] : [''],
        [{ name: system.system }],
        system.scorer === 'chance' ? [formatPercent(one.accuracy)] : describeAccuracy(one),
        [formatN(one.n)],
        [listSeeds(one.accuracies)],
      ]),
    ),
  };
}

function tabulateVerifications(systems: readonly RecordedSystem[]): Table {
  return {
    head: ['task', 'system', 'accuracy', 'ROC area', 'pairs', 'each seed'],
    align: ['left', 'left', 'right', 'right', 'right', 'left'],
    rows: systems.flatMap((system) =>
      system.verifications.map((one): Text[] => [
        [one.task],
        [{ name: system.system }],
        system.scorer === 'chance' ? [formatPercent(one.accuracy)] : describeAccuracy(one),
        [one.rocArea === null ? '–' : one.rocArea.toFixed(4)],
        [formatN(one.n)],
        [listSeeds(one.accuracies)],
      ]),
    ),
  };
}

/** One name for a system wherever it stands: its experiment's, with what varies in it. */
function nameRow({ experiment }: RecordedExperiment, { system, scorer }: RecordedSystem): string {
  return scorer !== 'network' || system.startsWith(experiment) ? system : `${experiment}: ${system}`;
}

const describeAccuracy = ({ accuracy, interval }: Pick<Measurement, 'accuracy' | 'interval'>): Text => [
  { strong: formatPercent(accuracy) },
  ` (${formatInterval(interval)})`,
];

const listSeeds = (accuracies: readonly number[]): string =>
  accuracies.length < 2 ? '' : accuracies.map(formatPercent).join(', ');

const formatN = (n: number): string => n.toLocaleString('en');

/** `1.14 M`, `300,800`. */
function formatPictures(pictures: number | undefined): string {
  if (pictures === undefined) return '–';
  return pictures >= 1e6 ? `${(pictures / 1e6).toFixed(2)} M` : Math.round(pictures).toLocaleString('en');
}

// The tables of Koch, Zemel and Salakhutdinov 2015, "Siamese neural networks for one-shot image recognition", as
// published, and beside each row what was measured here. Rows that nobody ran here stay as published, marked so.
import { isPlain } from '../../evaluation/headline.js';
import type { Measurement } from '../group-runs.js';
import { nameSystem } from '../names.js';
import type { VerificationMeasurement } from './verifications.js';

/** What one row of a published table says. */
export interface PublishedRow {
  readonly system: string;
  /** In per cent, as printed. */
  readonly published: number;
  /** The paper and its table that print it. */
  readonly publishedIn: string;
}

export interface PublishedTable {
  readonly id: 'table-1' | 'table-2' | 'table-3';
  readonly title: string;
  /** What the figures are accuracies of. */
  readonly measure: string;
  /** Decimals of its figures. */
  readonly digits: number;
  readonly rows: readonly PublishedRow[];
}

const KOCH = 'Koch et al. 2015';
const BORROWED = `${KOCH}, Table 2, taken there from Lake et al. 2013`;

function describeTraining(pairs: string, copies: number): string {
  return `${pairs} training pairs, ${copies === 0 ? 'no distortions' : `${copies} affine copies`}`;
}

const table1 = (pairs: string, copies: number, published: number): PublishedRow => ({
  system: describeTraining(pairs, copies),
  published,
  publishedIn: `${KOCH}, Table 1`,
});

export const PUBLISHED_TABLES: readonly PublishedTable[] = [
  {
    id: 'table-1',
    title: 'Table 1: verification',
    measure: 'same or different character, two pictures of unseen alphabets',
    digits: 2,
    rows: [
      table1('30,000', 0, 90.61),
      table1('30,000', 8, 91.9),
      table1('90,000', 0, 91.54),
      table1('90,000', 8, 93.15),
      table1('150,000', 0, 91.63),
      table1('150,000', 8, 93.42),
    ],
  },
  {
    id: 'table-2',
    title: 'Table 2: 20-way one-shot',
    measure: 'one-shot within an alphabet, 20 ways, 400 queries',
    digits: 1,
    rows: [
      { system: 'Humans', published: 95.5, publishedIn: BORROWED },
      { system: 'Hierarchical Bayesian Program Learning', published: 95.2, publishedIn: BORROWED },
      { system: 'Convolutional siamese network', published: 92.0, publishedIn: `${KOCH}, Table 2` },
      { system: 'Affine model', published: 81.8, publishedIn: BORROWED },
      { system: 'Hierarchical Deep', published: 65.2, publishedIn: BORROWED },
      { system: 'Deep Boltzmann Machine', published: 62.0, publishedIn: BORROWED },
      { system: 'Siamese network of two dense layers', published: 58.3, publishedIn: `${KOCH}, Table 2` },
      { system: 'Simple Stroke', published: 35.2, publishedIn: BORROWED },
      { system: '1-nearest neighbour', published: 21.7, publishedIn: BORROWED },
    ],
  },
  {
    id: 'table-3',
    title: 'Table 3: MNIST',
    measure: 'one-shot on MNIST, 10 ways, 400 queries, no fine-tuning',
    digits: 1,
    rows: [
      { system: '1-nearest neighbour', published: 26.5, publishedIn: `${KOCH}, Table 3` },
      { system: 'Convolutional siamese network', published: 70.3, publishedIn: `${KOCH}, Table 3` },
    ],
  },
];

/** The published figures that a one-shot result on Lake's task is read against. */
export const LANDMARKS = { humans: 95.5, koch: 92.0 } as const;

export interface PaperTable extends Omit<PublishedTable, 'rows'> {
  /** What was measured, a column each: different test sets that answer the table's question. */
  readonly columns: readonly string[];
  readonly rows: readonly (PublishedRow & FilledRow)[];
  /** Measured here, without a row of its own in the paper. */
  readonly others: readonly ({ readonly system: string } & FilledRow)[];
}

export interface FilledRow {
  /** `[columns]`. */
  readonly measured: readonly (readonly PaperMeasurement[])[];
}

/** What a cell says of a measurement. */
export type PaperMeasurement = Pick<
  Measurement,
  'system' | 'scorer' | 'variant' | 'pictures' | 'accuracy' | 'interval' | 'n' | 'folders' | 'pictureSize'
>;

interface Column {
  readonly title: string;
  readonly answers: (measurement: Measurement) => boolean;
}

const PAPER_QUERIES = 400;

// What of ours answers the question of a table.
const COLUMNS: Readonly<Record<'table-2' | 'table-3', readonly Column[]>> = {
  'table-2': [
    {
      title: 'Lake’s 20 runs',
      answers: (measurement) => isPaperTask(measurement) && measurement.protocol === 'lake-runs',
    },
    {
      title: 'random episodes within an alphabet',
      answers: (measurement) => isPaperTask(measurement) && measurement.protocol !== 'lake-runs',
    },
  ],
  'table-3': [
    {
      title: '400 queries, as in the paper',
      answers: (measurement) => isDigitTask(measurement) && measurement.n === PAPER_QUERIES,
    },
    {
      title: 'another number of queries',
      answers: (measurement) => isDigitTask(measurement) && measurement.n !== PAPER_QUERIES,
    },
  ],
};

type RowSystems = Readonly<Record<string, (measurement: Measurement) => boolean>>;

const NETWORK_ROWS: RowSystems = {
  'Convolutional siamese network': ({ scorer, convolutional }) => scorer === 'network' && convolutional === true,
  'Siamese network of two dense layers': ({ scorer, convolutional }) => scorer === 'network' && convolutional === false,
};

// Which of our systems stand beside a row of Tables 2 and 3.
const ROW_SYSTEMS: Readonly<Record<keyof typeof COLUMNS, RowSystems>> = {
  'table-2': {
    ...NETWORK_ROWS,
    'Hierarchical Bayesian Program Learning': ({ scorer }) => scorer === 'hbpl',
    'Affine model': ({ scorer }) => scorer === 'affineModel',
    'Simple Stroke': ({ scorer }) => scorer === 'simpleStrokes',
    // 87 of 400 on Lake's runs by the cosine of ink: the paper's 21.7.
    '1-nearest neighbour': ({ scorer }) => scorer === 'nearestNeighbourCosine',
  },
  'table-3': {
    ...NETWORK_ROWS,
    // Raw pixels and Euclidean distance, as the paper has it.
    '1-nearest neighbour': ({ scorer }) => scorer === 'nearestNeighbourEuclidean',
  },
};

/** Whether a measurement answers the question of Table 2: 20-way one-shot within the unseen alphabets of Omniglot. */
export function isPaperTask(measurement: Measurement): boolean {
  const { pictures, protocol, selection, nWay, kShot } = measurement;
  const ofPaper = pictures === 'lake-runs' || (pictures === 'omniglot' && protocol === 'within-alphabet');
  return ofPaper && selection === 'test' && nWay === 20 && kShot === 1 && isPlain(measurement);
}

function isDigitTask(measurement: Measurement): boolean {
  const { protocol, selection, nWay, kShot } = measurement;
  return protocol === 'mnist' && selection === 'test' && nWay === 10 && kShot === 1 && isPlain(measurement);
}

/** Whether a measurement answers the question of any table of the paper. */
export function isOfPaper(measurement: Measurement): boolean {
  return Object.values(COLUMNS).some((columns) => columns.some(({ answers }) => answers(measurement)));
}

/** The published tables with the measurements that answer the same question, test set by test set. */
export function fillPaperTables(
  measurements: readonly Measurement[],
  verifications: readonly VerificationMeasurement[] = [],
): PaperTable[] {
  return PUBLISHED_TABLES.map((table) =>
    table.id === 'table-1' ? fillVerification(table, verifications) : fillOneShot(table, table.id, measurements),
  );
}

/** Whether a verification answers the question of Table 1: pairs of the test alphabets of Omniglot. */
export function isPaperVerification({ pictures, task }: VerificationMeasurement): boolean {
  return pictures === 'omniglot' && task.startsWith('test/');
}

function fillVerification(table: PublishedTable, verifications: readonly VerificationMeasurement[]): PaperTable {
  const own = verifications.filter(isPaperVerification);
  const rowOf = ({ trained }: VerificationMeasurement) =>
    trained && describeTraining(trained.pairs.toLocaleString('en'), trained.affineCopies);
  const others = own.filter((measurement) => !table.rows.some(({ system }) => system === rowOf(measurement)));
  return {
    ...table,
    columns: ['measured here'],
    rows: table.rows.map((row) => ({
      ...row,
      measured: [own.filter((measurement) => rowOf(measurement) === row.system)],
    })),
    others: listOthers([others]),
  };
}

function fillOneShot(
  table: PublishedTable,
  id: keyof typeof COLUMNS,
  measurements: readonly Measurement[],
): PaperTable {
  const columns = COLUMNS[id];
  const cells = columns.map(({ answers }) => measurements.filter(answers));
  const belongs = (system: string, measurement: Measurement) => ROW_SYSTEMS[id][system]?.(measurement) === true;
  const hasRow = (measurement: Measurement) => table.rows.some(({ system }) => belongs(system, measurement));
  return {
    ...table,
    columns: columns.map(({ title }) => title),
    rows: table.rows.map((row) => ({
      ...row,
      measured: cells.map((cell) => cell.filter((measurement) => belongs(row.system, measurement))),
    })),
    others: listOthers(cells.map((cell) => cell.filter((measurement) => !hasRow(measurement)))),
  };
}

function listOthers(cells: readonly (readonly PaperMeasurement[])[]): PaperTable['others'] {
  return [...new Set(cells.flat().map(nameSystem))].map((system) => ({
    system,
    measured: cells.map((cell) => cell.filter((measurement) => nameSystem(measurement) === system)),
  }));
}

// The outcome of one scorer on one task, as it is kept in results.json of a run folder. Metrics, tables and intervals
// over seeds are made from these records alone; comparisons query by query from predictions.ts.

import { writeFileAtomic } from '../../base/atomic-file.js';
import { readBounded } from '../../base/bounded-file.js';
import type { Assignment, Mistake, TestTimeAugmentation } from '../../config/experiment.js';
import type { PictureSet, SplitPurpose } from '../../data/pictures/picture-set.js';
import type { EvaluationAlarm } from '../alarm.js';
import type { ScorerName } from '../scorers/scorer.js';
import type { Interval } from '../statistics/interval.js';
import type { EpisodeProtocol } from '../task.js';
import { MAX_RECORD_BYTES, makeStrictReader } from './strict-json.js';

/** Version of results.json and of the prediction files. */
export const RECORDS_VERSION = 2;

/** Which pictures an evaluation saw. */
export type PictureIdentity = Pick<PictureSet, 'name' | 'digest' | 'height' | 'width'>;

export interface AlphabetResult {
  readonly alphabet: string;
  readonly n: number;
  readonly correct: number;
  readonly accuracy: number;
  readonly wilson: Interval;
}

export interface EvaluationResult {
  /** The task, unique within a run: `test/within-alphabet/20-way-1-shot`. */
  readonly task: string;
  readonly scorer: ScorerName;
  readonly protocol: EpisodeProtocol['protocol'];
  readonly selection: SplitPurpose;
  readonly nWay: number;
  readonly kShot: number;
  /** Seed of the episodes; null where they are given (Lake's runs). */
  readonly seed: number | null;
  readonly testTimeAugmentation: TestTimeAugmentation | null;
  /** `oneToOne`: the queries of an episode were assigned to its classes together, which is a task of its own (transductive). */
  readonly assignment: Assignment | null;
  /** What it was measured with by mistake, to show what that is worth; absent where there is none. */
  readonly mistake?: Mistake;
  readonly pictures: PictureIdentity;
  /** Equal for equal episodes, whatever the size of their pictures: only then are two results comparable query by query. */
  readonly episodesHash: string;
  /** Alphabets of the selection that no episode comes from, since they are too small. */
  readonly skippedAlphabets: readonly string[];
  /** Queries. */
  readonly n: number;
  /** Sum of credits: 1 for a right answer, 1/m for a tie of m classes with the right one among them. */
  readonly correct: number;
  readonly accuracy: number;
  /** 95 % interval as if queries were independent. */
  readonly wilson: Interval;
  /** 95 % interval by resampling episodes; null for a single episode. */
  readonly clustered: Interval | null;
  /** By the alphabet of the right character, in the order of the data set. */
  readonly perAlphabet: readonly AlphabetResult[];
  /** Queries and credits of each episode, in order. */
  readonly episodes: { readonly queries: readonly number[]; readonly credits: readonly number[] };
  /** Null when nothing is wrong with the answers. */
  readonly alarm: EvaluationAlarm | null;
  /** Name of the file in the run's folder `predictions`. */
  readonly predictions: string;
}

const fraction = { type: 'number', minimum: 0, maximum: 1 };
const count = { type: 'integer', minimum: 0 };
const interval = { type: 'array', items: fraction, minItems: 2, maxItems: 2 };
const text = { type: 'string' };
const flag = { type: 'boolean' };

/** The JSON schema of a record that has these members and no others. */
export function closedObject(properties: Record<string, object>) {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

export const pictureIdentitySchema = closedObject({ name: text, digest: text, height: count, width: count });

const requiredOfAugmentation = closedObject({ copies: count, strength: { type: 'number' } });

/** The settings of a test-time augmentation, null without one; `rotations` where they were set. */
export const testTimeAugmentationSchema = {
  ...requiredOfAugmentation,
  type: ['object', 'null'],
  properties: { ...requiredOfAugmentation.properties, rotations: flag },
};

const requiredOfResult = closedObject({
  task: text,
  scorer: text,
  protocol: text,
  selection: { enum: ['train', 'validation', 'test'] },
  nWay: { type: 'integer', minimum: 2 },
  kShot: { type: 'integer', minimum: 1 },
  seed: { type: ['integer', 'null'] },
  testTimeAugmentation: testTimeAugmentationSchema,
  assignment: { enum: ['oneToOne', null] },
  pictures: pictureIdentitySchema,
  episodesHash: text,
  skippedAlphabets: { type: 'array', items: text },
  n: { type: 'integer', minimum: 1 },
  correct: { type: 'number', minimum: 0 },
  accuracy: fraction,
  wilson: interval,
  clustered: { ...interval, type: ['array', 'null'] },
  perAlphabet: {
    type: 'array',
    items: closedObject({
      alphabet: text,
      n: count,
      correct: { type: 'number', minimum: 0 },
      accuracy: fraction,
      wilson: interval,
    }),
  },
  episodes: closedObject({
    queries: { type: 'array', items: count },
    credits: { type: 'array', items: { type: 'number', minimum: 0 } },
  }),
  alarm: {
    ...closedObject({ degenerate: flag, constantQueries: count, nonFiniteQueries: count, belowChance: flag }),
    type: ['object', 'null'],
  },
  predictions: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' },
});

const resultSchema = {
  ...requiredOfResult,
  properties: { ...requiredOfResult.properties, mistake: { enum: ['tiesRight', 'withReplacement'] } },
};

const parseResults = makeStrictReader<{ version: number; results: EvaluationResult[] }>(
  closedObject({ version: { const: RECORDS_VERSION }, results: { type: 'array', items: resultSchema } }),
);

/** Replaces the file of results at `path`. */
export function writeResults(path: string, results: readonly EvaluationResult[]): void {
  writeFileAtomic(path, `${JSON.stringify({ version: RECORDS_VERSION, results })}\n`);
}

/**
 * The results in the file at `path`. Throws a OneshotError('corrupt') when it is not what `writeResults` wrote, and the
 * file system's error when it is missing.
 */
export function readResults(path: string): EvaluationResult[] {
  return parseResults(readBounded(path, MAX_RECORD_BYTES).toString('utf8'), path).results;
}

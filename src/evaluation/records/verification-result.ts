// The outcome of one scorer in a verification, as it is kept in verification.json of a run folder, and the pairs behind it.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../../base/atomic-file.js';
import { readBounded } from '../../base/bounded-file.js';
import type { ProtocolVerification, TestTimeAugmentation } from '../../config/experiment.js';
import type { SplitPurpose } from '../../data/pictures/picture-set.js';
import type { VerificationAlarm } from '../alarm.js';
import type { PairScores, ScorerName } from '../scorers/scorer.js';
import type { EpisodeOutcome } from '../statistics/clustered-bootstrap.js';
import type { Interval } from '../statistics/interval.js';
import type { DrawnPairs } from '../verification/draw-pairs.js';
import {
  closedObject,
  type PictureIdentity,
  pictureIdentitySchema,
  RECORDS_VERSION,
  testTimeAugmentationSchema,
} from './evaluation-result.js';
import { MAX_RECORD_BYTES, makeStrictReader } from './strict-json.js';

/** Name of the file in a run folder. */
export const VERIFICATION_FILE = 'verification.json';

export interface VerificationResult {
  /** Unique within a run: `test/verification`. */
  readonly task: string;
  readonly scorer: ScorerName;
  readonly selection: SplitPurpose;
  readonly seed: number;
  readonly different: ProtocolVerification['different'];
  readonly testTimeAugmentation: TestTimeAugmentation | null;
  readonly pictures: PictureIdentity;
  /** Scores from it on count as same: a logit of the network, a similarity of a baseline. */
  readonly threshold: number;
  /** Accuracy on the validation pairs that the threshold was chosen on; null where it was given. */
  readonly validationAccuracy: number | null;
  /** Pairs. */
  readonly n: number;
  readonly correct: number;
  readonly accuracy: number;
  /** 95 % interval as if pairs were independent. */
  readonly wilson: Interval;
  /** 95 % interval by resampling alphabets; null for a single alphabet. */
  readonly clustered: Interval | null;
  /** Pairs told right and all pairs of each alphabet, that of a pair's first picture, in the order of their first pair. */
  readonly perAlphabet: readonly { readonly alphabet: string; readonly correct: number; readonly n: number }[];
  /** Area under the ROC curve; null where a score is not finite. */
  readonly rocArea: number | null;
  /** Null when nothing is wrong with the scores. */
  readonly alarm: VerificationAlarm | null;
}

/** The pairs of a verification with their scores. */
export interface KeptPairs extends DrawnPairs {
  readonly task: string;
  readonly scorer: ScorerName;
  readonly threshold: number;
  readonly scores: PairScores;
}

const fraction = { type: 'number', minimum: 0, maximum: 1 };
const count = { type: 'integer', minimum: 0 };
const interval = { type: 'array', items: fraction, minItems: 2, maxItems: 2 };
const text = { type: 'string' };

const resultSchema = closedObject({
  task: text,
  scorer: text,
  selection: { enum: ['train', 'validation', 'test'] },
  seed: { type: 'integer' },
  different: text,
  testTimeAugmentation: testTimeAugmentationSchema,
  pictures: pictureIdentitySchema,
  threshold: { type: 'number' },
  validationAccuracy: { ...fraction, type: ['number', 'null'] },
  n: { type: 'integer', minimum: 1 },
  correct: count,
  accuracy: fraction,
  wilson: interval,
  clustered: { ...interval, type: ['array', 'null'] },
  perAlphabet: { type: 'array', items: closedObject({ alphabet: text, correct: count, n: count }), minItems: 1 },
  rocArea: { ...fraction, type: ['number', 'null'] },
  alarm: {
    ...closedObject({ degenerate: { type: 'boolean' }, nonFinitePairs: count, belowChance: { type: 'boolean' } }),
    type: ['object', 'null'],
  },
});

const parseResults = makeStrictReader<{ version: number; results: VerificationResult[] }>(
  closedObject({ version: { const: RECORDS_VERSION }, results: { type: 'array', items: resultSchema } }),
);

const counts = { type: 'array', items: count };
const parsePairs = makeStrictReader<{ isSame: number[]; scores: (number | null)[] }>(
  closedObject({
    version: { const: RECORDS_VERSION },
    task: text,
    scorer: text,
    threshold: { type: 'number' },
    first: counts,
    second: counts,
    isSame: counts,
    scores: { type: 'array', items: { type: ['number', 'null'] } },
  }),
);

/** Each alphabet as a cluster of pairs, for the bootstraps: pairs of one alphabet share characters and pictures. */
export function alphabetOutcomes({ perAlphabet }: Pick<VerificationResult, 'perAlphabet'>): EpisodeOutcome[] {
  return perAlphabet.map(({ correct, n }) => ({ credit: correct, queries: n }));
}

/** Replaces the verification results of the run in `folder`. */
export function writeVerifications(folder: string, results: readonly VerificationResult[]): void {
  writeFileAtomic(join(folder, VERIFICATION_FILE), `${JSON.stringify({ version: RECORDS_VERSION, results })}\n`);
}

/**
 * The verification results in the file at `path`. Throws a OneshotError('corrupt') when it is not what
 * `writeVerifications` wrote, and the file system's error when it is missing.
 */
export function readVerifications(path: string): VerificationResult[] {
  return parseResults(readBounded(path, MAX_RECORD_BYTES).toString('utf8'), path).results;
}

/**
 * The verification results of the run in `folder`; none where it has no such file. Throws a OneshotError('corrupt') when
 * that is not what `writeVerifications` wrote.
 */
export function readRunVerifications(folder: string): VerificationResult[] {
  const path = join(folder, VERIFICATION_FILE);
  return existsSync(path) ? readVerifications(path) : [];
}

/**
 * Whether the answer to each pair behind a result was right, from the folder `predictions`. Throws the file system's
 * error when the file is missing, and a OneshotError('corrupt') when it is not what `writePairs` wrote.
 */
export function readPairCredits(folder: string, { task, scorer, threshold }: VerificationResult): boolean[] {
  const path = pairsPath(folder, { task, scorer });
  const { isSame, scores } = parsePairs(readBounded(path, MAX_RECORD_BYTES).toString('utf8'), path);
  return scores.map((score, pair) => score !== null && score >= threshold === (isSame[pair] === 1));
}

const pairsPath = (folder: string, { task, scorer }: Pick<VerificationResult, 'task' | 'scorer'>) =>
  join(folder, `${task.replaceAll('/', '.')}.${scorer}.pairs.json`);

/**
 * Replaces the file of the pairs in the folder `predictions`: picture numbers, 1 for the same character, and scores (null
 * where not finite), pair by pair.
 */
export function writePairs(
  folder: string,
  { task, scorer, threshold, first, second, isSame, scores }: KeptPairs,
): void {
  const columns = {
    first: [...first],
    second: [...second],
    isSame: [...isSame],
    scores: Array.from(scores, (score) => (Number.isFinite(score) ? Number(score.toPrecision(9)) : null)),
  };
  const record = { version: RECORDS_VERSION, task, scorer, threshold, ...columns };
  writeFileAtomic(pairsPath(folder, { task, scorer }), `${JSON.stringify(record)}\n`);
}

// Whether a run that was made again equals the first one: every metric point that can repeat itself, the hash of the best
// weights, results.json and verification.json, and each query's prediction.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashBytes } from '../../base/stable-hash.js';
import { readResults } from '../../evaluation/records/evaluation-result.js';
import {
  readVerifications,
  VERIFICATION_FILE,
  type VerificationResult,
} from '../../evaluation/records/verification-result.js';
import { SYSTEM_PREFIX } from '../../run/sample-system.js';
import { runFiles } from '../../run-folder/run-folder.js';
import { readJournal } from '../../tracking/journal.js';
import { readWeightsCheckpoint } from '../../training/checkpoint.js';

/** One thing that is not the same: `what` names it, `first` and `again` are its values as short text. */
export interface Difference {
  readonly what: string;
  readonly first: string;
  readonly again: string;
}

export interface ReproductionResult {
  /** Metric points, results (of verifications too) and prediction files that were compared. */
  readonly points: number;
  readonly results: number;
  readonly predictions: number;
  /** SHA-256 of the best weights; null where the run trains nothing. */
  readonly weightHash: { readonly first: string; readonly again: string } | null;
  /** In the order in which they arise: metrics by step, weights, results, predictions. Empty when the runs are the same. */
  readonly differences: readonly Difference[];
}

/** The comparison of two finished runs of one trial. Throws OneshotError('corrupt') when a file of either is damaged. */
export function compareReproduction(first: string, again: string): ReproductionResult {
  const points = comparePoints(first, again);
  const weightHash = readWeightHashes(first, again);
  const results = compareResults(first, again);
  const predictions = comparePredictions(first, again);
  return {
    points: points.compared,
    results: results.compared,
    predictions: predictions.compared,
    weightHash,
    differences: [
      ...points.differences,
      ...(weightHash === null || weightHash.first === weightHash.again
        ? []
        : [{ what: 'hash of the best weights', ...weightHash }]),
      ...results.differences,
      ...predictions.differences,
    ],
  };
}

interface Compared {
  readonly compared: number;
  readonly differences: readonly Difference[];
}

const NOTHING = 'nothing';

// An evaluation that was changed later has measured the first run more than once, of tasks that are no longer asked for:
// of what evaluations measure, the latest values that the new run has as well are compared.
function comparePoints(first: string, again: string): Compared {
  const before = readPoints(first);
  const after = readPoints(again);
  const names = [...new Set([...before.training.keys(), ...after.training.keys()]), ...after.evaluation.keys()];
  const readValue = (points: Points, name: string) => points.training.get(name) ?? points.evaluation.get(name);
  const differences = names
    .map((name) => ({ name, first: readValue(before, name), again: readValue(after, name) }))
    .filter((point) => !Object.is(point.first, point.again))
    .map((point) => ({
      what: point.name,
      first: String(point.first ?? NOTHING),
      again: String(point.again ?? NOTHING),
    }));
  return { compared: names.length, differences };
}

interface Points {
  /** By key and step, `train/loss at step 3`, in the order of the journal. */
  readonly training: ReadonlyMap<string, number>;
  /** The latest value of each key. */
  readonly evaluation: ReadonlyMap<string, number>;
}

/** The points that can repeat themselves: times and loads of the machine never do. */
function readPoints(folder: string): Points {
  const training = new Map<string, number>();
  const evaluation = new Map<string, number>();
  for (const { event } of readJournal(runFiles(folder).journal)) {
    if (event.type !== 'metric' || event.key.startsWith('time/') || event.key.startsWith(SYSTEM_PREFIX)) continue;
    const { key, step } = event;
    // -0 and 0 are the same in JSON.
    const value = event.value === 0 ? 0 : event.value;
    // Training counts epochs from 1, evaluations count themselves from 0.
    if (step === 0 || evaluation.has(key)) evaluation.set(key, value);
    else training.set(`${key} at step ${step}`, value);
  }
  return { training, evaluation };
}

function readWeightHashes(first: string, again: string): ReproductionResult['weightHash'] {
  const hashOf = (folder: string) => {
    const path = runFiles(folder).best;
    return existsSync(path) ? readWeightsCheckpoint(path).weightHash : undefined;
  };
  const hashes = { first: hashOf(first), again: hashOf(again) };
  if (hashes.first === undefined && hashes.again === undefined) return null;
  return { first: hashes.first ?? NOTHING, again: hashes.again ?? NOTHING };
}

function compareResults(first: string, again: string): Compared {
  const oneShot = compareRecords('results.json', (folder) => readResults(runFiles(folder).results), first, again);
  const verified = compareRecords(VERIFICATION_FILE, readVerificationsOf, first, again);
  return {
    compared: oneShot.compared + verified.compared,
    differences: [...oneShot.differences, ...verified.differences],
  };
}

function readVerificationsOf(folder: string): VerificationResult[] {
  const path = join(folder, VERIFICATION_FILE);
  return existsSync(path) ? readVerifications(path) : [];
}

function compareRecords(
  file: string,
  readRecords: (folder: string) => readonly { readonly task: string; readonly scorer: string }[],
  first: string,
  again: string,
): Compared {
  const read = (folder: string) =>
    new Map(readRecords(folder).map((record) => [`${record.task}, ${record.scorer}`, record]));
  const before = read(first);
  const after = read(again);
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const differences = names.flatMap((name) => {
    const difference = findFirstDifference(before.get(name), after.get(name), '');
    return difference === undefined ? [] : [{ ...difference, what: `${file}: ${name}${difference.what}` }];
  });
  return { compared: names.length, differences };
}

/** The first place where two values of JSON differ; `path` leads to it. */
function findFirstDifference(first: unknown, again: unknown, path: string): Difference | undefined {
  if (Object.is(first, again)) return undefined;
  if (typeof first !== 'object' || typeof again !== 'object' || first === null || again === null)
    return { what: path, first: shorten(first), again: shorten(again) };
  for (const key of new Set([...Object.keys(first), ...Object.keys(again)])) {
    const difference = findFirstDifference(
      (first as Record<string, unknown>)[key],
      (again as Record<string, unknown>)[key],
      `${path}, ${key}`,
    );
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function shorten(value: unknown): string {
  const text = value === undefined ? NOTHING : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function comparePredictions(first: string, again: string): Compared {
  const read = (folder: string) => {
    const { predictions } = runFiles(folder);
    const names = existsSync(predictions) ? readdirSync(predictions) : [];
    return new Map(names.sort().map((name) => [name, hashBytes(readFileSync(join(predictions, name)))]));
  };
  const before = read(first);
  const after = read(again);
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const differences = names
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => ({
      what: `SHA-256 of predictions/${name}`,
      first: before.get(name) ?? NOTHING,
      again: after.get(name) ?? NOTHING,
    }));
  return { compared: names.length, differences };
}

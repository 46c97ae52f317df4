// Which characters a network takes for which others, from its predictions.
import { tellClass } from '../../data/words.js';
import type { PredictionRecord } from '../../evaluation/records/predictions.js';
import { tryReadPredictions } from '../load-runs.js';
import { chooseDetailTask, findNetworkResult, type ShownGroup } from './headline.js';

export interface ConfusedPair {
  /** `Kannada/character07`. */
  readonly truth: string;
  readonly prediction: string;
  /** A picture of each as PNG in base64, where one was kept. */
  readonly pictures: { readonly truth: string | undefined; readonly prediction: string | undefined };
  /** Queries of `truth` that were answered with `prediction`. */
  readonly times: number;
  /** Queries of `truth` whose episode had `prediction` among its ways. */
  readonly chances: number;
}

export interface Confusions {
  readonly task: string;
  readonly pairs: readonly ConfusedPair[];
}

const MOST_PAIRS = 12;

/** What the configuration's runs confused most often, taken together; undefined where they confused nothing. */
export function collectConfusions({ runs }: ShownGroup): Confusions | undefined {
  const task = chooseDetailTask(runs[0]!.results);
  const records = runs.flatMap((run) => {
    const result = findNetworkResult(run, task);
    return (result && tryReadPredictions(run, result)) ?? [];
  });
  const pairs = findConfusedPairs(records, MOST_PAIRS);
  return task === undefined || pairs.length === 0 ? undefined : { task, pairs };
}

/**
 * The pairs that were confused most often, at most `count`: by times, then by the part of their chances. Answers without
 * a single best class are left out.
 */
function findConfusedPairs(records: readonly PredictionRecord[], count: number): ConfusedPair[] {
  const pictures = findPictures(records);
  const times = new Map<string, number>();
  const chances = new Map<string, number>();
  const add = (counts: Map<string, number>, truth: string, other: string) => {
    const key = JSON.stringify([truth, other]);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  for (const { characters, answers } of records) {
    const names = characters.map(({ alphabet, name }) => tellClass(`${alphabet}/${name}`));
    for (const { ways, queries } of answers) {
      for (const { truth, prediction, credit } of queries) {
        const right = names[ways[truth]!]!;
        for (const way of ways) if (way !== ways[truth]) add(chances, right, names[way]!);
        if (credit === 0 && prediction >= 0) add(times, right, names[ways[prediction]!]!);
      }
    }
  }
  return [...times]
    .map(([key, wrong]) => {
      const [truth, prediction] = JSON.parse(key) as [string, string];
      return { truth, prediction, times: wrong, chances: chances.get(key)! };
    })
    .sort((a, b) => b.times - a.times || a.chances - b.chances || (a.truth < b.truth ? -1 : 1))
    .slice(0, count)
    .map((pair) => ({
      ...pair,
      pictures: { truth: pictures.get(pair.truth), prediction: pictures.get(pair.prediction) },
    }));
}

/** The first kept picture of each character. */
function findPictures(records: readonly PredictionRecord[]): ReadonlyMap<string, string> {
  const pictures = new Map<string, string>();
  for (const { characters, answers, gallery } of records) {
    for (const { ways, supportSet } of answers) {
      for (const [way, shots] of supportSet.entries()) {
        const { alphabet, name } = characters[ways[way]!]!;
        const kept = shots.map((shot) => gallery[shot]).find((picture) => picture !== undefined);
        const told = tellClass(`${alphabet}/${name}`);
        if (kept !== undefined && !pictures.has(told)) pictures.set(told, kept);
      }
    }
  }
  return pictures;
}

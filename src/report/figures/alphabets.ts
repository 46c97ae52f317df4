// Accuracy by alphabet of the configuration that details are shown of.
import type { AlphabetResult } from '../../evaluation/records/evaluation-result.js';
import { wilsonInterval } from '../../evaluation/statistics/wilson-interval.js';
import { chooseDetailTask, findNetworkResult, type ShownGroup } from './headline.js';

export interface AlphabetFigures {
  readonly task: string;
  /** Best first. */
  readonly rows: readonly AlphabetResult[];
}

/**
 * Means over runs, for two alphabets or more; the interval is that of one run's queries, since runs of other seeds answer
 * the same ones.
 */
export function averageAlphabets({ runs }: ShownGroup): AlphabetFigures | undefined {
  const task = chooseDetailTask(runs[0]!.results);
  const measured = runs.flatMap((run) => findNetworkResult(run, task) ?? []);
  const rows = (measured[0]?.perAlphabet ?? []).map(({ alphabet, n }) => {
    const own = measured.flatMap((result) => result.perAlphabet.filter((row) => row.alphabet === alphabet));
    const accuracy = own.reduce((sum, row) => sum + row.accuracy, 0) / own.length;
    return { alphabet, n, correct: accuracy * n, accuracy, wilson: wilsonInterval(accuracy * n, n) };
  });
  if (task === undefined || rows.length < 2) return undefined;
  return { task, rows: rows.sort((a, b) => b.accuracy - a.accuracy) };
}

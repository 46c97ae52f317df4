// What runs have found likely to be wrong with their pictures: copies, classes that are no unseen ones.
import { DATA_DOUBTS_TAG } from '../run-folder/run-folder.js';
import type { ReportRun } from './load-runs.js';

/** The sentences of all runs, each once. */
export function listDataDoubts(runs: readonly Pick<ReportRun, 'tags'>[]): string[] {
  const told = runs.flatMap(({ tags }) => (tags[DATA_DOUBTS_TAG] ?? '').split('\n'));
  return [...new Set(told)].filter((sentence) => sentence !== '');
}

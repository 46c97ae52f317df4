// Several finished runs answering together, from what their folders keep: no network is loaded and nothing is computed anew.
import { combinePredictions, type EnsembleResult } from '../evaluation/ensemble.js';
import { readResults } from '../evaluation/records/evaluation-result.js';
import { readPredictions } from '../evaluation/records/predictions.js';
import { predictionsPath, runFiles } from '../run-folder/run-folder.js';

/**
 * The ensemble's results on every task that all runs have with the same episodes, in the order of the first run; empty
 * where there is none. Throws a OneshotError('corrupt') for a damaged run folder.
 */
export function ensembleRuns(folders: readonly string[]): EnsembleResult[] {
  const runs = folders.map((folder) => ({
    folder,
    results: readResults(runFiles(folder).results).filter(({ scorer }) => scorer === 'network'),
  }));
  return (runs[0]?.results ?? []).flatMap(({ task, episodesHash, assignment, mistake }) => {
    const paths = runs.flatMap(({ folder, results }) => {
      const own = results.find((result) => result.task === task && result.episodesHash === episodesHash);
      return own === undefined ? [] : [predictionsPath(folder, own)];
    });
    return paths.length < runs.length ? [] : [combinePredictions(paths.map(readPredictions), { assignment, mistake })];
  });
}

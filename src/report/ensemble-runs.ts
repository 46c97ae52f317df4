// Several finished runs answering together, from what their folders keep: no network is loaded and nothing is
// computed anew.
import { combinePredictions, type EnsembleResult } from '../evaluation/ensemble.js';
import { groupBy } from '../evaluation/group-by.js';
import { type EvaluationResult, readResults } from '../evaluation/records/evaluation-result.js';
import { readPredictions } from '../evaluation/records/predictions.js';
import { predictionsPath, runFiles } from '../run-folder/run-folder.js';

/**
 * The ensemble's results on every task that all members have with the same episodes, in the order of the first one; empty
 * where there is none. A run's member is its network; of a run without one, each of its baselines that looks at pictures.
 * Throws a OneshotError('corrupt') for a damaged run folder.
 */
export function ensembleRuns(folders: readonly string[]): EnsembleResult[] {
  const ofRuns = folders.map(listMembers);
  // Without one of them it would be another ensemble.
  if (ofRuns.some((own) => own.length === 0)) return [];
  const members = ofRuns.flat();
  return (members[0]?.results ?? []).flatMap(({ task, episodesHash, assignment, mistake }) => {
    const paths = members.flatMap(({ folder, results }) => {
      const own = results.find((result) => result.task === task && result.episodesHash === episodesHash);
      return own === undefined ? [] : [predictionsPath(folder, own)];
    });
    return paths.length < members.length
      ? []
      : [combinePredictions(paths.map(readPredictions), { assignment, mistake })];
  });
}

interface EnsembleMember {
  readonly folder: string;
  /** Of one scorer. */
  readonly results: readonly EvaluationResult[];
}

function listMembers(folder: string): EnsembleMember[] {
  const byScorer = groupBy(readResults(runFiles(folder).results), ({ scorer }) => scorer);
  const network = byScorer.get('network');
  if (network !== undefined) return [{ folder, results: network }];
  byScorer.delete('chance');
  return [...byScorer.values()].map((results) => ({ folder, results }));
}

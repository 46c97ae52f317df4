// The resolved experiment of a run, from its folder.
import { OneshotError } from '../base/problem.js';
import type { Experiment } from '../config/experiment.js';
import { describeData } from '../data/data-sets.js';
import { makeFingerprints, NUMERICS_VERSION } from '../plan/fingerprint.js';
import { isFileAsFinished } from './digests.js';
import { readExperimentFile } from './read-experiment-file.js';
import { runFiles, type TrialRecord } from './run-folder.js';

/** Why a run is read: to compute it again, or to use what it left. */
export type ReadPurpose = 'repeat' | 'use';

export interface ReadRunOptions {
  /** Where its pictures lie now, where that is another place. */
  readonly dataPath?: string | undefined;
  /** `use` takes a run of a version whose numbers were others: its weights and results are what they are. Default: `repeat`. */
  readonly purpose?: ReadPurpose;
}

export interface RunExperiment {
  readonly experiment: Experiment;
  /** Whether this program would compute other numbers from it than the one that made the run. */
  readonly isOfOtherNumerics: boolean;
}

/**
 * The experiment of a run. Throws OneshotError('corrupt') when its file cannot be read or was edited, or, to repeat it,
 * when it is of another version: it was checked when the folder was made, and what matters now is that it is still the
 * same. Throws OneshotError('data') when its pictures are not where they were.
 */
export function readRunExperiment(
  folder: string,
  record: TrialRecord,
  { dataPath, purpose = 'repeat' }: ReadRunOptions = {},
): RunExperiment {
  const path = runFiles(folder).experiment;
  const written = readExperimentFile(path);
  let experiment: Experiment;
  let identity: string;
  let training: string;
  try {
    experiment = dataPath === undefined ? written : withDataPath(written, dataPath);
    identity = describeData(experiment.data).identity;
    training = makeFingerprints(experiment, record.seed, identity).training;
  } catch (error) {
    if (error instanceof OneshotError && error.code === 'data') throw dataIsElsewhere(folder, purpose, error);
    throw new OneshotError('corrupt', `${path} cannot be read: ${(error as Error).message}`, {
      hint: 'it was damaged or edited; a copy of the run that is whole can take its place',
      cause: error,
    });
  }
  if (training === record.fingerprints.training) return { experiment, isOfOtherNumerics: false };
  if (dataPath !== undefined) throw otherData(folder, dataPath);
  const isOfOtherNumerics =
    isFileAsFinished(folder, 'experiment.yaml') && isOfAnotherVersion(experiment, record, identity);
  if (purpose === 'use' && isOfOtherNumerics) return { experiment, isOfOtherNumerics };
  throw new OneshotError(
    'corrupt',
    `${path} does not belong to this run any more: its training fingerprint is ${training.slice(0, 8)}, not ` +
      `${record.fingerprints.training.slice(0, 8)}`,
    {
      hint: isOfOtherNumerics
        ? 'another version of the program made it: classify, embed, export and evaluate take it; to compute it here, ' +
          'run the experiment file itself'
        : 'it was edited, or made by another version; change the experiment file itself and run that',
    },
  );
}

// A folder's pictures may have changed since: then what is kept apart is not what was kept apart, and only the fingerprint of
// an earlier version tells that they have not. All other data sets are what their settings say.
function isOfAnotherVersion(experiment: Experiment, { seed, fingerprints }: TrialRecord, identity: string): boolean {
  if (experiment.data.dataset !== 'folder') return true;
  const earlier = Array.from({ length: NUMERICS_VERSION - 1 }, (_, i) => i + 1);
  return earlier.some(
    (numerics) => makeFingerprints(experiment, seed, identity, numerics).training === fingerprints.training,
  );
}

function withDataPath(experiment: Experiment, path: string): Experiment {
  if (experiment.data === undefined || experiment.data.dataset === 'glyphs')
    throw new OneshotError('usage', 'this run reads no pictures from a folder', { hint: 'leave data.path out' });
  return { ...experiment, data: { ...experiment.data, path } as Experiment['data'] };
}

function dataIsElsewhere(folder: string, purpose: ReadPurpose, cause: OneshotError): OneshotError {
  return new OneshotError('data', `the pictures of ${folder} are not where they were: ${cause.message}`, {
    hint:
      purpose === 'use'
        ? 'put them back; or use a file that `oneshot export` wrote while they were there: it needs no pictures'
        : `put them back, or say where they are now: oneshot reproduce ${folder} --set data.path=FOLDER`,
    cause,
  });
}

function otherData(folder: string, dataPath: string): OneshotError {
  return new OneshotError('data', `${dataPath} holds other pictures than those that ${folder} was trained on`, {
    hint: 'their content has to be the same; where they lie does not matter',
  });
}

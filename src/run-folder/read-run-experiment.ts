// The resolved experiment of a run, from its folder.

import { parse } from 'yaml';
import { readBounded } from '../base/bounded-file.js';
import { OneshotError } from '../base/problem.js';
import type { Experiment } from '../config/experiment.js';
import { describeData } from '../data/data-source.js';
import { digestInputs } from '../data/digest-inputs.js';
import { makeFingerprints } from '../plan/fingerprint.js';
import { MAX_RECORD_BYTES } from './read-record.js';
import { runFiles, type TrialRecord } from './run-folder.js';

/**
 * The experiment of a run. Throws OneshotError('corrupt') when its file cannot be read or was edited: it was checked when
 * the folder was made, and what matters now is that it is still the same. Throws OneshotError('data') when its pictures
 * are not where they were; `dataPath` says where they are now.
 */
export function readRunExperiment(folder: string, record: TrialRecord, dataPath?: string): Experiment {
  const path = runFiles(folder).experiment;
  let experiment: Experiment;
  let training: string;
  try {
    const written = parse(readBounded(path, MAX_RECORD_BYTES).toString('utf8')) as Experiment;
    experiment = dataPath === undefined ? written : withDataPath(written, dataPath);
    refuseLostPictures(folder, experiment);
    training = makeFingerprints(experiment, record.seed, digestInputs(experiment)).training;
  } catch (error) {
    if (error instanceof OneshotError && error.code === 'data') throw error;
    throw new OneshotError('corrupt', `${path} cannot be read: ${(error as Error).message}`, {
      hint: 'it was damaged or edited; a copy of the run that is whole can take its place',
      cause: error,
    });
  }
  if (training !== record.fingerprints.training) {
    if (dataPath !== undefined) throw otherData(folder, dataPath);
    throw new OneshotError(
      'corrupt',
      `${path} does not belong to this run any more: its training fingerprint is ${training.slice(0, 8)}, not ${record.id}`,
      {
        hint: 'it was edited, or made by another version; change the experiment file itself and run that',
      },
    );
  }
  return experiment;
}

function withDataPath(experiment: Experiment, path: string): Experiment {
  if (experiment.data === undefined || experiment.data.dataset === 'glyphs')
    throw new OneshotError('usage', 'this run reads no pictures from a folder', { hint: 'leave data.path out' });
  return { ...experiment, data: { ...experiment.data, path } as Experiment['data'] };
}

function refuseLostPictures(folder: string, { data }: Experiment): void {
  try {
    describeData(data);
  } catch (cause) {
    if (!(cause instanceof OneshotError && cause.code === 'data')) throw cause;
    throw new OneshotError('data', `the pictures of ${folder} are not where they were: ${cause.message}`, {
      hint: `put them back, or say where they are now: oneshot reproduce ${folder} --set data.path=FOLDER`,
      cause,
    });
  }
}

function otherData(folder: string, dataPath: string): OneshotError {
  return new OneshotError('data', `${dataPath} holds other pictures than those that ${folder} was trained on`, {
    hint: 'their content has to be the same; where they lie does not matter',
  });
}

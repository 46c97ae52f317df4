// The resolved experiment of a run, from its folder.

import { parse } from 'yaml';
import { readBounded } from '../base/bounded-file.js';
import { OneshotError } from '../base/problem.js';
import type { Experiment } from '../config/experiment.js';
import { describeData } from '../data/data-source.js';
import { makeFingerprints } from '../plan/fingerprint.js';
import { MAX_RECORD_BYTES } from './read-record.js';
import { runFiles, type TrialRecord } from './run-folder.js';

/** The experiment of a run. Throws OneshotError('corrupt') when its file cannot be read or was edited: it was checked when the folder was made, and what matters now is that it is still the same. */
export function readRunExperiment(folder: string, record: TrialRecord): Experiment {
  const path = runFiles(folder).experiment;
  let experiment: Experiment;
  let training: string;
  try {
    experiment = parse(readBounded(path, MAX_RECORD_BYTES).toString('utf8')) as Experiment;
    training = makeFingerprints(experiment, record.seed, describeData(experiment.data).identity).training;
  } catch (error) {
    throw new OneshotError('corrupt', `${path} cannot be read: ${(error as Error).message}`, {
      hint: 'remove its run folder to start the trial anew',
      cause: error,
    });
  }
  if (training !== record.fingerprints.training) {
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

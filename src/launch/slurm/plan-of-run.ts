// A run folder as a plan of its one trial: what a task of a cluster runs is what was submitted, whatever became of the
// experiment file since.
import { basename } from 'node:path';
import { OneshotError } from '../../base/problem.js';
import type { Plan } from '../../plan/plan-trials.js';
import type { Trial } from '../../plan/trial.js';
import { readRunExperiment } from '../../run-folder/read-run-experiment.js';
import { readTrialRecord, runFiles } from '../../run-folder/run-folder.js';

/** The trial that a run folder was made for. Throws OneshotError('corrupt') where the folder cannot be read. */
export function readTrial(folder: string): Trial {
  const record = readTrialRecord(folder);
  if (record === undefined) throw new OneshotError('corrupt', `${runFiles(folder).trial} is missing`);
  return {
    id: record.id,
    name: record.name,
    folder: basename(folder),
    seed: record.seed,
    assignments: record.assignments,
    experiment: readRunExperiment(folder, record).experiment,
    fingerprints: record.fingerprints,
  };
}

/** A plan of the trial in a run folder alone. */
export function planOfRun(folder: string): { readonly plan: Plan; readonly trial: Trial } {
  const trial = readTrial(folder);
  return {
    trial,
    plan: { experiment: trial.experiment, trials: [trial], fingerprint: trial.fingerprints.training },
  };
}

// Asks for the files of all data sections of a plan before its first trial is begun: one message instead of one for each trial.
import { join } from 'node:path';
import { stableHash } from '../base/stable-hash.js';
import type { Experiment } from '../config/experiment.js';
import { requireDataFiles } from '../data/data-sets.js';
import { type DataPlace, resolveDataFolder } from '../data/files/data-folder.js';
import { requirePretrainedFile } from '../data/files/pretrained-files.js';
import { listExtraPictures } from '../evaluation/protocols/registry.js';
import { digestEncoderFile } from '../layers/file/encoder-file.js';
import { layerName } from '../layers/layer-name.js';
import type { Plan } from '../plan/plan-trials.js';
import type { Trial } from '../plan/trial.js';
import { findRun, indexRunFolders } from './prepare-run.js';

/** Throws a OneshotError('data') when a file is missing that a trial of the plan needs and the trial has not finished. */
export function requireData({ experiment, trials, search }: Plan, runsFolder: string, place: DataPlace): void {
  if (search !== undefined) {
    requireDataOf(experiment, place);
    return;
  }
  const experimentFolder = join(runsFolder, experiment.name);
  const index = indexRunFolders(experimentFolder);
  const isFinished = (trial: Trial) => findRun(experimentFolder, trial, index).progress === 'finished';
  for (const group of groupByData(trials)) {
    try {
      requireDataOf(group[0]!.experiment, place);
    } catch (error) {
      if (!group.every(isFinished)) throw error;
    }
  }
}

function groupByData(trials: readonly Trial[]): readonly Trial[][] {
  const groups = new Map<string, Trial[]>();
  for (const trial of trials) {
    const { data } = trial.experiment;
    const key = stableHash({ data, ...listExtraPictures(trial.experiment.evaluation) });
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [trial]);
    else group.push(trial);
  }
  return [...groups.values()];
}

function requireDataOf(experiment: Experiment, place: DataPlace): void {
  if (experiment.data) requireDataFiles(experiment.data, place, listExtraPictures(experiment.evaluation));
  const given = experiment.model?.initialWeights;
  for (const [index, layer] of (experiment.model?.encoder ?? []).entries()) {
    // What a trained network brings along needs no file.
    if (given !== undefined && (given.layers?.includes(layerName(layer, index)) ?? true)) continue;
    if (layer.type === 'pretrained') requirePretrainedFile(layer.network, resolveDataFolder(undefined, place));
    if (layer.type === 'file') digestEncoderFile(layer.path);
  }
}

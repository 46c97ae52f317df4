// The one way from a file to its plan.
import { basename } from 'node:path';
import { deepFreeze } from '../config/assign-values.js';
import type { ComposeOptions } from '../config/compose.js';
import type { Experiment } from '../config/experiment.js';
import { describeData } from '../data/data-sets.js';
import { pinEncoderFile } from '../layers/file/encoder-file.js';
import { describeWeights } from '../model/describe-weights.js';
import { type Plan, planTrials } from '../plan/plan-trials.js';
import type { Assignment } from '../plan/trial.js';
import { createFeasibility } from './create-feasibility.js';
import { loadExperiment } from './load-experiment.js';

export interface PlanOptions extends ComposeOptions {
  /** `--set` arguments that the command itself makes, behind those of its user: they are in no name. */
  readonly fixed?: readonly string[];
  /** What names tell besides. */
  readonly changes?: readonly Assignment[];
}

/** The plan of a file with the `--set` arguments. Throws an `InputError` with all problems of the file. */
export function loadPlan(path: string, { sets = [], fixed = [], changes = [], ...options }: PlanOptions = {}): Plan {
  const { experiment, positions } = loadExperiment(path, { ...options, sets: [...sets, ...fixed] });
  return planTrials(experiment, {
    digestData: (section) => describeData(section).identity,
    pinWeights,
    isFeasible: createFeasibility(positions),
    changes: [...changes, ...sets.flatMap(readChange)],
  });
}

// The rules have seen to it that they are there.
function pinWeights(experiment: Experiment): Experiment {
  const { model } = experiment;
  if (model?.initialWeights === undefined && !model?.encoder.some(({ type }) => type === 'file')) return experiment;
  const encoder = model.encoder.map((layer) => (layer.type === 'file' ? pinEncoderFile(layer) : layer));
  const pinned = { ...model, encoder: encoder as typeof model.encoder };
  if (model.initialWeights !== undefined)
    pinned.initialWeights = { ...model.initialWeights, digest: describeWeights(model.initialWeights).weightHash };
  return { ...experiment, model: deepFreeze(pinned) };
}

/** Sections that decide what is trained: two runs that differ elsewhere are the same run. */
const TRAINED = /^(data|augmentation|model|training)\b/;

// As it was written: it is for names alone.
function readChange(argument: string): Assignment[] {
  const equals = argument.indexOf('=');
  const path = argument.slice(0, equals).trim();
  const value = argument.slice(equals + 1).trim();
  // Of a path the end says enough: it becomes a part of a folder's name.
  return TRAINED.test(path) ? [{ path, value: path === 'data.path' ? basename(value) : value }] : [];
}

// What systems and protocols are called in tables, legends and sentences.

import type { Baseline } from '../config/experiment.js';
import type { SplitPurpose } from '../data/pictures/picture-set.js';
import type { EvaluationResult } from '../evaluation/records/evaluation-result.js';
import type { Measurement } from './group-runs.js';

const BASELINE_NAMES: Readonly<Record<Baseline['type'], string>> = {
  nearestNeighbourEuclidean: 'nearest neighbour, Euclidean',
  nearestNeighbourCosine: 'nearest neighbour, cosine of ink',
  nearestNeighbourAffine: 'nearest neighbour, affine-aligned',
  modifiedHausdorff: 'modified Hausdorff distance',
  elasticMatching: 'elastic matching',
  chance: 'chance',
};

/** What a measurement's system is called; a baseline that the experiment names, by that name. */
export function nameSystem({ system, scorer }: Pick<Measurement, 'system' | 'scorer'>): string {
  if (scorer === 'network') return system;
  return BASELINE_NAMES[scorer as Baseline['type']] ?? scorer;
}

export const PROTOCOL_NAMES: Readonly<Record<EvaluationResult['protocol'], string>> = {
  'lake-runs': "Lake's 20 official runs",
  'within-alphabet': 'Random episodes within an alphabet',
  'cross-alphabet': 'Random episodes across alphabets (easier)',
  mnist: "Random episodes of MNIST's digits",
};

export const SELECTION_NAMES: Readonly<Record<SplitPurpose, string>> = {
  train: 'training selection',
  validation: 'validation selection',
  test: 'test selection',
};

/** `20-way 1-shot` of a task's name; what tells it from a task of the same ways and shots stays: `20-way 1-shot-tta-8`, `20-way 1-shot-2`. */
export function nameWays(task: string): string {
  return task.split('/').at(-1)!.replace('-way-', '-way ').replace('-shot', '\u2011shot');
}

/** `Random episodes within an alphabet, test selection, 20-way 1-shot`. */
export function nameTask(
  measurement: Pick<Measurement, 'task' | 'selection'> & Partial<Pick<Measurement, 'protocol'>>,
): string {
  const { task, selection, protocol } = measurement;
  if (protocol === undefined)
    return `Verification of pairs (${task.split('/').at(-1)!}), ${SELECTION_NAMES[selection]}`;
  return `${PROTOCOL_NAMES[protocol]}, ${SELECTION_NAMES[selection]}, ${nameWays(task)}`;
}

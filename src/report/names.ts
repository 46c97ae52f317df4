// What systems and protocols are called in tables, legends and sentences.

import type { Baseline } from '../config/experiment.js';
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

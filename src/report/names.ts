// What systems and protocols are called in tables, legends and sentences.
import type { EvaluationResult } from '../evaluation/records/evaluation-result.js';
import type { ScorerName } from '../evaluation/scorers/scorer.js';
import type { Measurement } from './group-runs.js';

const BASELINE_NAMES: Readonly<Record<Exclude<ScorerName, 'network'>, string>> = {
  nearestNeighbourEuclidean: 'nearest neighbour, Euclidean',
  nearestNeighbourCosine: 'nearest neighbour, cosine of ink',
  nearestNeighbourAffine: 'nearest neighbour, affine-aligned',
  chance: 'chance',
};

/** What a measurement's system is called. */
export function nameSystem({ system, scorer }: Pick<Measurement, 'system' | 'scorer'>): string {
  return scorer === 'network' ? system : BASELINE_NAMES[scorer];
}

export const PROTOCOL_NAMES: Readonly<Record<EvaluationResult['protocol'], string>> = {
  'lake-runs': "Lake's 20 official runs",
  'within-alphabet': 'Random episodes within an alphabet',
  'cross-alphabet': 'Random episodes across alphabets (easier)',
  mnist: "Random episodes of MNIST's digits",
};

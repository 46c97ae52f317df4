// The baselines by their names in experiment files. A new one is a file beside this one, a line here and an entry in the schema.
import type { Baseline } from '../../config/experiment.js';
import { chance } from './chance.js';
import { makeElasticMatching } from './elastic-matching.js';
import { modifiedHausdorff } from './modified-hausdorff.js';
import { nearestNeighbourAffine } from './nearest-neighbour-affine.js';
import { nearestNeighbourCosine } from './nearest-neighbour-cosine.js';
import { nearestNeighbourEuclidean } from './nearest-neighbour-euclidean.js';
import type { Scorer } from './scorer.js';

/** What makes a scorer of each kind from its entry in an experiment file. */
const baselineTypes: { readonly [Type in Baseline['type']]: (baseline: Extract<Baseline, { type: Type }>) => Scorer } =
  {
    nearestNeighbourEuclidean: () => nearestNeighbourEuclidean,
    nearestNeighbourCosine: () => nearestNeighbourCosine,
    nearestNeighbourAffine: () => nearestNeighbourAffine,
    modifiedHausdorff: () => modifiedHausdorff,
    elasticMatching: makeElasticMatching,
    chance: () => chance,
  };

/** The scorer of an entry of `baselines`. */
export function makeBaselineScorer(baseline: Baseline): Scorer {
  return (baselineTypes[baseline.type] as (baseline: Baseline) => Scorer)(baseline);
}

// The baselines by their names in experiment files. A new one is a file beside this one, a line here and a word in the schema.
import { chance } from './chance.js';
import { nearestNeighbourCosine, nearestNeighbourEuclidean } from './nearest-neighbour.js';
import { nearestNeighbourAffine } from './nearest-neighbour-affine.js';
import type { Baseline, BaselineName } from './scorer.js';

/** Every baseline by its name, in the order of tables. */
export const baselineScorers: Readonly<Record<BaselineName, Baseline>> = {
  nearestNeighbourEuclidean,
  nearestNeighbourCosine,
  nearestNeighbourAffine,
  chance,
};

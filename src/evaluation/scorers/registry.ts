// The baselines by their names in experiment files. A new one is a file beside this one, a line here and a word in the schema.
import { chance } from './chance.js';
import { nearestNeighbourAffine } from './nearest-neighbour-affine.js';
import { nearestNeighbourCosine } from './nearest-neighbour-cosine.js';
import { nearestNeighbourEuclidean } from './nearest-neighbour-euclidean.js';
import type { BaselineName, Scorer } from './scorer.js';

export const baselineScorers: Readonly<Record<BaselineName, Scorer>> = {
  nearestNeighbourEuclidean,
  nearestNeighbourCosine,
  nearestNeighbourAffine,
  chance,
};

// Nearest neighbour by Euclidean distance of the raw pixels: the baseline that the paper calls 1-NN, as it is usually
// written. On binary pictures its order is that of the Hamming distance. 76 of 400 on Lake's runs at 105 x 105.
import { makeInkProducts, squareInk } from './ink-products.js';
import { scorePairs } from './score-pairs.js';
import type { Scorer } from './scorer.js';

/** Scores by the negative Euclidean distance, ink counted from 0 to 1. */
export const nearestNeighbourEuclidean: Scorer = {
  name: 'nearestNeighbourEuclidean',
  combineShots: 'maximum',
  constantByDesign: false,
  embed({ clean }, numbers) {
    const ink = makeInkProducts(clean, numbers);
    const squares = squareInk(ink, clean.character.length, numbers);
    return scorePairs((query, support) => {
      const squaredDistance = squares[query]! + squares[support]! - 2 * ink.product(query, support);
      return squaredDistance === 0 ? 0 : -Math.sqrt(squaredDistance / ink.unit);
    });
  },
};

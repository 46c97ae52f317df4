// Nearest neighbour by the cosine of ink: 87 of 400 on Lake's runs at 105 x 105, the 21.7 % of Koch et al. 2015, Table 2.
import { makeInkProducts, squareInk } from './ink-products.js';
import { scorePairs } from './score-pairs.js';
import type { Scorer } from './scorer.js';

/** Scores by the cosine of the angle between two pictures' ink, 0 … 1; 0 for a picture without ink. */
export const nearestNeighbourCosine: Scorer = {
  name: 'nearestNeighbourCosine',
  combineShots: 'maximum',
  constantByDesign: false,
  embed({ clean }, numbers) {
    const ink = makeInkProducts(clean, numbers);
    const squares = squareInk(ink, clean.character.length, numbers);
    return scorePairs((query, support) => {
      const product = ink.product(query, support);
      // One division of integers, so that equal cosines come out as equal numbers; ink is never negative, so the root keeps the order.
      return product === 0 ? 0 : Math.sqrt((product * product) / (squares[query]! * squares[support]!));
    });
  },
};

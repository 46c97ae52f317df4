// Nearest neighbour in pixels, by two measures of how far two pictures are apart.
import type { PictureSet } from '../../data/pictures/picture-set.js';
import { makeInkProducts, squareInk } from './ink-products.js';
import { scorePairs } from './score-pairs.js';
import type { BaselineScorer, EmbeddedPictures } from './scorer.js';

/**
 * By the negative Euclidean distance, ink counted from 0 to 1: the baseline that the paper calls 1-NN, as it is usually
 * written. On binary pictures its order is that of the Hamming distance. 76 of 400 on Lake's runs at 105 x 105.
 */
export const nearestNeighbourEuclidean: BaselineScorer = {
  name: 'nearestNeighbourEuclidean',
  title: 'nearest neighbour, Euclidean',
  shortTitle: '1-NN Euclidean',
  combineShots: 'maximum',
  constantByDesign: false,
  embed: ({ clean }, numbers) =>
    scoreByInk(clean, numbers, (product, query, support, unit) => {
      const squaredDistance = query + support - 2 * product;
      return squaredDistance === 0 ? 0 : -Math.sqrt(squaredDistance / unit);
    }),
};

/**
 * By the cosine of the angle between two pictures' ink, 0 … 1; 0 for a picture without ink. 87 of 400 on Lake's runs at
 * 105 x 105, the 21.7 % of Koch et al. 2015, Table 2.
 */
export const nearestNeighbourCosine: BaselineScorer = {
  name: 'nearestNeighbourCosine',
  title: 'nearest neighbour, cosine of ink',
  shortTitle: '1-NN cosine',
  combineShots: 'maximum',
  constantByDesign: false,
  // One division of integers, so that equal cosines come out as equal numbers; ink is never negative, so the root keeps
  // the order.
  embed: ({ clean }, numbers) =>
    scoreByInk(clean, numbers, (product, query, support) =>
      product === 0 ? 0 : Math.sqrt((product * product) / (query * support)),
    ),
};

/** Scores from the product of two pictures' ink and the squares of each; `unit` is the square of full ink. */
function scoreByInk(
  clean: PictureSet,
  numbers: Int32Array,
  compare: (product: number, querySquare: number, supportSquare: number, unit: number) => number,
): EmbeddedPictures {
  const ink = makeInkProducts(clean, numbers);
  const squares = squareInk(ink, clean.character.length, numbers);
  return scorePairs((query, support) =>
    compare(ink.product(query, support), squares[query]!, squares[support]!, ink.unit),
  );
}

// Quasi-random search: a scrambled Sobol sequence covers the unit cube more evenly than independent draws.
import { randomStream } from '../../base/random-stream.js';
import { type PointSequence, sequencePoints } from './point-sequence.js';
import type { SearchContext, SearchStrategy } from './search-strategy.js';
import { createSobolSequence, scrambleSobol, toUnits } from './sobol-sequence.js';

/**
 * A strategy whose index-th proposal depends on seed, space and index alone. Throws a RangeError beyond
 * `MAX_SOBOL_DIMENSIONS` parameters.
 */
export function createSobolSearch(context: SearchContext): SearchStrategy {
  const pointAt = sequenceSobolPoints(context);
  return { ask: (asked) => pointAt(asked.length) };
}

/** The points of the Sobol sequence scrambled by the seed. */
export function sequenceSobolPoints(context: SearchContext): PointSequence {
  const dimensions = context.space.parameters.length;
  const sequence = createSobolSequence(dimensions);
  const stream = randomStream(context.seed, 'sobol-search');
  const scrambles = Array.from({ length: dimensions }, () => stream.integer(2 ** 32));
  return sequencePoints(context, (draw) => toUnits(scrambleSobol(sequence(draw), scrambles)));
}

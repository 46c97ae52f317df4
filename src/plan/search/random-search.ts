// Random search (Bergstra and Bengio 2012): independent uniform draws of the unit cube.
import { randomStream } from '../../base/random-stream.js';
import { type PointSequence, sequencePoints } from './point-sequence.js';
import type { SearchContext, SearchStrategy } from './search-strategy.js';

/** A strategy whose index-th proposal depends on seed, space and index alone. */
export function createRandomSearch(context: SearchContext): SearchStrategy {
  const pointAt = sequenceRandomPoints(context);
  return { ask: (asked) => pointAt(asked.length) };
}

/** The points of independent draws, each from a stream of its own. */
export function sequenceRandomPoints(context: SearchContext): PointSequence {
  return sequencePoints(context, (draw) => {
    const stream = randomStream(context.seed, 'random-search', draw);
    return context.space.parameters.map(() => stream.uniform());
  });
}

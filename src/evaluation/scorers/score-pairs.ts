// The table of scores of scorers that compare two pictures by a formula.
import type { EmbeddedPictures } from './scorer.js';

/** Pictures compared pair by pair with `compare(query, support)`, given as picture numbers. */
export function scorePairs(compare: (query: number, support: number) => number): EmbeddedPictures {
  return {
    score(queries, supports) {
      const scores = new Float64Array(queries.length * supports.length);
      let at = 0;
      for (const query of queries) for (const support of supports) scores[at++] = compare(query, support);
      return scores;
    },
    scoreAligned: (first, second) => Float64Array.from(first, (picture, pair) => compare(picture, second[pair]!)),
  };
}

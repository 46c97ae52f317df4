import { expect, it } from 'vitest';
import { averagingDecayAt } from '../../src/training/averaging.js';

// (1 + n) / (10 + n) after n updates, at most the decay.
it.each([
  [0, 2 / 11],
  [8, 10 / 19],
  [311, 313 / 322],
  [4489, 0.998],
  [1_000_000, 0.998],
])('at step %d the average keeps %d of itself', (step, decay) => {
  expect(averagingDecayAt(0.998, step)).toBeCloseTo(decay, 12);
});

// Every cell of the grid on which printed intervals must hold the true accuracy 93 times of 100; two minutes.
import { expect, it } from 'vitest';
import { simulateCoverage } from '../evaluation/statistics/simulate-coverage.js';

const cells = [2, 3, 5].flatMap((seeds) =>
  [20, 100, 400].flatMap((episodes) =>
    [0.75, 0.9, 0.98].flatMap((accuracy) =>
      [0.1, 0.2, 0.3].map((seedDeviation) => ({ seeds, episodes, accuracy, seedDeviation })),
    ),
  ),
);
const few = [5, 10, 20].flatMap((episodes) =>
  [0.75, 0.9, 0.98].map((accuracy) => ({ seeds: 1, episodes, accuracy, seedDeviation: 0.2 })),
);

it.each([...cells, ...few])(
  '$seeds seeds, $episodes episodes, accuracy $accuracy, deviation $seedDeviation',
  (cell) => {
    const { covered, isSound } = simulateCoverage(cell, 600);
    expect(covered).toBeGreaterThanOrEqual(0.93);
    expect(isSound).toBe(true);
  },
);

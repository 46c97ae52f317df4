// Accuracy against processor time: who stands on the Pareto front.
import { expect, it } from 'vitest';
import { findCosts } from '../../../src/report/figures/cost.js';
import type { Headline } from '../../../src/report/figures/headline.js';
import type { Measurement } from '../../../src/report/group-runs.js';
import type { ReportRun } from '../../../src/report/load-runs.js';

const run = (folder: string, minutes: number) =>
  ({ folder, status: { processorSeconds: 60 * minutes, epoch: 1 }, experiment: undefined }) as unknown as ReportRun;
const reached = (system: string, accuracy: number, folders: readonly string[], count = folders.length) =>
  ({
    system,
    scorer: 'network',
    accuracy,
    interval: [accuracy - 0.01, accuracy + 0.01],
    accuracies: Array.from({ length: count }, () => accuracy),
    folders,
  }) as unknown as Measurement;
const headlineOf = (...measurements: Measurement[]): Headline => ({
  task: 'test/a',
  first: measurements[0]!,
  measurements,
});

const runs = [run('a', 2), run('b', 4), run('c', 10), run('d', 20), run('e', 3)];

it('a network costs the mean over its seeds, an ensemble the sum of its members, and the front leaves out who is beaten in both', () => {
  const costs = findCosts(
    runs,
    headlineOf(
      reached('two seeds', 0.8, ['a', 'b']),
      reached('dearer and no better', 0.8, ['c']),
      reached('dearer and better', 0.9, ['d']),
      // One ensemble of two networks.
      reached('ensemble', 0.95, ['c', 'd'], 1),
      reached('as dear and worse', 0.7, ['e']),
    ),
  );
  expect(costs?.task).toBe('test/a');
  expect(costs?.systems.map(({ system, coreMinutes, isOnFront }) => [system, coreMinutes, isOnFront])).toEqual([
    ['two seeds', 3, true],
    ['as dear and worse', 3, false],
    ['dearer and no better', 10, false],
    ['dearer and better', 20, true],
    ['ensemble', 30, true],
  ]);
});

it('one network, or networks without a record of their time, raise no question of cost', () => {
  expect(findCosts(runs, headlineOf(reached('alone', 0.8, ['a'])))).toBeUndefined();
  expect(
    findCosts([run('a', 0), run('b', 0)], headlineOf(reached('x', 0.8, ['a']), reached('y', 0.9, ['b']))),
  ).toBeUndefined();
  expect(findCosts(runs, undefined)).toBeUndefined();
});

it('what two ensembles share counts for each of them', () => {
  const ofPairs = reached('two ensembles with the same baseline', 0.95, ['a', 'e', 'b', 'e'], 2);
  const costs = findCosts(runs, headlineOf(ofPairs, reached('alone', 0.8, ['d'])));
  // (2 + 3 + 4 + 3) / 2
  expect(costs?.systems.map(({ coreMinutes }) => coreMinutes)).toEqual([6, 20]);
});

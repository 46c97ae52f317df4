import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadPlan } from '../../src/check/load-plan.js';
import type { AskedPoint } from '../../src/plan/search/search-strategy.js';
import { listFirstProposals, type SearchSweep } from '../../src/plan/search-sweep.js';

const SWEEP = resolve(import.meta.dirname, '../fixtures/sweep.yaml');
const planOf = (...sets: string[]) => loadPlan(SWEEP, { sets });
const searchOf = (...sets: string[]) => planOf(...sets).search as SearchSweep;
const RANDOM =
  'sweep={method: random, maxTrials: 40, parameters: {"model.encoder[conv1].kernelSize": {integer: [2, 12]}}}';

/** Proposals, each told at once with a value, or left pending. */
function propose(search: SearchSweep, count: number, value: (index: number) => number | undefined): AskedPoint[] {
  const asked: AskedPoint[] = [];
  while (asked.length < count) {
    const point = search.propose(asked);
    if (point === undefined || point === 'wait') break;
    const told = value(asked.length);
    asked.push({ point, outcome: told === undefined ? undefined : { status: 'finished', value: told, n: 2 } });
  }
  return asked;
}

describe('a searched sweep', () => {
  test('divides its trials by the seeds', () => {
    expect(searchOf('sweep.maxTrials=17').maxPoints).toBe(8);
    expect(propose(searchOf('sweep.maxTrials=17'), 99, () => 0.5)).toHaveLength(8);
  });

  test('makes the trials of a point like those of a grid', () => {
    const search = searchOf();
    const [point] = listFirstProposals(search, 1);
    const [first, second] = search.trialsOf(point!);
    expect([first?.seed, second?.seed]).toEqual([1, 2]);
    expect(first?.fingerprints.config).toBe(second?.fingerprints.config);
    expect(first?.experiment).not.toHaveProperty('sweep');
    expect(first?.experiment.training?.optimizer.learningRate).toBe(point?.['training.optimizer.learningRate']);
    const list = `sweep={method: list, points: [${JSON.stringify(point)}]}`;
    expect(planOf(list).trials.map(({ id }) => id)).toEqual([first?.id, second?.id]);
  });

  test('never proposes an encoder that does not fit', () => {
    // Pictures are 8 x 8: the range of kernels goes to 12.
    const sizes = propose(searchOf(RANDOM), 20, () => 0.5).map(({ point }) => Object.values(point)[0] as number);
    expect(sizes.toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8]);
  });

  test('waits with a batch for the one before it', () => {
    expect(propose(searchOf(), 99, (index) => (index === 2 ? undefined : 0.5))).toHaveLength(4);
  });

  test('proposes the same batch whatever part of it is known already', () => {
    const search = searchOf('sweep.startupPoints=4');
    const value = (index: number) => 0.3 + 0.05 * index;
    const first = propose(search, 4, value);
    const pending = propose(search, 8, (index) => (index < 4 ? value(index) : undefined));
    const told = propose(search, 8, value);
    expect(told.map(({ point }) => point)).toEqual(pending.map(({ point }) => point));
    expect(told.slice(0, 4)).toEqual(first);
  });

  test('is another sweep when its search or its experiment changes, and the same when it may spend more', () => {
    const { fingerprint } = planOf();
    expect(planOf('sweep.maxTrials=300', 'sweep.maxHours=3').fingerprint).toBe(fingerprint);
    expect(planOf('description=x', 'resources.parallel=1').fingerprint).toBe(fingerprint);
    for (const set of ['sweep.seed=2', 'sweep.batchSize=2', 'training.maxEpochs=4', 'seeds=[1, 2, 3]'])
      expect(planOf(set).fingerprint, set).not.toBe(fingerprint);
  });

  test('knows beforehand what does not depend on results', () => {
    expect(listFirstProposals(searchOf(), 10)).toHaveLength(4);
    expect(listFirstProposals(searchOf('sweep.startupPoints=3'), 10)).toHaveLength(3);
    expect(listFirstProposals(searchOf(RANDOM), 5)).toHaveLength(5);
  });
});

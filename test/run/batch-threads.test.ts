import { expect, test } from 'vitest';
import type { EngineDescription } from '../../src/engine/engine.js';
import { chooseBatchThreads } from '../../src/run/batch-threads.js';

const engine = (threads: number, settings: EngineDescription['settings']): EngineDescription => ({
  name: 'tensorflow',
  version: '1',
  tensorflowJsVersion: '4',
  threads,
  settings,
});

test('beside a GPU the cores of the trial make batches, four of them at most, and one stays for the training itself', () => {
  expect([1, 2, 3, 16].map((threads) => chooseBatchThreads(engine(threads, { device: 'gpu' })).workers)).toEqual([
    1, 1, 2, 4,
  ]);
});

test('beside an engine on processors it is as every source has it', () => {
  expect(chooseBatchThreads(engine(16, { device: 'cpu' }))).toEqual({});
  expect(chooseBatchThreads(engine(16, {}))).toEqual({});
});

import { expect, test } from 'vitest';
import { nameTrial, shortenPaths } from '../../src/plan/trial-name.js';

test('key paths are shortened to the shortest ending that no other path shares', () => {
  const short = shortenPaths([
    'training.task.pairs.count',
    'model.encoder[conv1].filters',
    'model.encoder[conv2].filters',
    'training.optimizer.l2.value',
    'model.l2.value',
  ]);
  expect(Object.fromEntries(short)).toEqual({
    'training.task.pairs.count': 'count',
    'model.encoder[conv1].filters': 'encoder[conv1].filters',
    'model.encoder[conv2].filters': 'encoder[conv2].filters',
    'training.optimizer.l2.value': 'optimizer.l2.value',
    'model.l2.value': 'model.l2.value',
  });
});

test.each([
  [
    [
      { path: 'a.count', value: 30000 },
      { path: 'b.copies', value: 8 },
    ],
    'count=30000,copies=8,seed=1',
  ],
  [[{ path: 'a.scale', value: [0.8, 1.2] }], 'scale=0.8x1.2,seed=1'],
  [[{ path: 'a.optimizer', value: { type: 'sgd', learningRate: 0.1 } }], 'optimizer=sgdx0.1,seed=1'],
  [[{ path: 'model.encoder[conv1].filters', value: 64 }], 'filters=64,seed=1'],
  [[{ path: 'a.path', value: '../../etc/passwd' }], 'path=.._.._etc_passwd,seed=1'],
  [[], 'seed=1'],
])('the point %j is named %s', (assignments, name) => {
  expect(nameTrial(assignments, 1, shortenPaths(assignments.map(({ path }) => path)))).toBe(name);
});

test('long names are cut', () => {
  const assignments = Array.from({ length: 30 }, (_, i) => ({ path: `a.parameter${i}`, value: i }));
  expect(nameTrial(assignments, 1, shortenPaths(assignments.map(({ path }) => path)))).toHaveLength(100);
});

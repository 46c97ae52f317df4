import { describe, expect, test } from 'vitest';
import {
  type ConcretePath,
  formatKeyPath,
  getAtPath,
  isWithin,
  type KeyPath,
  KeyPathError,
  parseKeyPath,
  setAtPath,
} from '../../src/config/key-path.js';

const paths: [string, KeyPath][] = [
  ['name', ['name']],
  ['training.optimizer.learningRate', ['training', 'optimizer', 'learningRate']],
  ['evaluation[0].nWay[2]', ['evaluation', 0, 'nWay', 2]],
  ['model.encoder[conv1].filters', ['model', 'encoder', { name: 'conv1' }, 'filters']],
  ['["a.b"].c', ['a.b', 'c']],
  ['sweep.parameters.training.task.pairs.count', ['sweep', 'parameters', 'training.task.pairs.count']],
  ['sweep.points[1].model.encoder[conv1].filters', ['sweep', 'points', 1, 'model.encoder[conv1].filters']],
];

describe('parseKeyPath and formatKeyPath', () => {
  test.each(paths)('%s', (text, steps) => {
    expect(parseKeyPath(text).steps).toEqual(steps);
    expect(formatKeyPath(steps)).toBe(text);
  });

  test('say where each step begins', () => {
    expect(parseKeyPath('model.encoder[conv1].filters').offsets).toEqual([0, 6, 13, 21]);
  });

  test.each([
    ['', 0],
    ['a..b', 2],
    ['a.', 2],
    ['.a', 0],
    ['a[', 1],
    ['a[]', 1],
    ['a[0]b', 4],
    ['a b', 0],
    ['a.[0]', 2],
  ])('%j is no key path', (text, offset) => {
    try {
      parseKeyPath(text);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(KeyPathError);
      expect((error as KeyPathError).offset).toBe(offset);
    }
  });
});

describe('getAtPath', () => {
  const root = { encoder: [{ name: 'conv1', filters: 8 }, { type: 'relu' }], own: 1 };

  test.each<[KeyPath, unknown]>([
    [['own'], 1],
    [['encoder', 0, 'filters'], 8],
    [['encoder', { name: 'conv1' }, 'filters'], 8],
    [['encoder', { name: 'relu1' }, 'type'], 'relu'],
    [['encoder', { name: 'conv2' }], undefined],
    [['encoder', 'length'], undefined],
    [['toString'], undefined],
    [['own', 'toString'], undefined],
  ])('%j', (path, value) => {
    expect(getAtPath(root, path)).toBe(value);
  });
});

describe('setAtPath', () => {
  test('changes a copy and shares what lies beside the path', () => {
    const root = { a: { b: [1, 2] }, c: { d: 3 } };
    const changed = setAtPath(root, ['a', 'b', 1], 5);
    expect(changed).toEqual({ a: { b: [1, 5] }, c: { d: 3 } });
    expect(root.a.b).toEqual([1, 2]);
    expect(changed.c).toBe(root.c);
  });
});

test.each<[ConcretePath, ConcretePath, boolean]>([
  [['a', 0, 'b'], ['a', 0], true],
  [['a', 0], ['a', 0], true],
  [['a'], ['a', 0], false],
  [['ab'], ['a'], false],
  [['a'], [], true],
])('isWithin(%j, %j) is %s', (path, ancestor, expected) => {
  expect(isWithin(path, ancestor)).toBe(expected);
});

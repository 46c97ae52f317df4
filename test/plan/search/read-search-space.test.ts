import { describe, expect, test } from 'vitest';
import { readSearchSpace } from '../../../src/plan/search/read-search-space.js';

const readProblems = (parameters: Record<string, unknown>) => {
  const { space, problems } = readSearchSpace(parameters);
  expect(space === undefined).toBe(problems.length > 0);
  return problems;
};

describe('reading a search space', () => {
  test('gives each parameter its domain', () => {
    const { space } = readSearchSpace({
      list: ['a', 2, [105, 105]],
      choice: { choice: [true, null] },
      uniform: { uniform: [-1, 2.5] },
      log: { logUniform: [1e-4, 0.1] },
      integer: { integer: [1, 6] },
      filters: { integer: [16, 256], step: 16 },
      uneven: { integer: [0, 10], step: 4 },
      tenths: { uniform: [0, 0.3], step: 0.1 },
    });
    expect(Object.fromEntries(space!.parameters.map(({ path, domain }) => [path, domain]))).toEqual({
      list: { kind: 'choice', values: ['a', 2, [105, 105]] },
      choice: { kind: 'choice', values: [true, null] },
      uniform: { kind: 'continuous', low: -1, high: 2.5, scale: 'linear' },
      log: { kind: 'continuous', low: 1e-4, high: 0.1, scale: 'log' },
      integer: { kind: 'stepped', low: 1, step: 1, count: 6 },
      filters: { kind: 'stepped', low: 16, step: 16, count: 16 },
      uneven: { kind: 'stepped', low: 0, step: 4, count: 3 },
      tenths: { kind: 'stepped', low: 0, step: 0.1, count: 4 },
    });
  });

  test('puts parameters behind those that their conditions name, otherwise in the order of the file', () => {
    const { space } = readSearchSpace({
      c: { choice: [1, 2], when: { b: true } },
      a: [1],
      b: { choice: [true, false], when: { d: ['x', 'y'] } },
      d: ['x', 'y', 'z'],
    });
    expect(space!.parameters.map(({ path }) => path)).toEqual(['a', 'd', 'b', 'c']);
    expect(space!.parameters[2]!.when).toEqual([{ path: 'd', values: ['x', 'y'] }]);
  });

  test.each<[string, Record<string, unknown>, object]>([
    ['no parameter', {}, { at: [], found: 'no parameter' }],
    ['a bare value', { a: 3 }, { at: ['a'], found: '3' }],
    ['an object without a domain', { a: { min: 1 } }, { at: ['a'], found: '{"min":1}' }],
    ['two domains', { a: { uniform: [0, 1], choice: [1] } }, { at: ['a'], found: 'choice and uniform' }],
    ['a mistyped key', { a: { integer: [0, 9], stepp: 3 } }, { at: ['a', 'stepp'], nearest: 'step' }],
    [
      'a step of a log scale',
      { a: { logUniform: [1, 9], step: 3 } },
      { at: ['a', 'step'], allowed: 'logUniform, when' },
    ],
    ['an empty list', { a: [] }, { at: ['a'], found: '[]' }],
    ['a repeated choice', { a: { choice: [1, [2], [2]] } }, { at: ['a', 'choice', 2], found: '[2] again' }],
    ['low above high', { a: { uniform: [1, 0] } }, { at: ['a', 'uniform'], found: '[1,0]' }],
    ['one bound', { a: { uniform: [1] } }, { at: ['a', 'uniform'], found: '[1]' }],
    ['text as bound', { a: { uniform: ['0', 1] } }, { at: ['a', 'uniform'], found: '["0",1]' }],
    ['broken integers', { a: { integer: [0, 1.5] } }, { at: ['a', 'integer'], found: '[0,1.5]' }],
    ['zero on a log scale', { a: { logUniform: [0, 1] } }, { at: ['a', 'logUniform', 0], found: '0' }],
    ['a step too wide', { a: { integer: [0, 4], step: 5 } }, { at: ['a', 'step'], found: '5' }],
    ['a broken integer step', { a: { integer: [0, 4], step: 0.5 } }, { at: ['a', 'step'], found: '0.5' }],
    ['an empty condition', { a: { choice: [1], when: {} } }, { at: ['a', 'when'], found: '{}' }],
    ['a condition on itself', { a: { choice: [1], when: { a: 1 } } }, { at: ['a', 'when', 'a'] }],
    [
      'a condition on a mistyped path',
      { optimizer: ['sgd'], a: { choice: [1], when: { optimiser: 'sgd' } } },
      { at: ['a', 'when', 'optimiser'], nearest: 'optimizer' },
    ],
    [
      'a condition on a range',
      { r: { uniform: [0, 1] }, a: { choice: [1], when: { r: 0 } } },
      { at: ['a', 'when', 'r'], found: 'a parameter with a continuous range' },
    ],
    [
      'a condition by a value out of reach',
      { n: { integer: [2, 8], step: 2 }, a: { choice: [1], when: { n: [4, 5] } } },
      { at: ['a', 'when', 'n'], found: '5', allowed: 'values of n: 2, 4, 6, 8' },
    ],
    [
      'conditions in a circle',
      { a: { choice: [1], when: { b: 1 } }, b: { choice: [1], when: { a: 1 } } },
      { at: ['a', 'when'], found: 'a cycle of a, b' },
    ],
  ])('refuses %s', (_, parameters, problem) => {
    const problems = readProblems(parameters);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject(problem);
  });

  test('reports all problems in the order of the file', () => {
    const problems = readProblems({ a: [], b: { uniform: [2, 1] }, c: 4 });
    expect(problems.map(({ at }) => at[0])).toEqual(['a', 'b', 'c']);
  });
});

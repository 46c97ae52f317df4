import { describe, expect, test } from 'vitest';
import { type Domain, valueAtUnit } from '../../../src/plan/search/domain.js';
import { readSearchSpace } from '../../../src/plan/search/read-search-space.js';
import { countSearchPoints, keyOfPoint, pointAtUnits, unitsOfPoint } from '../../../src/plan/search/search-space.js';

const space = readSearchSpace({
  rate: { logUniform: [1e-4, 1e-1] },
  optimizer: ['sgd', 'adam', 'rmsprop', 'adagrad'],
  momentum: { uniform: [0, 1], when: { optimizer: ['sgd', 'rmsprop'] } },
  nesterov: { choice: [true, false], when: { optimizer: 'sgd' } },
  strength: { integer: [1, 4], when: { nesterov: true } },
}).space!;

describe('a domain', () => {
  const filters: Domain = { kind: 'stepped', low: 16, step: 16, count: 16 };
  const tenths: Domain = { kind: 'stepped', low: 0, step: 0.1, count: 4 };
  const rate: Domain = { kind: 'continuous', low: 1e-4, high: 1e-1, scale: 'log' };
  const thirds: Domain = { kind: 'continuous', low: 0, high: 1, scale: 'linear' };

  test.each<[string, Domain, number, unknown]>([
    ['the first step', filters, 0, 16],
    ['just below the second step', filters, 0.0624, 16],
    ['the second step', filters, 0.0625, 32],
    ['the last step', filters, 1, 256],
    ['a step without binary dust', tenths, 0.99, 0.3],
    ['the middle of a log scale', rate, 1 / 3, 0.001],
    ['the end of a log scale', rate, 1, 0.1],
    ['a number cut to a millionth of the range', thirds, 1 / 3, 0.333333],
    ['a choice', { kind: 'choice', values: ['a', [1], 'c'] }, 0.5, [1]],
  ])('gives %s', (_, domain, unit, value) => {
    expect(valueAtUnit(domain, unit)).toEqual(value);
  });

  test('keeps a narrow range far from zero apart and inside its bounds', () => {
    const narrow: Domain = { kind: 'continuous', low: 1000, high: 1000.001, scale: 'linear' };
    const values = [0, 0.25, 0.5, 0.75, 1].map((unit) => valueAtUnit(narrow, unit) as number);
    expect(new Set(values).size).toBe(5);
    for (const value of values) expect(value >= 1000 && value <= 1000.001).toBe(true);
  });
});

describe('the map between points and the unit cube', () => {
  test('leaves out parameters whose conditions do not hold, through several levels', () => {
    const optimizerAt = (unit: number) => pointAtUnits(space, [0.5, unit, 0.5, 0.2, 0.9]);
    expect(Object.keys(optimizerAt(0.1))).toEqual(['rate', 'optimizer', 'momentum', 'nesterov', 'strength']);
    expect(optimizerAt(0.3)).toEqual({ rate: expect.closeTo(0.00316228), optimizer: 'adam' });
    expect(Object.keys(optimizerAt(0.6))).toEqual(['rate', 'optimizer', 'momentum']);
    expect(pointAtUnits(space, [0.5, 0, 0.5, 0.9, 0.9])).not.toHaveProperty('strength');
  });

  test('comes back to the same point', () => {
    for (const units of [
      [0.1, 0.1, 0.4, 0.2, 0.9],
      [0.7, 0.9, 0.4, 0.2, 0.9],
      [1, 0.6, 0, 1, 0],
    ]) {
      const point = pointAtUnits(space, units);
      const back = unitsOfPoint(space, point);
      expect(back.map((unit) => unit === undefined)).toEqual(
        space.parameters.map(({ path }) => !Object.hasOwn(point, path)),
      );
      expect(
        pointAtUnits(
          space,
          back.map((unit) => unit ?? 0),
        ),
      ).toEqual(point);
    }
  });

  test('keys of points differ exactly where points do', () => {
    expect(keyOfPoint({ a: 1, b: [2] })).toBe(keyOfPoint({ b: [2], a: 1 }));
    expect(keyOfPoint({ a: 1 })).not.toBe(keyOfPoint({ a: '1' }));
  });

  test('the number of points is that of the grid', () => {
    expect(countSearchPoints(readSearchSpace({ a: [1, 2], b: { integer: [1, 3] } }).space!)).toBe(6);
    expect(countSearchPoints(space)).toBe(Number.POSITIVE_INFINITY);
  });
});

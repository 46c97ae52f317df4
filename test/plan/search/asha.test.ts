import { describe, expect, test } from 'vitest';
import {
  type AshaSettings,
  decideAsha,
  listRungEpochs,
  promoteLeader,
  type RungResult,
} from '../../../src/plan/search/asha.js';

const settings: AshaSettings = { minEpochs: 1, maxEpochs: 9, reductionFactor: 3, goal: 'maximize' };
const at = (rung: number, values: Record<string, number | undefined>): RungResult[] =>
  Object.entries(values).map(([trial, value]) => ({ trial, rung, value }));

describe('the rungs of successive halving', () => {
  test.each<[Partial<AshaSettings>, number[]]>([
    [{}, [1, 3, 9]],
    [{ maxEpochs: 10 }, [1, 3, 9, 10]],
    [{ minEpochs: 5, maxEpochs: 200, reductionFactor: 4 }, [5, 20, 80, 200]],
    [{ minEpochs: 9 }, [9]],
  ])('of %j are at %j epochs', (changes, epochs) => {
    expect(listRungEpochs({ ...settings, ...changes })).toEqual(epochs);
  });

  test('need settings in range', () => {
    expect(() => listRungEpochs({ ...settings, minEpochs: 0 })).toThrow(RangeError);
    expect(() => listRungEpochs({ ...settings, minEpochs: 10 })).toThrow(RangeError);
    expect(() => listRungEpochs({ ...settings, reductionFactor: 1 })).toThrow(RangeError);
  });
});

describe('successive halving', () => {
  test.each<[string, RungResult[], { trial: string; rung: number }[], object]>([
    ['starts the first trial', [], [], { type: 'start' }],
    ['starts while a rung is smaller than the factor', at(0, { a: 0.9, b: 0.8 }), [], { type: 'start' }],
    ['promotes the best of three', at(0, { a: 0.7, b: 0.9, c: 0.8 }), [], { type: 'promote', trial: 'b', rung: 1 }],
    ['promotes nobody twice', [...at(0, { a: 0.7, b: 0.9, c: 0.8 }), ...at(1, { b: 1 })], [], { type: 'start' }],
    ['counts a running promotion', at(0, { a: 0.7, b: 0.9, c: 0.8 }), [{ trial: 'b', rung: 1 }], { type: 'start' }],
    [
      'promotes an early trial later, once the rung has grown',
      [...at(0, { a: 0.7, b: 0.9, c: 0.8, d: 0.1, e: 0.2, f: 0.3 }), ...at(1, { b: 1 })],
      [],
      { type: 'promote', trial: 'c', rung: 1 },
    ],
    [
      'prefers the higher rung',
      [...at(0, { a: 0.7, b: 0.9, c: 0.8, d: 0.95 }), ...at(1, { x: 0.5, y: 0.6, z: 0.4 })],
      [],
      { type: 'promote', trial: 'y', rung: 2 },
    ],
    ['promotes nobody beyond the last rung', at(2, { a: 0.7, b: 0.9, c: 0.8 }), [], { type: 'start' }],
    [
      'never promotes a failed trial, but counts it',
      at(0, { a: undefined, b: Number.NaN, c: 0.1 }),
      [],
      { type: 'promote', trial: 'c', rung: 1 },
    ],
    ['starts where all have failed', at(0, { a: undefined, b: undefined, c: undefined }), [], { type: 'start' }],
    ['breaks ties by name', at(0, { b: 0.5, a: 0.5, c: 0.5 }), [], { type: 'promote', trial: 'a', rung: 1 }],
  ])('%s', (_, results, running, decision) => {
    expect(decideAsha(settings, results, running)).toEqual(decision);
    expect(decideAsha(settings, [...results].reverse(), running)).toEqual(decision);
  });

  test('promotes the smallest value where that is the goal', () => {
    const decision = decideAsha({ ...settings, goal: 'minimize' }, at(0, { a: 0.7, b: 0.9, c: 0.8 }), []);
    expect(decision).toEqual({ type: 'promote', trial: 'a', rung: 1 });
  });

  test('spends epochs on the best: of 27 trials 9 and 3 reach the upper rungs, the best among them', () => {
    const results: RungResult[] = [];
    let started = 0;
    for (;;) {
      const decision = decideAsha(settings, results, []);
      if (decision.type === 'start' && started === 27) break;
      const trial = decision.type === 'start' ? String(started++).padStart(2, '0') : decision.trial;
      results.push({ trial, rung: decision.type === 'start' ? 0 : decision.rung, value: (Number(trial) * 7) % 27 });
    }
    const countAt = (rung: number) => results.filter((result) => result.rung === rung).length;
    expect(countAt(0)).toBe(27);
    // Early promotions that later prove wrong come on top of the 9 and 3 of synchronous halving.
    expect(countAt(1)).toBeGreaterThanOrEqual(9);
    expect(countAt(1)).toBeLessThanOrEqual(14);
    expect(results).toContainEqual({ trial: expect.any(String), rung: 2, value: 26 });
  });
});

describe('the end of successive halving', () => {
  test.each<[string, RungResult[], object | undefined]>([
    [
      'sends the best of the highest rung on',
      [...at(0, { a: 0.9, b: 0.8 }), ...at(1, { a: 0.1 })],
      { trial: 'a', rung: 2 },
    ],
    [
      'sends the best of the first rung on where no other was reached',
      at(0, { a: 0.7, b: 0.8 }),
      { trial: 'b', rung: 1 },
    ],
    [
      'is over where a trial has a value at the last rung',
      [...at(0, { a: 0.9, b: 0.8 }), ...at(2, { a: 0.1 })],
      undefined,
    ],
    [
      'passes over who failed further up',
      [...at(0, { a: 0.9, b: 0.8 }), ...at(1, { a: undefined })],
      { trial: 'b', rung: 1 },
    ],
    ['is over where all have failed', at(0, { a: undefined, b: Number.NaN }), undefined],
    ['is over before anything was trained', [], undefined],
  ])('%s', (_, results, leader) => {
    expect(promoteLeader(settings, results)).toEqual(leader);
  });
});

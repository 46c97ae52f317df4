import { describe, expect, it } from 'vitest';
import { chooseHeadline, rankCandidates, readObjective, type TaskResult } from '../../src/evaluation/headline.js';

const within = (changes: object = {}): TaskResult => ({
  task: 'test/within-alphabet/20-way-1-shot',
  scorer: 'network',
  selection: 'test',
  protocol: 'within-alphabet',
  nWay: 20,
  kShot: 1,
  assignment: null,
  ...changes,
});
const pairs = (changes: object = {}): TaskResult => ({
  task: 'test/verification',
  scorer: 'network',
  selection: 'test',
  ...changes,
});

describe('chooseHeadline', () => {
  it.each([
    { name: 'more ways before fewer', others: [within({ nWay: 5 })], chosen: within() },
    { name: 'one shot before several', others: [within({ kShot: 5, nWay: 25 })], chosen: within() },
    { name: 'within an alphabet before across', others: [within({ protocol: 'cross-alphabet' })], chosen: within() },
    { name: "Lake's runs before drawn episodes", others: [within()], chosen: within({ protocol: 'lake-runs' }) },
    { name: 'a network before a baseline', others: [within({ scorer: 'chance', nWay: 25 })], chosen: within() },
    {
      name: 'one by one before all together',
      others: [within({ assignment: 'oneToOne', nWay: 25 })],
      chosen: within(),
    },
    {
      name: 'a right measurement before one with a mistake',
      others: [within({ mistake: 'withReplacement', nWay: 25 })],
      chosen: within(),
    },
    { name: 'episodes before a verification', others: [pairs()], chosen: within({ protocol: 'mnist', nWay: 2 }) },
    {
      name: 'the test before training characters',
      others: [within({ selection: 'train', nWay: 25 })],
      chosen: within(),
    },
    {
      name: 'a verification of the test before episodes of the validation',
      others: [within({ selection: 'validation' })],
      chosen: pairs(),
    },
  ])('takes $name', ({ others, chosen }) => {
    expect(chooseHeadline([...others, chosen])).toBe(chosen);
    expect(chooseHeadline([chosen, ...others])).toBe(chosen);
  });

  it('takes the first of several seeds, not the luckiest', () => {
    const first = within();
    expect(chooseHeadline([first, within({ task: 'test/within-alphabet/20-way-1-shot-2' })])).toBe(first);
  });

  it('takes nothing where only other selections were measured', () => {
    expect(chooseHeadline([within({ selection: 'train' }), within({ selection: 'validation' })])).toBeUndefined();
  });
});

describe('rankCandidates', () => {
  it('ranks by the mean over seeds, and only those with as many seeds as any other', () => {
    const candidates = [
      { values: [0.6, 0.7] },
      { values: [0.9] },
      { values: [0.8, 0.6] },
      { values: [0.9, Number.NaN] },
    ];
    expect(rankCandidates(candidates, { goal: 'maximize' })).toEqual([candidates[2], candidates[0]]);
    expect(rankCandidates(candidates, { goal: 'minimize' })).toEqual([candidates[0], candidates[2]]);
  });

  it('keeps the order of equals', () => {
    const candidates = [
      { values: [0.5], name: 'a' },
      { values: [0.5], name: 'b' },
    ];
    expect(rankCandidates(candidates, { goal: 'maximize' })).toEqual(candidates);
  });
});

it('reads the objective at the epoch whose weights are kept, before that the latest', () => {
  const metrics = { 'validation/one-shot-accuracy': 0.4, 'best/validation-one-shot-accuracy': 0.6 };
  const objective = { metric: 'validation/one-shot-accuracy' };
  expect(readObjective(metrics, objective)).toBe(0.6);
  expect(readObjective({ 'validation/one-shot-accuracy': 0.4 }, objective)).toBe(0.4);
  expect(readObjective(undefined, objective)).toBeUndefined();
});

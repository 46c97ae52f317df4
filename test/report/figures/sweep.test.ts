import { describe, expect, it } from 'vitest';
import { analyzeSweeps } from '../../../src/report/figures/sweep.js';
import { groupRuns } from '../../../src/report/group-runs.js';
import type { ReportRun } from '../../../src/report/load-runs.js';

interface FakePoint {
  readonly values: Readonly<Record<string, unknown>>;
  readonly accuracy?: number;
  readonly seed?: number;
  readonly state?: ReportRun['state'];
}

function runOf({ values, accuracy, seed = 1, state = 'finished' }: FakePoint): ReportRun {
  const assignments = Object.entries(values).map(([path, value]) => ({ path, value }));
  const config = JSON.stringify(values);
  const points =
    accuracy === undefined
      ? []
      : [
          { step: 1, value: accuracy / 2 },
          { step: 2, value: accuracy },
        ];
  return {
    folder: `${config} ${seed}`,
    state,
    trial: { experimentName: 'sweep', seed, assignments, fingerprints: { config } },
    metrics: new Map([['validation/one-shot-accuracy', points]]),
    results: [],
    settings: {},
  } as unknown as ReportRun;
}

const analyze = (points: readonly FakePoint[]) => analyzeSweeps(groupRuns(points.map(runOf)))[0]!;

describe('analyzeSweeps', () => {
  const grid = [1, 2].flatMap((a) =>
    ['x', 'y'].map((b): FakePoint => ({ values: { 'p.a': a, 'q.b': b }, accuracy: a / 10 + (b === 'y' ? 0.5 : 0) })),
  );

  it('takes the mean of each value over the other settings, the largest effect first', () => {
    const { parameters, objective } = analyze(grid);
    expect(objective).toEqual({ metric: 'validation/one-shot-accuracy', goal: 'maximize' });
    expect(parameters.map(({ path, effect }) => [path, effect])).toEqual([
      ['q.b', expect.closeTo(0.5, 12)],
      ['p.a', expect.closeTo(0.1, 12)],
    ]);
    expect(parameters[1]!.levels.map(({ label, mean, configurations }) => [label, mean, configurations])).toEqual([
      ['1', expect.closeTo(0.35, 12), 2],
      ['2', expect.closeTo(0.45, 12), 2],
    ]);
  });

  it('orders configurations by the mean over their seeds', () => {
    const { configurations } = analyze([
      { values: { a: 1 }, accuracy: 0.9 },
      { values: { a: 1 }, accuracy: 0.1, seed: 2 },
      { values: { a: 2 }, accuracy: 0.6 },
      { values: { a: 2 }, accuracy: 0.6, seed: 2 },
      { values: { a: 3 }, accuracy: 0.95 },
    ]);
    expect(configurations.map(({ system, mean, measured }) => [system, mean, measured])).toEqual([
      ['a=2', 0.6, [0.6, 0.6]],
      ['a=1', 0.5, [0.9, 0.1]],
      // Fewer seeds than the others: it may not be chosen.
      ['a=3', 0.95, [0.95]],
    ]);
  });

  it('pairs values that were crossed with the same settings: they are no noise', () => {
    const { parameters } = analyze(grid);
    // Both parameters add up exactly: nothing is left to vary.
    for (const { mean, interval } of parameters.flatMap(({ levels }) => levels))
      expect(interval).toEqual([expect.closeTo(mean, 12), expect.closeTo(mean, 12)]);
    const { levels } = analyze([
      { values: { a: 1, b: 'x' }, accuracy: 0.1 },
      { values: { a: 2, b: 'x' }, accuracy: 0.12 },
      { values: { a: 1, b: 'y' }, accuracy: 0.9 },
      { values: { a: 2, b: 'y' }, accuracy: 0.96 },
    ]).parameters[1]!;
    // Half differences 0.01 and 0.03, deviation 0.01414, times root 2; t of 1 degree of freedom 12.706: 12.706 x 0.02 / root 2.
    const half = (12.7062 * 0.02) / Math.SQRT2;
    expect(levels[0]!.interval).toEqual([expect.closeTo(0.5 - half, 4), expect.closeTo(0.5 + half, 4)]);
  });

  it('keeps the intervals of accuracies within 0 and 1', () => {
    const { parameters } = analyze([
      { values: { a: 1, b: 1 }, accuracy: 0.9 },
      { values: { a: 1, b: 2 }, accuracy: 0.2 },
      { values: { a: 2, b: 3 }, accuracy: 0.5 },
    ]);
    const ends = parameters.flatMap(({ levels }) => levels.flatMap(({ interval }) => interval ?? []));
    expect(Math.min(...ends)).toBe(0);
    expect(Math.max(...ends)).toBe(1);
  });

  it('leaves out runs that are not finished, and counts them', () => {
    const sweep = analyze([
      ...grid,
      { values: { 'p.a': 3, 'q.b': 'x' }, accuracy: 0.99, state: 'failed' },
      { values: { 'p.a': 1, 'q.b': 'x' }, accuracy: 0.99, seed: 2, state: 'running' },
    ]);
    expect(sweep.configurations).toHaveLength(4);
    expect(sweep).toMatchObject({ unmeasured: 1, counts: { finished: 4, failed: 1, running: 1 } });
  });

  it('puts many numbers together in quarters', () => {
    const { parameters } = analyze(Array.from({ length: 16 }, (_, i) => ({ values: { a: i }, accuracy: i / 16 })));
    expect(parameters[0]!.levels.map(({ label, configurations }) => [label, configurations])).toEqual([
      ['0 … 3', 4],
      ['4 … 7', 4],
      ['8 … 11', 4],
      ['12 … 15', 4],
    ]);
  });

  it('says nothing of runs that differ in their seed alone', () => {
    const runs = [1, 2].map((seed) => runOf({ values: {}, accuracy: 0.5, seed }));
    expect(analyzeSweeps(groupRuns(runs))).toEqual([]);
  });
});

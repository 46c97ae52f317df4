// The contract that all strategies keep, and what TPE adds to it.
import { describe, expect, test } from 'vitest';
import { createStrategy } from '../../../src/plan/search/create-strategy.js';
import { readSearchSpace } from '../../../src/plan/search/read-search-space.js';
import { isActive, keyOfPoint, type SearchPoint, type SearchSpace } from '../../../src/plan/search/search-space.js';
import {
  type AskedPoint,
  type IsFeasible,
  type Outcome,
  replaySearch,
  type SearchEvent,
  type SearchSettings,
  type SearchStrategy,
} from '../../../src/plan/search/search-strategy.js';

const spaceOf = (parameters: Record<string, unknown>) => readSearchSpace(parameters).space!;
const finished = (value: number): Outcome => ({ status: 'finished', value, n: 1 });

const plane = spaceOf({ x: { uniform: [0, 1] }, y: { uniform: [0, 1] } });
const network = spaceOf({
  optimizer: ['sgd', 'adam', 'rmsprop', 'adagrad'],
  rate: { logUniform: [1e-5, 1] },
  momentum: { uniform: [0, 1], when: { optimizer: 'sgd' } },
  layers: { integer: [1, 4] },
  width: { integer: [16, 256], step: 16, when: { layers: [3, 4] } },
});

const networkLoss = (point: SearchPoint) =>
  (Math.log10(point.rate as number) + 3) ** 2 + (point.optimizer === 'adam' ? 0 : 0.5) + Number(point.layers) / 4;

/** The asked points of a search one at a time. */
function search(strategy: SearchStrategy, tell: (point: SearchPoint) => Outcome, count: number): AskedPoint[] {
  const asked: AskedPoint[] = [];
  while (asked.length < count) {
    const point = strategy.ask(asked);
    if (point === undefined) break;
    asked.push({ point, outcome: tell(point) });
  }
  return asked;
}

const points = (asked: readonly AskedPoint[]) => asked.map(({ point }) => point);

function bestValue(asked: readonly AskedPoint[]): number {
  return Math.min(...asked.map(({ outcome }) => (outcome?.status === 'finished' ? outcome.value : Infinity)));
}

const METHODS: [string, SearchSettings][] = [
  ['random', { method: 'random' }],
  ['sobol', { method: 'sobol' }],
  ['tpe', { method: 'tpe', goal: 'minimize' }],
];

describe.each(METHODS)('%s search', (method, settings) => {
  const searchNetwork = (seed: number, isFeasible?: IsFeasible) =>
    search(createStrategy(settings, network, seed, isFeasible), (point) => finished(networkLoss(point)), 40);

  test('proposes the same points for the same seed and others for another', () => {
    expect(searchNetwork(1)).toEqual(searchNetwork(1));
    expect(points(searchNetwork(1))).not.toEqual(points(searchNetwork(2)));
  });

  test('goes on alike from any point of a replayed log', () => {
    const whole = searchNetwork(3);
    const events = whole.flatMap(({ point, outcome }, index): SearchEvent[] => [
      { type: 'ask', index, point },
      { type: 'tell', index, outcome: outcome as Outcome },
    ]);
    for (const index of [0, 1, 9, 10, 11, 25, 39]) {
      const replayed = replaySearch(JSON.parse(JSON.stringify(events.slice(0, 2 * index))));
      expect(createStrategy(settings, network, 3).ask(replayed)).toEqual(whole[index]!.point);
    }
  });

  test('does not depend on the order in which the points of a batch finish', () => {
    const events: SearchEvent[] = [];
    const shuffled: SearchEvent[] = [];
    const strategy = createStrategy(settings, network, 4);
    for (let batch = 0; batch < 6; batch++) {
      const indices = [0, 1, 2, 3].map((offset) => 4 * batch + offset);
      for (const index of indices) {
        const point = strategy.ask(replaySearch(events)) as SearchPoint;
        expect(createStrategy(settings, network, 4).ask(replaySearch(shuffled))).toEqual(point);
        events.push({ type: 'ask', index, point });
        shuffled.push({ type: 'ask', index, point });
      }
      const tells = indices.map((index): SearchEvent => {
        const ask = events.find((event) => event.type === 'ask' && event.index === index) as { point: SearchPoint };
        return { type: 'tell', index, outcome: finished(networkLoss(ask.point)) };
      });
      events.push(...tells);
      shuffled.push(...[2, 0, 3, 1].map((at) => tells[at] as SearchEvent));
    }
    expect(replaySearch(shuffled)).toEqual(replaySearch(events));
  });

  test('gives a parameter exactly where its conditions hold', () => {
    const asked = searchNetwork(5);
    for (const { point } of asked) {
      expect(Object.keys(point)).toEqual(
        network.parameters.filter((parameter) => isActive(parameter, point)).map(({ path }) => path),
      );
    }
    expect(new Set(asked.map(({ point }) => Object.keys(point).length)).size).toBeGreaterThan(1);
  });

  test('never proposes an infeasible point', () => {
    const isFeasible = (point: SearchPoint) => point.layers !== 4 && !(Number(point.width) > 128);
    const asked = searchNetwork(6, isFeasible);
    expect(asked).toHaveLength(40);
    expect(points(asked).filter((point) => !isFeasible(point))).toEqual([]);
  });

  test('proposes every feasible point of a finite space once and then no more', () => {
    const space = spaceOf({ a: [1, 2, 3], b: { choice: ['x', 'y'], when: { a: [1, 2] } }, c: { integer: [0, 3] } });
    const strategy = createStrategy(settings, space, 7, (point) => !(point.a === 3 && point.c === 0));
    const asked = search(strategy, (point) => finished(Number(point.a) * Number(point.c)), 100);
    expect(asked).toHaveLength(2 * 2 * 4 + 3);
    expect(new Set(points(asked).map(keyOfPoint)).size).toBe(asked.length);
  });

  test('proposes nothing where nothing is feasible', () => {
    expect(createStrategy(settings, plane, 8, () => false).ask([])).toBeUndefined();
  });

  test('keeps going when everything fails', () => {
    const asked = search(createStrategy(settings, network, 9), () => ({ status: 'failed' }), 30);
    expect(new Set(points(asked).map(keyOfPoint)).size).toBe(30);
  });

  test('comes near the minimum of a quadratic', () => {
    const quadratic = ({ x, y }: SearchPoint) => finished(((x as number) - 0.3) ** 2 + ((y as number) - 0.8) ** 2);
    const asked = search(createStrategy(settings, plane, 10), quadratic, 60);
    expect(bestValue(asked)).toBeLessThan(method === 'tpe' ? 0.001 : 0.02);
  });
});

describe('random and sobol search', () => {
  test.each(METHODS.slice(0, 2))('%s search proposes by index alone', (_, settings) => {
    const strategy = createStrategy(settings, network, 1);
    const told = search(strategy, (point) => finished(networkLoss(point)), 20);
    const pending = told.map(({ point }) => ({ point, outcome: undefined }));
    const failed = told.map(({ point }): AskedPoint => ({ point, outcome: { status: 'failed' } }));
    expect(strategy.ask(pending)).toEqual(strategy.ask(told));
    expect(strategy.ask(failed)).toEqual(strategy.ask(told));
  });

  test('sobol search puts one of 16 points into each sixteenth of every parameter', () => {
    const asked = search(createStrategy({ method: 'sobol' }, plane, 1), () => finished(0), 16);
    for (const path of ['x', 'y']) {
      expect(new Set(points(asked).map((point) => Math.floor((point[path] as number) * 16))).size).toBe(16);
    }
  });
});

describe('tpe search', () => {
  const tpe: SearchSettings = { method: 'tpe', goal: 'minimize' };
  const seeds = [0, 1, 2, 3, 4, 5, 6, 7];

  /** Minimum 0.397887 (Surjanovic and Bingham, Virtual Library of Simulation Experiments). */
  const braninSpace = spaceOf({ x: { uniform: [-5, 10] }, y: { uniform: [0, 15] } });
  const branin = (point: SearchPoint) => {
    const [x, y] = [point.x as number, point.y as number];
    const bend = y - (5.1 * x * x) / (4 * Math.PI ** 2) + (5 * x) / Math.PI - 6;
    return finished(bend * bend + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10);
  };

  test('beats random search on Branin at equal trials', () => {
    const regret = (settings: SearchSettings, seed: number) =>
      bestValue(search(createStrategy(settings, braninSpace, seed), branin, 60)) - 0.397887;
    const pairs = seeds.map((seed) => [regret(tpe, seed), regret({ method: 'random' }, seed)] as const);
    expect(pairs.filter(([ours, random]) => ours < random).length).toBeGreaterThanOrEqual(7);
    const [ours, random] = [0, 1].map((at) => pairs.reduce((sum, pair) => sum + pair[at as 0 | 1], 0) / pairs.length);
    expect(ours!).toBeLessThan(random! / 3);
  });

  test('maximises where that is the goal', () => {
    const asked = search(
      createStrategy({ method: 'tpe', goal: 'maximize' }, plane, 1),
      ({ x, y }) => finished((x as number) + (y as number)),
      60,
    );
    const late = points(asked).slice(30);
    expect(late.filter(({ x, y }) => (x as number) + (y as number) > 1.6).length).toBeGreaterThan(15);
  });

  test('learns the branch of a condition', () => {
    const asked = search(createStrategy(tpe, network, 2), (point) => finished(networkLoss(point)), 80);
    const late = points(asked).slice(40);
    // A quarter of them, 10, without learning.
    expect(late.filter(({ optimizer }) => optimizer === 'adam').length).toBeGreaterThan(15);
    expect(bestValue(asked)).toBeLessThan(0.3);
  });

  test('turns away from where points fail', () => {
    const failing = ({ x }: SearchPoint) => (x as number) > 0.5;
    const asked = search(
      createStrategy(tpe, plane, 3),
      (point) => (failing(point) ? { status: 'failed' } : finished(((point.y as number) - 0.5) ** 2)),
      60,
    );
    const late = points(asked).slice(20);
    expect(late.filter(failing).length).toBeLessThan(late.length / 4);
  });

  test('spreads the points of a batch apart', () => {
    const quadratic = ({ x, y }: SearchPoint) => finished(((x as number) - 0.5) ** 2 + ((y as number) - 0.5) ** 2);
    const told = search(createStrategy(tpe, plane, 4), quadratic, 30);
    const meanDistance = (batch: readonly SearchPoint[]) => {
      const distances = batch.flatMap((a, at) =>
        batch.slice(at + 1).map((b) => Math.hypot(Number(a.x) - Number(b.x), Number(a.y) - Number(b.y))),
      );
      return distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
    };
    const batch: AskedPoint[] = [];
    while (batch.length < seeds.length) {
      const point = createStrategy(tpe, plane, 4).ask([...told, ...batch]) as SearchPoint;
      batch.push({ point, outcome: undefined });
    }
    // As many proposals, of which none knows of the others.
    const alone = seeds.map((seed) => createStrategy(tpe, plane, seed).ask(told) as SearchPoint);
    expect(meanDistance(points(batch))).toBeGreaterThan(meanDistance(alone));
  });

  test('ranks a halted point behind every finished one', () => {
    const history = (haltedAt: number): AskedPoint[] =>
      [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95].map((x) => ({
        point: { x, y: 0.5 },
        outcome: x === haltedAt ? { status: 'halted', value: -9, n: 1, epochs: 3 } : finished(x),
      }));
    const strategy = createStrategy(tpe, plane, 5);
    const withFinished = history(-1).map(
      (asked): AskedPoint => (asked.point.x === 0.9 ? { ...asked, outcome: finished(5) } : asked),
    );
    expect(strategy.ask(history(0.9))).toEqual(strategy.ask(withFinished));
  });

  test('takes a value that is not a number as a failure', () => {
    const asked = search(createStrategy(tpe, plane, 6), ({ x }) => finished(x as number), 12);
    const tellThird = (outcome: Outcome) => asked.map((each, at) => (at === 2 ? { ...each, outcome } : each));
    const strategy = createStrategy(tpe, plane, 6);
    expect(strategy.ask(tellThird(finished(Number.NaN)))).toEqual(strategy.ask(tellThird({ status: 'failed' })));
  });

  test('takes spaces wider than the Sobol sequence', () => {
    const wide: SearchSpace = spaceOf(
      Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`x${index}`, { uniform: [0, 1] }])),
    );
    expect(search(createStrategy(tpe, wide, 1), (point) => finished(point.x0 as number), 15)).toHaveLength(15);
    expect(() => createStrategy({ method: 'sobol' }, wide, 1)).toThrow(RangeError);
  });
});

describe('replaying a search', () => {
  const point = { x: 1 };
  test('keeps the order of asking and the latest tell', () => {
    expect(
      replaySearch([
        { type: 'ask', index: 0, point },
        { type: 'ask', index: 1, point: { x: 2 } },
        { type: 'tell', index: 1, outcome: finished(1) },
        { type: 'tell', index: 0, outcome: { status: 'failed' } },
        { type: 'tell', index: 0, outcome: finished(3) },
      ]),
    ).toEqual([
      { point, outcome: finished(3) },
      { point: { x: 2 }, outcome: finished(1) },
    ]);
  });

  test.each<[string, SearchEvent[]]>([
    ['a gap', [{ type: 'ask', index: 1, point }]],
    [
      'a repeated ask',
      [
        { type: 'ask', index: 0, point },
        { type: 'ask', index: 0, point },
      ],
    ],
    ['a tell without an ask', [{ type: 'tell', index: 0, outcome: { status: 'failed' } }]],
  ])('refuses %s', (_, events) => {
    expect(() => replaySearch(events)).toThrow(RangeError);
  });
});

// The tree-structured Parzen estimator (Bergstra et al. 2011 and 2013): one density over the best points, one over the
// others; the next point is the candidate, drawn from the first, whose ratio of the two is highest.
import { randomStream } from '../../base/random-stream.js';
import { buildParzenMixture, type ParzenMixture } from './parzen-mixture.js';
import type { PointSequence } from './point-sequence.js';
import { sequenceRandomPoints } from './random-search.js';
import { keyOfPoint, pointAtUnits, type SearchPoint, unitsOfPoint } from './search-space.js';
import type { AskedPoint, Outcome, SearchContext, SearchStrategy, TpeSettings } from './search-strategy.js';
import { sequenceSobolPoints } from './sobol-search.js';
import { MAX_SOBOL_DIMENSIONS } from './sobol-sequence.js';

/** Share of the told points that counts as good, and the most of them (Bergstra et al. 2013; Optuna's default). */
const GOOD_SHARE = 0.1;
const MOST_GOOD = 25;

/** So many of the latest points count fully in each density. */
const FULL_WEIGHT_POINTS = 25;

/** So many rounds of candidates without a new feasible one, then the model gives up. */
const MAX_ROUNDS = 20;

/**
 * A strategy whose proposals depend on seed, space and the asked points with their outcomes. Pending points count as bad
 * ones, which keeps parallel proposals apart (the constant liar).
 */
export function createTpeSearch(settings: TpeSettings, context: SearchContext): SearchStrategy {
  const { space, seed, isFeasible } = context;
  const { startupPoints = 10, candidates = 24 } = settings;
  const isWide = space.parameters.length > MAX_SOBOL_DIMENSIONS;
  const startup = isWide ? sequenceRandomPoints(context) : sequenceSobolPoints(context);

  function askModel(asked: readonly AskedPoint[]): SearchPoint | undefined {
    const { good, bad } = splitPoints(asked, settings.goal);
    const goodMixture = mixtureOf(good);
    const badMixture = mixtureOf(bad);
    const seen = new Set(asked.map(({ point }) => keyOfPoint(point)));
    const stream = randomStream(seed, 'tpe-search', asked.length);
    for (let round = 0; round < MAX_ROUNDS; round++) {
      let best: { point: SearchPoint; score: number } | undefined;
      for (let i = 0; i < candidates; i++) {
        const point = pointAtUnits(space, goodMixture.draw(stream));
        if (seen.has(keyOfPoint(point)) || !isFeasible(point)) continue;
        const units = unitsOfPoint(space, point);
        const score = goodMixture.logDensity(units) - badMixture.logDensity(units);
        if (best === undefined || score > best.score) best = { point, score };
      }
      if (best) return best.point;
    }
    return undefined;
  }

  function mixtureOf(points: readonly AskedPoint[]): ParzenMixture {
    const observations = points.map(({ point }) => unitsOfPoint(space, point));
    return buildParzenMixture(space, observations, weighByAge(points.length));
  }

  return {
    ask(asked) {
      const told = asked.filter(({ outcome }) => outcome !== undefined);
      const ready = told.length >= startupPoints && told.some(hasValue);
      return (ready ? askModel(asked) : undefined) ?? findUnasked(startup, asked);
    },
  };
}

/** The first point of a sequence that was not asked: the next one at the start, a spare one where the model finds nothing new. */
function findUnasked(sequence: PointSequence, asked: readonly AskedPoint[]): SearchPoint | undefined {
  const seen = new Set(asked.map(({ point }) => keyOfPoint(point)));
  for (let index = 0; ; index++) {
    const point = sequence(index);
    if (point === undefined || !seen.has(keyOfPoint(point))) return point;
  }
}

/** The best tenth of what was told, and the rest with all failed and pending points; both in the order of asking. */
function splitPoints(
  asked: readonly AskedPoint[],
  goal: TpeSettings['goal'],
): { good: AskedPoint[]; bad: AskedPoint[] } {
  const told = asked.filter(({ outcome }) => outcome !== undefined);
  const ranked = told.filter(hasValue);
  ranked.sort((a, b) => compareOutcomes(a.outcome, b.outcome, goal));
  const good: ReadonlySet<AskedPoint> = new Set(
    ranked.slice(0, Math.min(MOST_GOOD, Math.ceil(GOOD_SHARE * told.length))),
  );
  return { good: asked.filter((point) => good.has(point)), bad: asked.filter((point) => !good.has(point)) };
}

type ValuedOutcome = Exclude<Outcome, { status: 'failed' }>;

/** Whether a point was told with a value that can be ranked. */
function hasValue(asked: AskedPoint): asked is AskedPoint & { outcome: ValuedOutcome } {
  return asked.outcome !== undefined && asked.outcome.status !== 'failed' && Number.isFinite(asked.outcome.value);
}

/** Negative where `a` is better: finished before halted, halted later before earlier, then by value. */
function compareOutcomes(a: ValuedOutcome, b: ValuedOutcome, goal: TpeSettings['goal']): number {
  const epochs = (outcome: ValuedOutcome) => (outcome.status === 'halted' ? outcome.epochs : Number.POSITIVE_INFINITY);
  if (epochs(a) !== epochs(b)) return epochs(b) - epochs(a);
  return goal === 'minimize' ? a.value - b.value : b.value - a.value;
}

/**
 * Weights of points in the order of asking: 1 for the last 25, rising towards them for older ones (Bergstra et al. 2013,
 * section 3.2).
 */
function weighByAge(count: number): number[] {
  const older = Math.max(0, count - FULL_WEIGHT_POINTS);
  return Array.from({ length: count }, (_, at) =>
    at >= older ? 1 : older === 1 ? 1 / count : 1 / count + ((1 - 1 / count) * at) / (older - 1),
  );
}

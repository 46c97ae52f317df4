// Scorers that read pictures as strokes and fit the strokes of one to the other (Lake et al. 2015). A fit costs thousands of
// times a distance, so that only the support pictures that elastic matching finds nearest are fitted; all others come after
// them, in its order.
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import {
  AFFINE_NOISE,
  type ElasticMatch,
  multiplyNoise,
  ONE_WAY_WEIGHTS,
  POSITION_NOISE,
  REFIT_SETTINGS,
  STROKE_SCORE_SETTINGS,
  StrokeScorer,
  type StrokeScoreSettings,
  type StrokeShape,
} from 'stroke-programs';
import type { BaselineAffineModel, BaselineHbpl, BaselineSimpleStrokes } from '../../config/experiment.js';
import type { PictureSet } from '../../data/pictures/picture-set.js';
import { readInk } from '../../data/strokes/read-ink.js';
import type { BaselineType, EmbeddedPictures, Scorer } from './scorer.js';

/** Scores of pairs that are not fitted: no fit is so bad. */
const NOT_FITTED = -1e6;
/** Scores of pairs of which a picture has no strokes. */
const WITHOUT_STROKES = -1e8;

/** What the strokes of a `hbpl` entry are scored by. */
export function strokeSettingsOf(section: Omit<BaselineHbpl, 'type' | 'name' | 'candidates'>): StrokeScoreSettings {
  const { parses, tokenNoise, mostSubStrokes, relations, backWeight, elasticWeight } = section;
  return {
    ...STROKE_SCORE_SETTINGS,
    parse: { parses, mostSubStrokes },
    refit: { ...REFIT_SETTINGS, noise: { ...multiplyNoise(REFIT_SETTINGS.noise, tokenNoise), attached: relations } },
    weights: { back: backWeight, elastic: elasticWeight },
  };
}

/**
 * HBPL without type-level learning: parses of both pictures fitted to each other with token noise, the lesion of Lake
 * 2014 (thesis, 4.2.4) that needs no library.
 */
export const hbpl: BaselineType<BaselineHbpl> = {
  title: 'HBPL without type-level learning',
  shortTitle: 'HBPL',
  make: ({ type, name = type, candidates, ...section }) =>
    makeStrokeScorer(name, candidates, strokeSettingsOf(section)),
};

/** The same parses, of which only scale and shift are fitted, in one direction (Lake et al. 2013, "Affine model"). */
export const affineModel: BaselineType<BaselineAffineModel> = {
  title: 'affine model of strokes',
  shortTitle: 'affine model',
  make: ({ type, name = type, candidates, parses }) =>
    makeStrokeScorer(name, candidates, {
      ...STROKE_SCORE_SETTINGS,
      parse: { parses },
      refit: { ...REFIT_SETTINGS, noise: AFFINE_NOISE },
      weights: ONE_WAY_WEIGHTS,
    }),
};

/** Strokes of a dictionary's shapes and sizes, of which only places are fitted (Lake et al. 2013, "Simple Strokes"). */
export const simpleStrokes: BaselineType<BaselineSimpleStrokes> = {
  title: 'simple strokes',
  shortTitle: 'simple strokes',
  make: ({ type, name = type, candidates, parses }) =>
    makeStrokeScorer(name, candidates, {
      ...STROKE_SCORE_SETTINGS,
      parse: { parses, mostSubStrokes: 1 },
      refit: { ...REFIT_SETTINGS, noise: POSITION_NOISE },
      shapes: 'dictionary',
      weights: ONE_WAY_WEIGHTS,
    }),
};

function makeStrokeScorer(name: string, candidates: number, settings: StrokeScoreSettings): Scorer {
  return {
    name,
    combineShots: 'maximum',
    constantByDesign: false,
    embed: ({ clean }) => compareStrokes(clean, candidates, settings),
  };
}

/**
 * Elastic matches by pictures `query,support`, each found once for all scorers of a set: they are half of the time of a
 * scorer that fits few candidates.
 */
const matchesOfSets = new WeakMap<PictureSet, Map<string, ElasticMatch | undefined>>();

function compareStrokes(set: PictureSet, candidates: number, settings: StrokeScoreSettings): EmbeddedPictures {
  const scorer = new StrokeScorer(settings);
  const pictures = new Map<number, StrokeShape | undefined>();
  const matches = matchesOfSets.get(set) ?? new Map<string, ElasticMatch | undefined>();
  matchesOfSets.set(set, matches);
  const read = (number: number) => {
    if (!pictures.has(number)) {
      pictures.set(number, scorer.prepare(readInk(set, number)));
    }
    return pictures.get(number);
  };
  const match = (query: number, support: number) => {
    const key = `${query},${support}`;
    if (!matches.has(key)) {
      const [first, second] = [read(query), read(support)];
      matches.set(key, first && second && scorer.match(first, second));
    }
    return matches.get(key);
  };
  const explain = (query: number, support: number, matched?: ElasticMatch) => {
    const [first, second] = [read(query), read(support)];
    return first && second ? scorer.compare(first, second, matched).score : WITHOUT_STROKES;
  };
  const scoreRow = (query: number, supports: Int32Array, found: readonly (ElasticMatch | undefined)[]) => {
    const distances = found.map((matched) => matched?.distance ?? Number.POSITIVE_INFINITY);
    const nearest = [...distances.keys()].sort((a, b) => distances[a]! - distances[b]!).slice(0, candidates);
    const fitted = new Set(nearest);
    return distances.map((distance, column) => {
      if (fitted.has(column)) return explain(query, supports[column]!, found[column]);
      return Number.isFinite(distance) ? NOT_FITTED - distance : WITHOUT_STROKES;
    });
  };
  return {
    async score(queries, supports) {
      const scores = new Float64Array(queries.length * supports.length);
      const isMatched = supports.length > candidates || settings.weights.elastic > 0;
      for (const [row, query] of queries.entries()) {
        const matched = Array.from(supports, (support) => (isMatched ? match(query, support) : undefined));
        for (const [column, score] of scoreRow(query, supports, matched).entries()) {
          scores[row * supports.length + column] = score;
        }
        await yieldToEvents();
      }
      return scores;
    },
    scoreAligned: (first, second) => Float64Array.from(first, (query, pair) => explain(query, second[pair]!)),
  };
}

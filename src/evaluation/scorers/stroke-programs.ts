// Scorers that read pictures as strokes and fit the strokes of one to the other (Lake et al. 2015). A fit costs thousands of
// times a distance, so that only the support pictures that elastic matching finds nearest are fitted; all others come after
// them, in its order.
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import {
  type ElasticShape,
  elasticDistance,
  inkFrom,
  prepareElasticShape,
  REFIT_SETTINGS,
  STROKE_SCORE_SETTINGS,
  StrokeScorer,
  type StrokeScoreSettings,
  type StrokeShape,
  TOKEN_NOISE,
} from 'stroke-programs';
import type { BaselineAffineModel, BaselineHbpl } from '../../config/experiment.js';
import { type PictureSet, pictureAt } from '../../data/pictures/picture-set.js';
import type { BaselineType, EmbeddedPictures, Scorer } from './scorer.js';

/** Scores of pairs that are not fitted: no fit is so bad. */
const NOT_FITTED = -1e6;
/** Scores of pairs of which a picture has no strokes. */
const WITHOUT_STROKES = -1e8;

/**
 * HBPL without type-level learning: parses of both pictures fitted to each other with token noise, the lesion of Lake
 * 2014 (thesis, 4.2.4) that needs no library.
 */
export const hbpl: BaselineType<BaselineHbpl> = {
  title: 'HBPL without type-level learning',
  shortTitle: 'HBPL',
  make: ({ type, name = type, candidates, parses, tokenNoise, mostSubStrokes }) => {
    const noise = {
      shape: TOKEN_NOISE.shape * tokenNoise,
      scale: TOKEN_NOISE.scale * tokenNoise,
      startX: TOKEN_NOISE.startX * tokenNoise,
      startY: TOKEN_NOISE.startY * tokenNoise,
    };
    return makeStrokeScorer(name, candidates, {
      ...STROKE_SCORE_SETTINGS,
      parse: { parses, mostSubStrokes },
      refit: { ...REFIT_SETTINGS, noise },
    });
  },
};

/** The same parses, of which only scale and shift are fitted, in one direction (Lake et al. 2013, "Affine model"). */
export const affineModel: BaselineType<BaselineAffineModel> = {
  title: 'affine model of strokes',
  shortTitle: 'affine model',
  make: ({ type, name = type, candidates, parses }) =>
    makeStrokeScorer(name, candidates, {
      ...STROKE_SCORE_SETTINGS,
      parse: { parses },
      refit: { ...REFIT_SETTINGS, noise: { shape: 0, scale: 0, startX: 0, startY: 0 } },
      isTwoWay: false,
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

interface ReadPicture {
  readonly elastic: ElasticShape | undefined;
  readonly strokes: StrokeShape | undefined;
}

function compareStrokes(set: PictureSet, candidates: number, settings: StrokeScoreSettings): EmbeddedPictures {
  const scorer = new StrokeScorer(settings);
  const pictures = new Map<number, ReadPicture>();
  const read = (number: number) => {
    let known = pictures.get(number);
    if (known === undefined) {
      const picture = inkFrom(pictureAt(set, number), set.width, set.height);
      known = { elastic: prepareElasticShape(picture), strokes: scorer.prepare(picture) };
      pictures.set(number, known);
    }
    return known;
  };
  const distance = (query: ReadPicture, support: ReadPicture) =>
    query.elastic && support.elastic ? elasticDistance(query.elastic, support.elastic) : Number.POSITIVE_INFINITY;
  const explain = (query: ReadPicture, support: ReadPicture) =>
    query.strokes && support.strokes ? scorer.compare(query.strokes, support.strokes) : WITHOUT_STROKES;
  return {
    async score(queries, supports) {
      const scores = new Float64Array(queries.length * supports.length);
      for (const [row, query] of queries.entries()) {
        const distances = Float64Array.from(supports, (support) => distance(read(query), read(support)));
        const nearest = [...distances.keys()].sort((a, b) => distances[a]! - distances[b]!).slice(0, candidates);
        distances.forEach((value, column) => {
          const isSeen = Number.isFinite(value);
          scores[row * supports.length + column] = isSeen ? NOT_FITTED - value : WITHOUT_STROKES;
        });
        for (const column of nearest) {
          scores[row * supports.length + column] = explain(read(query), read(supports[column]!));
        }
        await yieldToEvents();
      }
      return scores;
    },
    scoreAligned: (first, second) =>
      Float64Array.from(first, (query, pair) => explain(read(query), read(second[pair]!))),
  };
}

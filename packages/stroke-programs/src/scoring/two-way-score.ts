// Whether two pictures show one character, by the strokes of each fitted to the other (Lake et al. 2015, supplement,
// "One-shot classification"): log P(query | strokes of support) + log P(support | strokes of query) - log P(support), the last
// from the strokes of the support picture fitted to itself. Without type-level learning: shapes, scales and places of a parse
// have no prior of their own.
//
// Departure: each way is a log-likelihood ratio to the picture's own strokes, divided by its pixels of ink. The image model
// takes pixels for independent, but neighbouring ones err together: in nats a character with much ink would outweigh all
// else. On background drawings of Omniglot the division was worth more than any other choice.
import { fitToOwnPicture, REFIT_SETTINGS, type Refit, type RefitSettings, refitParse } from '../fitting/refit.js';
import { ComparedPicture, ImageModels } from '../image/compared-picture.js';
import { countInk, type InkPicture } from '../ink-picture.js';
import {
  type ElasticMatch,
  type ElasticShape,
  matchElastically,
  type PlaceMap,
  prepareElasticShape,
} from '../matching/elastic-matching.js';
import { type Parse, type ParseSettings, parsePicture } from '../parsing/parse-picture.js';
import { simplifyParse } from '../parsing/simplify-parse.js';

/** What the parts of a score count; log P(query | support) for each pixel of ink counts 1. */
export interface ScoreWeights {
  /** Of log P(support | query) for each pixel of ink. */
  readonly back: number;
  /**
   * Of the distance of elastic matching, subtracted: log-odds of a second observer of the same two pictures, who errs on
   * other ones.
   */
  readonly elastic: number;
}

export interface StrokeScoreSettings {
  readonly parse: Partial<ParseSettings>;
  readonly refit: RefitSettings;
  /** Whether strokes keep the shapes that they have in the picture, or take the most alike of a dictionary. */
  readonly shapes: 'own' | 'dictionary';
  /** A weight of 0 spares its fits. */
  readonly weights: ScoreWeights;
}

/** Both ways alike, the elastic distance as chosen on background drawings of Omniglot. */
export const TWO_WAY_WEIGHTS: ScoreWeights = { back: 1, elastic: 0.007 };
/** In one direction, as Lake's simpler models are. */
export const ONE_WAY_WEIGHTS: ScoreWeights = { back: 0, elastic: 0 };

export const STROKE_SCORE_SETTINGS: StrokeScoreSettings = {
  parse: { parses: 1 },
  refit: REFIT_SETTINGS,
  shapes: 'own',
  weights: TWO_WAY_WEIGHTS,
};

/** A picture read as strokes, ready to be compared. */
export interface StrokeShape {
  readonly picture: ComparedPicture;
  readonly elastic: ElasticShape;
  /** Moved until they show the picture as well as they can. */
  readonly parses: readonly Parse[];
  /** log P of the picture under its own strokes, in nats. */
  readonly own: number;
  /** Pixels of ink. */
  readonly ink: number;
}

/** The strokes of each of two pictures fitted to the other; one for each parse. */
export interface StrokeComparison {
  readonly score: number;
  /** Strokes of the support picture in the query. */
  readonly forth: readonly Refit[];
  /** Strokes of the query in the support picture; none where they do not count. */
  readonly back: readonly Refit[];
}

/** No match, and no map to start from. */
const UNMATCHED = { distance: 0, forth: undefined, back: undefined };

/** Reads pictures of one size and compares them. Keeps its working memory; not to be shared by threads. */
export class StrokeScorer {
  readonly #settings: StrokeScoreSettings;
  readonly #models = new ImageModels();

  constructor(settings: StrokeScoreSettings = STROKE_SCORE_SETTINGS) {
    this.#settings = settings;
  }

  /** The picture's strokes; undefined for a picture without ink or with too many lines to be a drawing. */
  prepare(picture: InkPicture): StrokeShape | undefined {
    const { refit, shapes, parse: parseSettings } = this.#settings;
    const parsed = parsePicture(picture, parseSettings);
    const elastic = prepareElasticShape(picture);
    if (parsed === undefined || elastic === undefined) return undefined;
    const compared = new ComparedPicture(picture);
    const parses = parsed.parses.map((parse) =>
      shapes === 'dictionary' ? simplifyParse(parse) : fitToOwnPicture(parse, compared, this.#models, refit),
    );
    const own = weighParses(this.#refitAll(parses, compared, (place) => place));
    return { picture: compared, elastic, parses, own, ink: countInk(picture) };
  }

  /** How two pictures match elastically: quickly, and what fits start from. */
  match(query: StrokeShape, support: StrokeShape): ElasticMatch {
    return matchElastically(support.elastic, query.elastic);
  }

  /**
   * The query as the support picture's character; the score is in nats for each pixel of ink, about 0 for a picture compared
   * with itself, larger for more alike. Fits start from the match where it is given.
   */
  compare(query: StrokeShape, support: StrokeShape, match?: ElasticMatch): StrokeComparison {
    const { weights } = this.#settings;
    const {
      distance,
      forth: there,
      back: here,
    } = match ?? (weights.elastic === 0 ? UNMATCHED : this.match(query, support));
    const forth = this.#refitAll(support.parses, query.picture, there);
    const back = weights.back === 0 ? [] : this.#refitAll(query.parses, support.picture, here);
    const perInk = (refits: readonly Refit[], { own, ink }: StrokeShape) => (weighParses(refits) - own) / ink;
    const score =
      perInk(forth, query) +
      (weights.back === 0 ? 0 : weights.back * perInk(back, support)) -
      weights.elastic * distance;
    return { score, forth, back };
  }

  #refitAll(parses: readonly Parse[], picture: ComparedPicture, guide?: PlaceMap): Refit[] {
    return parses.map((parse) => refitParse(parse, picture, this.#models, this.#settings.refit, guide));
  }
}

/** log of the mean over parses of P(picture, best drawing | parse): parses are weighed alike. */
function weighParses(refits: readonly Refit[]): number {
  const values = refits.map(({ logLikelihood, logPrior }) => logLikelihood + logPrior);
  const largest = Math.max(...values);
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0) / values.length);
}

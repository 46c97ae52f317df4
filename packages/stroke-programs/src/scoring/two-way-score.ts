// Whether two pictures show one character, by the strokes of each fitted to the other (Lake et al. 2015, supplement,
// "One-shot classification"): log P(first | strokes of second) + log P(second | strokes of first) - log P(second), the last
// from the strokes of the second fitted to itself. Without type-level learning: shapes, scales and places of a parse have no
// prior of their own.
import { REFIT_SETTINGS, type RefitSettings, refitParse } from '../fitting/refit.js';
import { ImageModel, makeTarget, type TargetImage } from '../image/image-model.js';
import type { InkPicture } from '../ink-picture.js';
import { type Parse, type ParseSettings, parsePicture } from '../parsing/parse-picture.js';

export interface StrokeScoreSettings {
  readonly parse: Partial<ParseSettings>;
  readonly refit: RefitSettings;
  /** Side of the cells that pictures are compared in, in pixels. */
  readonly cell: number;
  /** Whether the strokes of the query are fitted to the support picture too. */
  readonly isTwoWay: boolean;
}

export const STROKE_SCORE_SETTINGS: StrokeScoreSettings = {
  parse: { parses: 2 },
  refit: REFIT_SETTINGS,
  cell: 2,
  isTwoWay: true,
};

/** A picture read as strokes, ready to be compared. */
export interface StrokeShape {
  readonly target: TargetImage;
  readonly parses: readonly Parse[];
  /** log P of the picture under its own strokes, in nats. */
  readonly own: number;
}

/** Reads pictures of one size and compares them. */
export class StrokeScorer {
  readonly #settings: StrokeScoreSettings;
  #model: ImageModel | undefined;

  constructor(settings: StrokeScoreSettings = STROKE_SCORE_SETTINGS) {
    this.#settings = settings;
  }

  /** The picture's strokes; undefined for a picture without ink or with too many lines to be a drawing. */
  prepare(picture: InkPicture): StrokeShape | undefined {
    const parsed = parsePicture(picture, this.#settings.parse);
    if (parsed === undefined) return undefined;
    const target = makeTarget(picture, this.#settings.cell);
    return { target, parses: parsed.parses, own: this.#explain(parsed.parses, target) };
  }

  /** The score of the query as the support picture's character, in nats; larger is more alike. */
  compare(query: StrokeShape, support: StrokeShape): number {
    const forth = this.#explain(support.parses, query.target);
    return this.#settings.isTwoWay ? forth + this.#explain(query.parses, support.target) - support.own : forth;
  }

  /** log of the sum over parses of P(picture, best drawing | parse), parses weighed alike. */
  #explain(parses: readonly Parse[], target: TargetImage): number {
    if (this.#model === undefined || !this.#model.fits(target)) this.#model = new ImageModel(target);
    const model = this.#model;
    const values = parses.map((parse) => {
      const { logLikelihood, logPrior } = refitParse(parse, target, model, this.#settings.refit);
      return logLikelihood + logPrior;
    });
    const largest = Math.max(...values);
    return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0) / values.length);
  }
}

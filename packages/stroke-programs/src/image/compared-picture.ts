// A picture as image models compare it: at several resolutions, each made once; and the models, one for each size.
import type { InkPicture } from '../ink-picture.js';
import { type InkPoints, sampleInkPoints } from '../matching/ink-points.js';
import { ImageModel, makeTarget, type TargetImage } from './image-model.js';

/** How far apart points of ink are, in their units: about pixels. */
const POINT_SPACING = 4;

/** A picture that strokes are fitted to. */
export class ComparedPicture {
  readonly #picture: InkPicture;
  readonly #targets = new Map<number, TargetImage>();
  #points: InkPoints | undefined;

  constructor(picture: InkPicture) {
    this.#picture = picture;
  }

  /** Its ink as points. */
  get points(): InkPoints {
    this.#points ??= sampleInkPoints(this.#picture, POINT_SPACING);
    return this.#points;
  }

  /** The picture in cells of `cell` x `cell` pixels. */
  at(cell: number): TargetImage {
    let target = this.#targets.get(cell);
    if (target === undefined) {
      target = makeTarget(this.#picture, cell);
      this.#targets.set(cell, target);
    }
    return target;
  }
}

/** Image models by size, each with its working memory; not to be shared by threads. */
export class ImageModels {
  readonly #models: ImageModel[] = [];

  /** The model that draws pictures of the target's size. */
  of(target: TargetImage): ImageModel {
    const known = this.#models.find((model) => model.fits(target));
    if (known !== undefined) return known;
    const model = new ImageModel(target);
    this.#models.push(model);
    return model;
  }
}

// Scorers that see ink alone: each picture becomes a shape when it is first needed, and shapes are compared pair by pair.
import { type InkPicture, inkFrom } from 'stroke-programs';
import { type PictureSet, pictureAt } from '../../data/pictures/picture-set.js';
import { scorePairs } from './score-pairs.js';
import type { EmbeddedPictures } from './scorer.js';

/**
 * Pictures by the score of their shapes; a pair of which a picture has no shape, since it has no ink, gets
 * `withoutInk`. A pixel is ink from half of full ink on.
 */
export function scoreShapes<Shape>(
  set: PictureSet,
  prepare: (picture: InkPicture) => Shape | undefined,
  compare: (query: Shape, support: Shape) => number,
  withoutInk: number,
): EmbeddedPictures {
  const shapes = new Map<number, Shape | undefined>();
  const shapeOf = (picture: number) => {
    if (!shapes.has(picture)) shapes.set(picture, prepare(inkFrom(pictureAt(set, picture), set.width, set.height)));
    return shapes.get(picture);
  };
  return scorePairs((query, support) => {
    const [first, second] = [shapeOf(query), shapeOf(support)];
    return first === undefined || second === undefined ? withoutInk : compare(first, second);
  });
}

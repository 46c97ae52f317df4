// Batches of groups, characters x drawers of some alphabets (tasks `allPairs` and `episodes`).
import { randomStream } from '../../base/random-stream.js';
import { createDistorter, distortionProbability } from '../distortion/distort.js';
import type { BatchMaker, BatchSpec } from './batch.js';
import { startImages } from './batch-images.js';
import { numberClasses } from './class-numbers.js';
import { createGroupSampler, type GroupSizes } from './group-sampler.js';

/**
 * The maker of batches of groups: images in the order `[alphabets, characters, drawers]`. Throws a OneshotError('usage') when
 * the selection is too small for a group.
 */
export function createGroupBatches(sizes: GroupSizes, spec: BatchSpec): BatchMaker {
  const { seed, augmentation, selection } = spec;
  const { characters, drawers } = sizes;
  const draw = createGroupSampler(selection, sizes, augmentation);
  const classNumbers = numberClasses(selection, augmentation);
  const distorter = createDistorter({ ...spec, clean: selection.set }, augmentation);
  const probability = distortionProbability(augmentation);

  return (epoch, step) => {
    const random = randomStream(seed, 'batch', epoch, step);
    const { pictures, quarterTurns } = draw(random);
    const images = startImages(selection.set, pictures.length);
    const classes = new Int32Array(pictures.length);
    pictures.forEach((picture, place) => {
      const turns = quarterTurns[Math.floor(place / (characters * drawers))]!;
      classes[place] = classNumbers.numberOf(selection.set.character[picture]!, turns);
      images.write(distorter, place, picture, random.chance(probability) ? random : undefined, turns);
    });
    return { ...images.finish(), classes };
  };
}

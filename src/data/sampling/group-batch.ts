// Batches of groups, characters x drawers of some alphabets (tasks `allPairs` and `episodes`).
import { randomStream } from '../../base/random-stream.js';
import { createDistorter, distortionProbability } from '../distortion/distort.js';
import { createAllPairsSampler } from './all-pairs-batch.js';
import type { BatchMaker, BatchSpec } from './batch.js';
import { startImages } from './batch-images.js';
import { numberClasses } from './class-numbers.js';

/** The maker of a specification's batches. Throws a OneshotError('usage') when the selection is too small for a group. */
export function createGroupBatches(spec: BatchSpec): BatchMaker {
  const { seed, task, augmentation, selection, source } = spec;
  if (task.type !== 'allPairs' && task.type !== 'episodes')
    throw new TypeError(`expected groups, got task ${task.type}`);
  const { alphabets, characters, drawers } = task;
  const draw = createAllPairsSampler(selection, task, augmentation);
  const classNumbers = numberClasses(selection, augmentation);
  const distorter = createDistorter({ clean: selection.set, source }, augmentation);
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
    return { kind: 'groups', ...images.finish(), alphabets, characters, drawers, classes };
  };
}

// The network as a scorer: every picture is embedded once (test-time augmentation: the mean over itself and distorted
// copies, in up to four quarter turns), then the head alone compares embeddings. What computes the network is given as
// functions, so that this file knows no engine.
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { randomStream } from '../../base/random-stream.js';
import type { Augmentation, TestTimeAugmentation } from '../../config/experiment.js';
import { createDistorter } from '../../data/distortion/distort.js';
import { pictureBytes } from '../../data/pictures/picture-set.js';
import type { SizedPictures } from '../../data/pictures/picture-sizes.js';
import type { NetworkFunctions } from '../../model/network-functions.js';
import { indexRows, type Scorer } from './scorer.js';

/** What is known of pictures already, in place of their pixels. */
export interface PictureFeatures {
  /** Numbers of each picture. */
  readonly length: number;
  /** Those of a picture by its number in the set. */
  at(picture: number): Float32Array;
}

export interface NetworkScorerOptions {
  /** What the network takes in place of the pixels of pictures as drawn: it begins behind layers that made it. */
  readonly featuresOf?: (pictures: Int32Array) => Promise<PictureFeatures>;
  /** Pictures that are embedded at once; 256 unless told. */
  readonly batchSize?: number;
  /** The distortions that test-time augmentation takes its copies from. */
  readonly augmentation?: Augmentation;
}

/** Numbers of embeddings that are compared pair by pair at once: 16 MiB for each side. */
const ALIGNED_NUMBERS = 1 << 22;

/**
 * The network as a scorer; a class's score is the mean of the logits over its support pictures. With
 * `testTimeAugmentation.rotations` the score of two pictures is the mean of their logits over the quarter turns, both
 * turned alike: four views of the same strokes by one network, as an ensemble of four whose mistakes differ.
 */
export function makeNetworkScorer(network: NetworkFunctions, options: NetworkScorerOptions = {}): Scorer {
  return {
    name: 'network',
    combineShots: 'mean',
    constantByDesign: false,
    async embed(pictures, numbers, testTimeAugmentation) {
      const views: Float32Array[] = [];
      let units = 0;
      for (const quarterTurns of testTimeAugmentation?.rotations ? [0, 1, 2, 3] : [0]) {
        const view = await embedPictures(network, options, pictures, numbers, {
          ...testTimeAugmentation,
          quarterTurns,
        });
        views.push(view.embeddings);
        units = view.units;
      }
      const rows = indexRows(pictures.clean.character.length, numbers);
      const gather = (embeddings: Float32Array, wanted: Int32Array) => {
        const gathered = new Float32Array(wanted.length * units);
        for (let i = 0; i < wanted.length; i++) {
          const row = rows[wanted[i]!]!;
          gathered.set(embeddings.subarray(row * units, (row + 1) * units), i * units);
        }
        return gathered;
      };
      return {
        score: (queries, supports) =>
          meanOverViews(views, (view) => network.scoreQueries(gather(view, queries), gather(view, supports), units)),
        async scoreAligned(first, second) {
          const scores = new Float32Array(first.length);
          const atOnce = Math.max(1, Math.floor(ALIGNED_NUMBERS / units));
          for (let start = 0; start < first.length; start += atOnce) {
            const rows = (view: Float32Array, numbers: Int32Array) =>
              gather(view, numbers.subarray(start, start + atOnce));
            const ofRows = await meanOverViews(views, (view) =>
              network.scoreAligned(rows(view, first), rows(view, second), units),
            );
            scores.set(ofRows, start);
            await yieldToEvents();
          }
          return scores;
        },
      };
    },
  };
}

/** The mean of the scores of each view, one view after the other; of a single view its scores themselves. */
async function meanOverViews(
  views: readonly Float32Array[],
  scoreView: (embeddings: Float32Array) => Promise<Float32Array>,
): Promise<Float32Array> {
  const mean = await scoreView(views[0]!);
  if (views.length === 1) return mean;
  for (const view of views.slice(1)) {
    const scores = await scoreView(view);
    for (let i = 0; i < mean.length; i++) mean[i]! += scores[i]!;
  }
  return mean.map((sum) => sum / views.length);
}

/** In which version pictures are embedded: how many copies are averaged, and how all of them are turned. */
type EmbeddedVersion = Partial<Pick<TestTimeAugmentation, 'copies' | 'strength'>> & {
  /** Clockwise quarter turns, 0 … 3. */
  readonly quarterTurns?: number;
};

/**
 * Embeddings `[numbers, units]`, each the mean over the picture and its distorted copies. The copies of a picture depend
 * on its number alone, so that all trials and all protocols see the same ones.
 */
export async function embedPictures(
  network: NetworkFunctions,
  { batchSize = 256, augmentation = { rotationClasses: false }, featuresOf }: NetworkScorerOptions,
  pictures: SizedPictures,
  numbers: Int32Array,
  { copies = 0, strength = 0, quarterTurns = 0 }: EmbeddedVersion = {},
): Promise<{ embeddings: Float32Array; units: number }> {
  const versions = 1 + copies;
  const total = numbers.length * versions;
  const features = await featuresOf?.(numbers);
  const size = features?.length ?? pictureBytes(pictures.clean);
  const distorter = createDistorter(pictures, augmentation);
  let units = 0;
  let embeddings = new Float32Array(0);
  for (let first = 0; first < total; first += batchSize) {
    const count = Math.min(batchSize, total - first);
    const batch = new Float32Array(count * size);
    for (let i = 0; i < count; i++) {
      const number = numbers[Math.floor((first + i) / versions)]!;
      const copy = (first + i) % versions;
      if (features !== undefined) {
        batch.set(features.at(number), i * size);
      } else {
        const target = { ink: batch, offset: i * size, size: pictures.clean.height };
        if (copy === 0) distorter.copy(number, target, quarterTurns);
        else {
          const random = randomStream(0, 'test-time-augmentation', number, copy);
          distorter.distort(number, target, random, quarterTurns, strength);
        }
      }
    }
    const embedded = await network.embed(batch, count);
    if (first === 0) {
      units = embedded.length / count;
      embeddings = new Float32Array(numbers.length * units);
    }
    for (let i = 0; i < count; i++) {
      const row = Math.floor((first + i) / versions) * units;
      for (let unit = 0; unit < units; unit++) embeddings[row + unit]! += embedded[i * units + unit]! / versions;
    }
    await yieldToEvents();
  }
  return { embeddings, units };
}

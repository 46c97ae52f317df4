// Small picture sets and tasks for tests of evaluation: random ink, a few alphabets, every drawing different.
import { randomStream } from '../../../src/base/random-stream.js';
import { sealPictureSet } from '../../../src/data/pictures/picture-file.js';
import type { PictureSet, Split } from '../../../src/data/pictures/picture-set.js';
import type { SizedPictures } from '../../../src/data/pictures/picture-sizes.js';
import type { Episode } from '../../../src/data/sampling/episode.js';
import type { EvaluationTask } from '../../../src/evaluation/task.js';

export interface RandomPicturesOptions {
  readonly alphabets?: number;
  readonly characters?: number;
  readonly drawers?: number;
  readonly size?: number;
  readonly binary?: boolean;
  readonly seed?: number;
}

/** Pictures ordered by alphabet, character, drawer; picture (a, c, d) has the number (a * characters + c) * drawers + d. */
export function drawRandomPictures(options: RandomPicturesOptions = {}): PictureSet {
  const { alphabets = 2, characters = 6, drawers = 4, size = 9, binary = true, seed = 1 } = options;
  const stream = randomStream(seed, 'random-pictures');
  const count = alphabets * characters * drawers;
  const pixels = Uint8Array.from({ length: count * size * size }, () =>
    binary ? 255 * stream.integer(2) : stream.integer(256),
  );
  return sealPictureSet({
    name: 'random',
    height: size,
    width: size,
    pixels,
    alphabets: Array.from({ length: alphabets }, (_, alphabet) => `alphabet-${alphabet}`),
    characters: Array.from({ length: alphabets * characters }, (_, index) => ({
      alphabet: Math.floor(index / characters),
      name: `character${(index % characters) + 1}`,
    })),
    character: Int32Array.from({ length: count }, (_, picture) => Math.floor(picture / drawers)),
    drawer: Int32Array.from({ length: count }, (_, picture) => picture % drawers),
  });
}

/** The set at one size for clean and distorted pictures. */
export function sized(clean: PictureSet): SizedPictures {
  return { clean, source: clean };
}

/** All pictures for every purpose. */
export function splitForAll(set: PictureSet): Split {
  const pictures = Int32Array.from(set.character.keys());
  return {
    train: { set, purpose: 'train', pictures },
    validation: { set, purpose: 'validation', pictures },
    test: { set, purpose: 'test', pictures },
  };
}

/**
 * A 3-way episode with as many shots as wanted: support by drawers 1 …, queries by drawer 0 of the set's first three
 * characters from `first` on.
 */
export function makeEpisode(set: PictureSet, { first = 0, kShot = 1, order = [0, 1, 2] } = {}): Episode {
  const drawers = 1 + Math.max(...set.drawer);
  const pictureOf = (character: number, drawer: number) => (first + character) * drawers + drawer;
  return {
    supportSet: order.map((character) => Array.from({ length: kShot }, (_, shot) => pictureOf(character, shot + 1))),
    queries: order.map((character, truth) => ({ picture: pictureOf(character, 0), truth })),
  };
}

/** A task of these episodes on the whole set. */
export function makeTask(
  set: PictureSet,
  episodes: readonly Episode[],
  changes: Partial<EvaluationTask> = {},
): EvaluationTask {
  const [{ supportSet }] = episodes as [Episode];
  return {
    name: `test/within-alphabet/${supportSet.length}-way-${supportSet[0]!.length}-shot`,
    protocol: 'within-alphabet',
    selection: 'test',
    nWay: supportSet.length,
    kShot: supportSet[0]!.length,
    seed: 1,
    testTimeAugmentation: null,
    assignment: null,
    pictures: sized(set),
    episodes,
    skippedAlphabets: [],
    ...changes,
  };
}

// Small picture sets for tests: alphabets of given numbers of characters, pictures that differ from each other.
import { sealPictureSet } from '../../../src/data/pictures/picture-file.js';
import type { PictureSet, Selection, SplitPurpose } from '../../../src/data/pictures/picture-set.js';

export interface ToyOptions {
  readonly drawers?: number;
  readonly size?: number;
}

/** A set with `characters[a]` characters in alphabet `a`; picture p is grey except for one pixel of ink that walks with p. */
export function toyPictures(characters: readonly number[], { drawers = 4, size = 8 }: ToyOptions = {}): PictureSet {
  const labels = characters.flatMap((count, alphabet) =>
    Array.from({ length: count }, (_, i) => ({ alphabet, name: `character${i + 1}` })),
  );
  const count = labels.length * drawers;
  const pixels = new Uint8Array(new SharedArrayBuffer(count * size * size));
  for (let p = 0; p < count; p++) {
    for (let i = 0; i < size * size; i++) pixels[p * size * size + i] = (7 * p + 13 * i) % 97;
    pixels[p * size * size + (p % (size * size))] = 255;
  }
  return sealPictureSet({
    name: 'toy',
    height: size,
    width: size,
    pixels,
    alphabets: characters.map((_, a) => `Alphabet${a}`),
    characters: labels,
    character: Int32Array.from({ length: count }, (_, p) => Math.floor(p / drawers)),
    drawer: Int32Array.from({ length: count }, (_, p) => p % drawers),
  });
}

/** All pictures of a set. */
export function selectAll(set: PictureSet, purpose: SplitPurpose = 'train'): Selection {
  return { set, purpose, pictures: Int32Array.from(set.character.keys()) };
}

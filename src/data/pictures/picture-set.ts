// The form in which every data set reaches the program: pictures of characters, with who drew what.

/** Pictures of one size with their labels. Frozen after loading; shared by reference. */
export interface PictureSet {
  /** The data set's name, `omniglot`. */
  readonly name: string;
  readonly height: number;
  readonly width: number;
  /** 1: ink; 3: red, green and blue. */
  readonly channels: 1 | 3;
  /**
   * `[count, height, width, channels]` bytes. Ink is 255 and paper 0, whatever the file's polarity was; colours are as
   * people see them.
   */
  readonly pixels: Uint8Array;
  /** Names of the alphabets (groups of characters), in the order of the source. */
  readonly alphabets: readonly string[];
  readonly characters: readonly Character[];
  /** `[count]`: index into `characters` of each picture. */
  readonly character: Int32Array;
  /** `[count]`: who drew each picture, counted from 0. The same number is the same person within an alphabet. */
  readonly drawer: Int32Array;
  /** SHA-256 over pixels, size and labels, 64 hex digits: two sets with equal digests train the same network. */
  readonly digest: string;
}

/** One class: a character of an alphabet. */
export interface Character {
  /** Index into `PictureSet.alphabets`. */
  readonly alphabet: number;
  /** The name in the source, `character07`. */
  readonly name: string;
}

/** A part of a picture set that a split promises for one purpose. */
export interface Selection {
  readonly set: PictureSet;
  /** `train`, `validation` or `test`. */
  readonly purpose: SplitPurpose;
  /** Indices into the set, ascending. */
  readonly pictures: Int32Array;
}

export type SplitPurpose = 'train' | 'validation' | 'test';

/** A data set divided by purpose. A selection may be empty (a split without validation). */
export interface Split {
  readonly train: Selection;
  readonly validation: Selection;
  readonly test: Selection;
}

/** What the place of a picture in the pixels depends on; of ink, unless it says otherwise. */
type PictureShape = Pick<PictureSet, 'height' | 'width'> & Partial<Pick<PictureSet, 'channels'>>;

/** Bytes of one picture. */
export function pictureBytes({ height, width, channels = 1 }: PictureShape): number {
  return height * width * channels;
}

/** The pixels of one picture: a view, `[height, width, channels]`. */
export function pictureAt(set: PictureShape & Pick<PictureSet, 'pixels'>, index: number): Uint8Array {
  const size = pictureBytes(set);
  return set.pixels.subarray(index * size, (index + 1) * size);
}

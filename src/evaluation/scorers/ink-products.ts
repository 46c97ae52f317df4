// Products of the ink of two pictures, the one number that nearest neighbours by Euclidean distance and by cosine need:
// |a - b|^2 = |a|^2 + |b|^2 - 2 a.b. All sums are integers, so that equal distances are equal numbers and ties are seen.
import { type PictureSet, pictureAt, pictureBytes } from '../../data/pictures/picture-set.js';
import { indexRows } from './scorer.js';

export interface InkProducts {
  /** Sum over pixels of the product of two pictures' ink. */
  product(first: number, second: number): number;
  /** The product that one unit of full ink on one pixel contributes: 1 for binary pictures, 255 squared for bytes. */
  readonly unit: number;
}

/**
 * Products of the pictures of `set` with these numbers: counted in packed bits where every pixel is paper or full ink,
 * otherwise summed over bytes.
 */
export function makeInkProducts(set: PictureSet, numbers: Int32Array): InkProducts {
  return numbers.every((number) => isBinary(pictureAt(set, number)))
    ? multiplyPackedBits(set, numbers)
    : multiplyBytes(set);
}

/** The product of each picture with itself, by picture number: `[set size]`, 0 for other pictures. */
export function squareInk(ink: InkProducts, setSize: number, numbers: Int32Array): Float64Array {
  const squares = new Float64Array(setSize);
  for (const number of numbers) squares[number] = ink.product(number, number);
  return squares;
}

function isBinary(pixels: Uint8Array): boolean {
  for (let i = 0; i < pixels.length; i++) if (pixels[i] !== 0 && pixels[i] !== 255) return false;
  return true;
}

function multiplyBytes(set: PictureSet): InkProducts {
  const size = pictureBytes(set);
  const { pixels } = set;
  return {
    unit: 255 * 255,
    product(first, second) {
      const a = first * size;
      const b = second * size;
      let sum = 0;
      for (let i = 0; i < size; i++) sum += pixels[a + i]! * pixels[b + i]!;
      return sum;
    },
  };
}

function multiplyPackedBits(set: PictureSet, numbers: Int32Array): InkProducts {
  const rows = indexRows(set.character.length, numbers);
  const words = Math.ceil(pictureBytes(set) / 32);
  const bits = new Uint32Array(numbers.length * words);
  for (let row = 0; row < numbers.length; row++) {
    const pixels = pictureAt(set, numbers[row]!);
    for (let i = 0; i < pixels.length; i++) {
      if (pixels[i] !== 0) bits[row * words + (i >>> 5)]! |= 1 << (i & 31);
    }
  }
  return {
    unit: 1,
    product(first, second) {
      const a = rows[first]! * words;
      const b = rows[second]! * words;
      let sum = 0;
      for (let word = 0; word < words; word++) sum += countBits(bits[a + word]! & bits[b + word]!);
      return sum;
    },
  };
}

/** The number of ones in 32 bits, counted in parallel halves (Warren, "Hacker's Delight", section 5-1). */
export function countBits(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  bits = (bits + (bits >>> 4)) & 0x0f0f0f0f;
  return Math.imul(bits, 0x01010101) >>> 24;
}

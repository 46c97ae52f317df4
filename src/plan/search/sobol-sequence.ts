// The Sobol sequence in the Gray code order of Antonov and Saleev 1979, with the direction numbers of Joe and Kuo 2008,
// and its hash-based Owen scrambling (Burley 2020, "Practical hash-based Owen scrambling", JCGT 9(4)).
import { SOBOL_DIRECTIONS } from './sobol-directions.js';

/** Bits of each coordinate. */
const BITS = 32;

/** The most coordinates that the table of direction numbers covers. */
export const MAX_SOBOL_DIMENSIONS = SOBOL_DIRECTIONS.length;

/**
 * The index-th point of the sequence, [dimensions], as unsigned 32-bit fractions. Throws a RangeError on more than
 * `MAX_SOBOL_DIMENSIONS`.
 */
export function createSobolSequence(dimensions: number): (index: number) => Uint32Array {
  if (dimensions > MAX_SOBOL_DIMENSIONS) {
    throw new RangeError(`a Sobol sequence has at most ${MAX_SOBOL_DIMENSIONS} dimensions, not ${dimensions}`);
  }
  const directions = SOBOL_DIRECTIONS.slice(0, dimensions).map(directionsOf);
  return (index) => {
    const gray = index ^ (index >>> 1);
    return Uint32Array.from(directions, (ofDimension) => {
      let bits = 0;
      for (let bit = 0; bit < BITS; bit++) if ((gray >>> bit) & 1) bits ^= ofDimension[bit] as number;
      return bits >>> 0;
    });
  };
}

/** Fractions of 2^32 as numbers in [0, 1). */
export function toUnits(fractions: Uint32Array): number[] {
  return Array.from(fractions, (fraction) => fraction / 2 ** BITS);
}

/**
 * An Owen-scrambled copy of a point: each coordinate under the permutation of its own 32-bit seed, `seeds` is
 * [dimensions]. The sequence stays a digital net.
 */
export function scrambleSobol(point: Uint32Array, seeds: readonly number[]): Uint32Array {
  return point.map((fraction, dimension) => reverseBits(permute(reverseBits(fraction), seeds[dimension] as number)));
}

/** The 32 direction numbers of one dimension, as fractions: Joe and Kuo 2008, equation 3. */
function directionsOf([polynomial, initial]: (typeof SOBOL_DIRECTIONS)[number]): Uint32Array {
  const directions = new Uint32Array(BITS);
  const degree = initial.length;
  for (let k = 0; k < BITS; k++) {
    if (polynomial === 1) {
      directions[k] = 1 << (BITS - 1 - k);
    } else if (k < degree) {
      directions[k] = (initial[k] as number) << (BITS - 1 - k);
    } else {
      const oldest = directions[k - degree] as number;
      let direction = oldest ^ (oldest >>> degree);
      for (let back = 1; back < degree; back++) {
        if ((polynomial >>> (degree - back)) & 1) direction ^= directions[k - back] as number;
      }
      directions[k] = direction;
    }
  }
  return directions;
}

/**
 * A permutation in which each bit depends on itself, on lower bits and the seed only (Laine and Karras 2011, constants of
 * Burley 2020, section 3).
 */
function permute(bits: number, seed: number): number {
  let x = (bits + seed) >>> 0;
  x ^= Math.imul(x, 0x6c50b47c);
  x ^= Math.imul(x, 0xb82f1e52);
  x ^= Math.imul(x, 0xc7afe638);
  x ^= Math.imul(x, 0x8d22f6e6);
  return x >>> 0;
}

function reverseBits(bits: number): number {
  let x = bits;
  x = ((x >>> 1) & 0x55555555) | ((x & 0x55555555) << 1);
  x = ((x >>> 2) & 0x33333333) | ((x & 0x33333333) << 2);
  x = ((x >>> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4);
  x = ((x >>> 8) & 0x00ff00ff) | ((x & 0x00ff00ff) << 8);
  return ((x >>> 16) | (x << 16)) >>> 0;
}

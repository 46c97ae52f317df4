// A random order of 0 … count - 1 that is computed place by place instead of being kept: an epoch may have a billion
// items. A Feistel network over the bits of the place; what falls beyond the end walks on (Black and Rogaway 2002).
import { randomStream, type StreamKey } from '../../base/random-stream.js';

const ROUNDS = 6;

/**
 * The function from place to item of a random order; every item has exactly one place. Equal seeds and keys give equal
 * orders.
 */
export function shuffledIndex(count: number, seed: number, ...keys: StreamKey[]): (place: number) => number {
  const random = randomStream(seed, 'order', ...keys);
  const roundKeys = Array.from({ length: ROUNDS }, () => random.integer(2 ** 32));
  const halfBits = Math.max(1, Math.ceil(Math.log2(count) / 2));
  const base = 2 ** halfBits;

  function encipher(value: number): number {
    let left = Math.floor(value / base);
    let right = value % base;
    for (const key of roundKeys) [left, right] = [right, left ^ (mix(right ^ key) & (base - 1))];
    return left * base + right;
  }

  return (place) => {
    let item = encipher(place);
    while (item >= count) item = encipher(item);
    return item;
  };
}

// The last steps of MurmurHash3 (Appleby): every bit of the result depends on every bit of the value.
function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

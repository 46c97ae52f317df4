/// <reference path="./seedrandom-alea.d.ts" />
// Named random streams: every draw of the program comes from `randomStream(seed, name, …)`, so that a draw depends on
// its purpose and position alone, never on what was drawn before it. That is what makes resumed runs bit-identical.
// Generator: Baagøe's Alea, as implemented by the package seedrandom.
import alea from 'seedrandom/lib/alea.js';

/** What a stream may be keyed by, besides the seed: purposes ('pairs') and positions (epoch, step). */
export type StreamKey = string | number;

export interface RandomStream {
  /** A number drawn uniformly from [0, 1), with 32 bits of resolution. */
  uniform(): number;
  /** A number drawn uniformly from [low, high). */
  between(low: number, high: number): number;
  /** An integer drawn uniformly from 0 … count - 1. */
  integer(count: number): number;
  /** A number drawn from the standard normal distribution (Box and Muller 1958, polar form). */
  normal(): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** One element, drawn uniformly; the list must not be empty. */
  pick<T>(list: readonly T[]): T;
  /** `count` different elements in random order; throws a RangeError when the list is shorter (partial Fisher-Yates shuffle). */
  sample<T>(list: ArrayLike<T>, count: number): T[];
}

/** The stream that belongs to a seed and a list of keys: equal arguments give equal draws on every machine. */
export function randomStream(seed: number | string, ...keys: StreamKey[]): RandomStream {
  const next = alea([seed, ...keys].map(String).join('\u001f'));
  let spare: number | undefined;
  const uniform = () => next();
  const integer = (count: number) => Math.floor(next() * count);

  function normal(): number {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    for (;;) {
      const u = 2 * next() - 1;
      const v = 2 * next() - 1;
      const square = u * u + v * v;
      if (square === 0 || square >= 1) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      spare = v * factor;
      return u * factor;
    }
  }

  function sample<T>(list: ArrayLike<T>, count: number): T[] {
    if (count > list.length) throw new RangeError(`cannot draw ${count} different elements from ${list.length}`);
    const rest = Array.from(list);
    for (let i = 0; i < count; i++) {
      const j = i + integer(rest.length - i);
      [rest[i], rest[j]] = [rest[j] as T, rest[i] as T];
    }
    rest.length = count;
    return rest;
  }

  return {
    uniform,
    between: (low, high) => low + (high - low) * next(),
    integer,
    normal,
    chance: (probability) => next() < probability,
    pick: (list) => {
      if (list.length === 0) throw new RangeError('cannot pick from an empty list');
      return list[integer(list.length)] as (typeof list)[number];
    },
    sample,
  };
}

// What stands on both sides of a split and should not. Every trial asks before it trains (src/run/refuse-leaks.ts), and
// tests ask of every split.
import { hashBytes } from '../base/stable-hash.js';
import { type PictureSet, pictureAt, type Selection, type Split, type SplitPurpose } from './pictures/picture-set.js';
import { SPLIT_PURPOSES } from './splits.js';

/** One thing that two selections share. */
export interface Leak {
  /** `pixels`: two pictures of different selections are the same to the pixel. */
  readonly kind: 'picture' | 'character' | 'alphabet' | 'drawer' | 'pixels';
  readonly between: readonly [SplitPurpose, SplitPurpose];
  /** The first of the things shared: an alphabet, `ALPHABET/character07`, `drawer 03`. */
  readonly example: string;
  /** How many are shared. */
  readonly count: number;
}

/** What a split promises beyond pictures and characters, which never may be shared. */
export interface SplitPromise {
  readonly disjointAlphabets: boolean;
  readonly disjointDrawers: boolean;
}

/**
 * All that selections share against the promise; empty for a clean split. `pixels` are compared only when asked for: it
 * reads every picture.
 */
export function findLeaks(split: Split, promise: SplitPromise, options: { comparePixels?: boolean } = {}): Leak[] {
  const characterNumbers = numberCharacters(split);
  const numberOf = ({ set }: Selection, picture: number) => characterNumbers.get(set)![set.character[picture]!]!;
  const leaks: Leak[] = [];
  SPLIT_PURPOSES.forEach((one, i) => {
    for (const other of SPLIT_PURPOSES.slice(i + 1)) {
      // `key` tells things apart as `name` does, and is cheaper: every trial asks this of every picture.
      const compare = <Key>(
        kind: Leak['kind'],
        key: (selection: Selection, picture: number) => Key,
        name: (selection: Selection, picture: number) => string,
      ): Leak[] => {
        const keys = new Set<Key>();
        for (const picture of split[one].pictures) keys.add(key(split[one], picture));
        const shared = new Set<Key>();
        let example: string | undefined;
        for (const picture of split[other].pictures) {
          const found = key(split[other], picture);
          if (!keys.has(found)) continue;
          example ??= name(split[other], picture);
          shared.add(found);
        }
        return example === undefined ? [] : [{ kind, between: [one, other], example, count: shared.size }];
      };
      const characters = compare('character', numberOf, nameCharacter);
      // Without a character there is no picture to share.
      if (characters.length > 0) {
        const key = (selection: Selection, picture: number) =>
          numberOf(selection, picture) * MOST_DRAWERS + selection.set.drawer[picture]!;
        leaks.push(...compare('picture', key, namePicture));
      }
      leaks.push(...characters);
      if (promise.disjointAlphabets) leaks.push(...compare('alphabet', nameAlphabet, nameAlphabet));
      if (promise.disjointDrawers)
        leaks.push(...compare('drawer', ({ set }, picture) => set.drawer[picture], nameDrawer));
      if (options.comparePixels) {
        const digest = ({ set }: Selection, picture: number) => hashBytes(pictureAt(set, picture));
        leaks.push(...compare('pixels', digest, digest));
      }
    }
  });
  return leaks;
}

/** More than there are in any set. */
const MOST_DRAWERS = 2 ** 20;

/** For each set of a split, a number for each of its characters: the same where the names are, whatever set they are in. */
function numberCharacters(split: Split): Map<PictureSet, number[]> {
  const numbers = new Map<string, number>();
  const sets = new Set(SPLIT_PURPOSES.map((purpose) => split[purpose].set));
  return new Map(
    [...sets].map((set) => [
      set,
      set.characters.map((_, character) => {
        const name = nameOf(set, character);
        const number = numbers.get(name) ?? numbers.size;
        numbers.set(name, number);
        return number;
      }),
    ]),
  );
}

function nameAlphabet({ set }: Selection, picture: number): string {
  return set.alphabets[set.characters[set.character[picture]!]!.alphabet]!;
}

function nameCharacter({ set }: Selection, picture: number): string {
  return nameOf(set, set.character[picture]!);
}

function nameOf(set: PictureSet, character: number): string {
  const { alphabet, name } = set.characters[character]!;
  return `${set.alphabets[alphabet]}/${name}`;
}

function namePicture(selection: Selection, picture: number): string {
  return `${nameCharacter(selection, picture)} ${nameDrawer(selection, picture)}`;
}

function nameDrawer({ set }: Selection, picture: number): string {
  return `drawer ${String(set.drawer[picture]! + 1).padStart(2, '0')}`;
}

// What stands on both sides of a split and should not. Every trial asks before it trains (src/run/refuse-leaks.ts), and tests ask of every split.
import { hashBytes } from '../base/stable-hash.js';
import { pictureAt, type Selection, type Split, type SplitPurpose } from './pictures/picture-set.js';
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

/** All that selections share against the promise; empty for a clean split. `pixels` are compared only when asked for: it reads every picture. */
export function findLeaks(split: Split, promise: SplitPromise, options: { comparePixels?: boolean } = {}): Leak[] {
  const leaks: Leak[] = [];
  SPLIT_PURPOSES.forEach((one, i) => {
    for (const other of SPLIT_PURPOSES.slice(i + 1)) {
      const compare = (kind: Leak['kind'], name: (selection: Selection, picture: number) => string) => {
        const names = new Set(Array.from(split[one].pictures, (picture) => name(split[one], picture)));
        const shared = new Set(
          Array.from(split[other].pictures, (picture) => name(split[other], picture)).filter((found) =>
            names.has(found),
          ),
        );
        const [example] = shared;
        if (example !== undefined) leaks.push({ kind, between: [one, other], example, count: shared.size });
      };
      compare(
        'picture',
        (selection, picture) => `${nameCharacter(selection, picture)} ${nameDrawer(selection, picture)}`,
      );
      compare('character', nameCharacter);
      if (promise.disjointAlphabets) compare('alphabet', nameAlphabet);
      if (promise.disjointDrawers) compare('drawer', nameDrawer);
      if (options.comparePixels)
        compare('pixels', (selection, picture) => hashBytes(pictureAt(selection.set, picture)));
    }
  });
  return leaks;
}

function nameAlphabet({ set }: Selection, picture: number): string {
  return set.alphabets[set.characters[set.character[picture]!]!.alphabet]!;
}

function nameCharacter(selection: Selection, picture: number): string {
  const { set } = selection;
  return `${nameAlphabet(selection, picture)}/${set.characters[set.character[picture]!]!.name}`;
}

function nameDrawer({ set }: Selection, picture: number): string {
  return `drawer ${String(set.drawer[picture]! + 1).padStart(2, '0')}`;
}

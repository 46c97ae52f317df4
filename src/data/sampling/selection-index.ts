// A selection arranged as samplers need it: alphabets, their characters, their pictures by drawer.
import type { Selection } from '../pictures/picture-set.js';

export interface IndexedAlphabet {
  readonly name: string;
  readonly characters: readonly IndexedCharacter[];
}

export interface IndexedCharacter {
  /** Index into `PictureSet.characters`. */
  readonly character: number;
  /** Indices into the set, one for each drawer, in the order of the drawers. */
  readonly pictures: readonly number[];
  /** Who drew each of `pictures`. */
  readonly drawers: readonly number[];
}

/** The alphabets of a selection in the order of the set; those without pictures are left out. */
export function indexSelection({ set, pictures }: Selection): IndexedAlphabet[] {
  const byCharacter = groupBy(pictures, (picture) => set.character[picture]!);
  const byAlphabet = groupBy(byCharacter.keys(), (character) => set.characters[character]!.alphabet);
  return [...byAlphabet].map(([alphabet, characters]) => ({
    name: set.alphabets[alphabet]!,
    characters: characters.map((character) => {
      const drawn = byCharacter.get(character)!.sort((a, b) => set.drawer[a]! - set.drawer[b]!);
      return { character, pictures: drawn, drawers: drawn.map((picture) => set.drawer[picture]!) };
    }),
  }));
}

// Map.groupBy is not in Node 20.
function groupBy(items: Iterable<number>, key: (item: number) => number): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

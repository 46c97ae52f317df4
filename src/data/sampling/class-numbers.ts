// The classes of a selection as numbers without gaps, for tasks that tell all of them apart.
import type { Selection } from '../pictures/picture-set.js';

export interface ClassNumbers {
  /** How many classes there are. */
  readonly count: number;
  /** The number of a character of the selection (an index into `PictureSet.characters`), turned clockwise by quarter turns. */
  numberOf(character: number, quarterTurns: number): number;
}

/** The classes of a selection: its characters in the order of the set, four for each with rotation classes. */
export function numberClasses(
  { set, pictures }: Selection,
  { rotationClasses }: { readonly rotationClasses: boolean },
): ClassNumbers {
  const turns = rotationClasses ? 4 : 1;
  const present = new Uint8Array(set.characters.length);
  for (const picture of pictures) present[set.character[picture]!] = 1;
  const rank = new Int32Array(set.characters.length);
  let characters = 0;
  present.forEach((isPresent, character) => {
    rank[character] = characters;
    characters += isPresent;
  });
  return { count: characters * turns, numberOf: (character, quarterTurns) => rank[character]! * turns + quarterTurns };
}

// A split as a rule over alphabets and drawers, before any picture is there: it says what belongs to which purpose, can
// be counted without the files, and picks the pictures once they are loaded. One file per rule: split-lake, split-koch.
import type { PictureSet, Selection, Split, SplitPurpose } from './pictures/picture-set.js';

/** The purposes in their order. */
export const SPLIT_PURPOSES: readonly SplitPurpose[] = ['train', 'validation', 'test'];

/** What one purpose takes: these characters of these alphabets, as drawn by these people. */
export interface SelectionRule {
  readonly alphabets: readonly string[];
  /** As `ALPHABET/character`; all of the alphabets when left out. */
  readonly characters?: readonly string[];
  /** Counted from 0; all when left out. */
  readonly drawers?: readonly number[];
}

/** A rule for each purpose. */
export interface SplitRule extends Readonly<Record<SplitPurpose, SelectionRule>> {
  /** Whether the split promises that nobody drew for two purposes. */
  readonly disjointDrawers: boolean;
}

/** The pictures that the rule gives to each purpose. */
export function splitPictures(set: PictureSet, rule: SplitRule): Split {
  const select = (purpose: SplitPurpose): Selection => {
    const alphabets = new Set(rule[purpose].alphabets);
    const characters = rule[purpose].characters && new Set(rule[purpose].characters);
    const drawers = rule[purpose].drawers && new Set(rule[purpose].drawers);
    const belongs = set.characters.map(({ alphabet, name }) => {
      const alphabetName = set.alphabets[alphabet]!;
      const isCharacter = characters === undefined || characters.has(`${alphabetName}/${name}`);
      return isCharacter && alphabets.has(alphabetName);
    });
    const pictures = new Int32Array(set.character.length);
    let count = 0;
    for (let picture = 0; picture < pictures.length; picture++) {
      const isDrawer = drawers === undefined || drawers.has(set.drawer[picture]!);
      if (isDrawer && belongs[set.character[picture]!]) pictures[count++] = picture;
    }
    return { set, purpose, pictures: pictures.slice(0, count) };
  };
  return { train: select('train'), validation: select('validation'), test: select('test') };
}

/** What a selection holds of one alphabet. */
export interface AlphabetCount {
  readonly name: string;
  readonly characters: number;
  /** Pictures of each character; the fewest that one of them has where they differ. */
  readonly drawers: number;
  /** The character that has the fewest, where they differ in pictures. */
  readonly fewest?: string;
}

/** What a rule by alphabets and drawers selects of alphabets with known numbers of characters, each drawn by `drawers` people. */
export function countSelection(
  rule: SelectionRule,
  characters: ReadonlyMap<string, number>,
  drawers: number,
): AlphabetCount[] {
  return rule.alphabets.map((name) => ({
    name,
    characters: characters.get(name) ?? 0,
    drawers: rule.drawers?.length ?? drawers,
  }));
}

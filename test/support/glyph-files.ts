// Glyphs as PNG files, dark on white: what somebody would draw for a network that was trained on glyphs.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodePng } from '../../src/data/pictures/encode-png.js';
import { type PictureSet, pictureAt } from '../../src/data/pictures/picture-set.js';

/** Writes drawings by these drawers of the first characters of an alphabet into `folder/CHARACTER/DRAWER.png`. */
export function writeGlyphFiles(
  set: PictureSet,
  folder: string,
  { alphabet, characters, drawers }: { alphabet: string; characters: number; drawers: readonly number[] },
): void {
  const number = set.alphabets.indexOf(alphabet);
  const wanted = set.characters.filter((character) => character.alphabet === number).slice(0, characters);
  for (let picture = 0; picture < set.character.length; picture++) {
    const character = set.characters[set.character[picture]!]!;
    const drawer = set.drawer[picture]!;
    if (!wanted.includes(character) || !drawers.includes(drawer)) continue;
    mkdirSync(join(folder, character.name), { recursive: true });
    const png = encodePng(pictureAt(set, picture), set);
    writeFileSync(join(folder, character.name, `${drawer}.png`), png);
  }
}

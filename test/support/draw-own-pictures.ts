// A folder of pictures as somebody might have it: drawn characters as PNG and JPEG files of several sizes, in colour, on
// paper that is not quite white. `group/class/picture`; everything from a seed.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { drawGlyphs } from '../../src/data/glyphs/glyphs-data-set.js';
import { type PictureSet, pictureAt } from '../../src/data/pictures/picture-set.js';

export interface OwnPictures {
  readonly groups: number;
  readonly classes: number;
  readonly pictures: number;
  /** Light strokes on dark paper. */
  readonly isLight?: boolean;
}

const INK = [30, 40, 120];
const PAPER = [250, 248, 240];
/** Height and width of the files, by turns. */
const SIZES = [
  [64, 64],
  [60, 48],
  [48, 72],
] as const;

/** Writes the pictures; a JPEG now and then, since encoding one takes longer than all the rest. */
export function drawOwnPictures(folder: string, { groups, classes, pictures, isLight = false }: OwnPictures): void {
  const set = drawGlyphs({
    dataset: 'glyphs',
    seed: 7,
    trainAlphabets: groups,
    validationAlphabets: 0,
    testAlphabets: 0,
    charactersPerAlphabet: classes,
    drawers: pictures,
    imageSize: 48,
    inkGain: 1,
  });
  for (let picture = 0; picture < set.character.length; picture++) {
    const { alphabet, name } = set.characters[set.character[picture]!]!;
    const place = join(folder, set.alphabets[alphabet]!, name);
    mkdirSync(place, { recursive: true });
    const [height, width] = SIZES[picture % SIZES.length]!;
    const data = paint(set, picture, height, width, isLight);
    const file = join(place, `picture ${set.drawer[picture]! + 1}`);
    if (picture % 12 === 0) writeFileSync(`${file}.jpg`, jpeg.encode({ data, height, width }, 92).data);
    else writeFileSync(`${file}.png`, PNG.sync.write(Object.assign(new PNG({ height, width }), { data })));
  }
}

/** RGBA bytes `[height, width, 4]`, the drawing in the middle. */
function paint(set: PictureSet, picture: number, height: number, width: number, isLight: boolean): Buffer {
  const drawing = pictureAt(set, picture);
  const [top, left] = [(height - set.height) >> 1, (width - set.width) >> 1];
  const [ink, paper] = isLight ? [PAPER, INK] : [INK, PAPER];
  const data = Buffer.alloc(4 * height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const isInside = y >= top && x >= left && y < top + set.height && x < left + set.width;
      const share = isInside ? drawing[(y - top) * set.width + x - left]! / 255 : 0;
      for (let colour = 0; colour < 3; colour++) {
        data[4 * (y * width + x) + colour] = Math.round(share * ink![colour]! + (1 - share) * paper![colour]!);
      }
      data[4 * (y * width + x) + 3] = 255;
    }
  }
  return data;
}

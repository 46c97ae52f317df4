// A look at a folder of pictures, to suggest an experiment that fits it: counts, sizes and whether there are colours.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataFolder } from '../../config/experiment.js';
import { decodePicture, measurePicture, sizeForSquare } from '../pictures/decode-picture.js';
import { describeFolder } from './describe-folder.js';
import { listFolder } from './list-folder.js';

/** What a folder of pictures is like. */
export interface FolderLook {
  readonly classes: number;
  readonly groups: number;
  readonly pictures: number;
  /** Pictures of the smallest and the largest class. */
  readonly fewest: number;
  readonly most: number;
  /** Height and width of the smallest and the largest picture looked at. */
  readonly smallest: readonly [height: number, width: number];
  readonly largest: readonly [height: number, width: number];
  readonly isColored: boolean;
  /** Whether the folder itself says what is for training and test. */
  readonly hasSplit: boolean;
  /** Files among those passed over that may say what pictures show. */
  readonly tables: readonly string[];
  /** Files passed over and classes left out, in sentences. */
  readonly notes: readonly string[];
}

/** Pictures that are decoded for it at most. */
const MOST_DECODED = 60;
/** Height and width at which colours are looked for. */
const SIZE = 48;
/** How far the most and the least of red, green and blue are apart in a pixel that has a colour, of 255. */
const COLORFUL = 40;
/** Share of such pixels in a picture that has colours, and of such pictures in a folder of them. */
const SHARE_OF_PIXELS = 0.05;
const SHARE_OF_PICTURES = 0.3;
/** Parts of the circle of hues; where two side by side hold most of the colour, it is that of a pen on paper. */
const HUES = 12;
const SHARE_OF_PEN = 0.9;

/**
 * What the folder of a section is like, from its listing and some of its pictures. Rejects with a OneshotError('data')
 * when it is no data set.
 */
export async function lookAtFolder(section: DataFolder): Promise<FolderLook> {
  const { root, groups, hasSplit, passedOver } = listFolder(section);
  const classes = groups.flatMap((group) => group.classes);
  const counts = classes.map(({ pictures }) => pictures.length);
  const paths = classes.flatMap(({ pictures }) => pictures.map(({ path }) => path));
  const every = Math.ceil(paths.length / MOST_DECODED);
  const sizes: [number, number][] = [];
  const hues = new Float64Array(HUES);
  let colored = 0;
  for (const path of paths.filter((_, i) => i % every === 0)) {
    const bytes = readFileSync(join(root, path));
    try {
      sizes.push(await measurePicture(bytes));
      if (countHues((await decodePicture(bytes, sizeForSquare(SIZE, 'pad'))).rgba, hues)) colored++;
    } catch {
      // The run names it with all others that cannot be read.
    }
  }
  const byArea = sizes.sort(([a, b], [c, d]) => a * b - c * d);
  return {
    classes: classes.length,
    groups: groups.length,
    pictures: paths.length,
    fewest: Math.min(...counts),
    most: Math.max(...counts),
    smallest: byArea[0] ?? [0, 0],
    largest: byArea.at(-1) ?? [0, 0],
    isColored: colored > SHARE_OF_PICTURES * sizes.length && !isOneHue(hues),
    hasSplit,
    tables: passedOver.map(({ path }) => path).filter((path) => /\.(csv|tsv|json)$/i.test(path)),
    notes: describeFolder(section).notes ?? [],
  };
}

/** Whether a picture has colours; adds their hues to `hues`. */
function countHues(rgba: Uint8Array, hues: Float64Array): boolean {
  let colorful = 0;
  for (let i = 0; i < rgba.length; i += 4) {
    const [red, green, blue, opacity] = [rgba[i]!, rgba[i + 1]!, rgba[i + 2]!, rgba[i + 3]!];
    if (opacity === 0 || Math.max(red, green, blue) - Math.min(red, green, blue) <= COLORFUL) continue;
    colorful++;
    const angle = Math.atan2(Math.sqrt(3) * (green - blue), 2 * red - green - blue);
    hues[Math.floor(HUES * (angle / (2 * Math.PI) + 1)) % HUES]!++;
  }
  return colorful > (SHARE_OF_PIXELS * rgba.length) / 4;
}

function isOneHue(hues: Float64Array): boolean {
  const total = hues.reduce((sum, count) => sum + count, 0);
  return hues.some((count, hue) => count + hues[(hue + 1) % HUES]! > SHARE_OF_PEN * total);
}

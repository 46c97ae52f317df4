// The zips to pictures at the wanted sizes, with the pen's strokes of each. Loaded only when pictures are.
import type { DataOmniglotStrokes } from '../../config/experiment.js';
import { resolveDataFolder } from '../files/data-folder.js';
import { openFolder } from '../folder/open-folder.js';
import { gatherData } from '../gather-data.js';
import type { LoadedData, LoadOptions } from '../loaded-data.js';
import { type Drawing, gatherDrawings } from '../omniglot/omniglot.js';
import { OMNIGLOT_SIZE } from '../omniglot/omniglot-alphabets.js';
import { allocatePixels, packBits, type UnsealedPictureSet } from '../pictures/picture-file.js';
import { cacheSizedPictures, resolveSizes } from '../pictures/picture-sizes.js';
import { resizePictures } from '../pictures/resize.js';
import { paintLine } from '../strokes/paint-line.js';
import { describeOmniglotStrokes, sourceKey, splitRule } from './describe-omniglot-strokes.js';
import { lineOfPen, type PenDrawing } from './pen-drawing.js';
import { readPenDrawings, readPenPictures } from './read-pen-drawings.js';
import { STROKE_PARTS } from './stroke-files.js';

/** Half of the width of Omniglot's lines in pixels: painted pictures have as much ink as the drawn ones. */
const PEN_RADIUS = 2.5;

/** The pictures with their split and their pens. Throws a OneshotError('data') when files are missing or not the published ones. */
export async function loadOmniglotStrokes(section: DataOmniglotStrokes, options: LoadOptions): Promise<LoadedData> {
  const folder = openFolder(resolveDataFolder(section.path, options));
  const pens = await readParts(section, (part) => readPenDrawings(folder, STROKE_PARTS[part]));
  const sizes = resolveSizes(section);
  const cache = { folder: options.cacheFolder, report: options.report };
  const pictures = await cacheSizedPictures(cache, 'omniglot-strokes', sourceKey(section), sizes, async () => {
    options.report?.(`making the pictures of Omniglot's pens from ${folder} (once; kept in ${options.cacheFolder})`);
    const set =
      section.pictures === 'drawn'
        ? gatherDrawings(await readParts(section, (part) => readPenPictures(folder, STROKE_PARTS[part])))
        : paintPens(pens);
    return resizePictures({ ...set, name: 'omniglot-strokes' }, sizes.sourceSize, sizes.inkGain);
  });
  return { ...gatherData(pictures, splitRule(section), describeOmniglotStrokes(section)), pens };
}

/** The drawings of all parts, each once, by alphabet, character, drawer. Two alphabets are in both. */
async function readParts<D extends Pick<Drawing, 'alphabet' | 'character' | 'drawer'>>(
  { parts }: DataOmniglotStrokes,
  read: (part: DataOmniglotStrokes['parts'][number]) => Promise<D[]>,
): Promise<D[]> {
  const drawings = new Map<string, D>();
  for (const part of parts) {
    for (const drawing of await read(part)) {
      drawings.set(`${drawing.alphabet}/${drawing.character}/${String(drawing.drawer).padStart(2, '0')}`, drawing);
    }
  }
  return [...drawings].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, drawing]) => drawing);
}

/** The pens' drawings as black lines on paper. */
function paintPens(pens: readonly PenDrawing[]): UnsealedPictureSet {
  const pixels = allocatePixels(OMNIGLOT_SIZE ** 2);
  return gatherDrawings(
    pens.map(({ strokes, ...labels }) => {
      paintLine(lineOfPen(strokes), PEN_RADIUS, { pixels, size: OMNIGLOT_SIZE });
      // As Omniglot's own pictures are: ink or paper, nothing between.
      return { ...labels, bits: packBits(pixels.map((value) => (value >= 128 ? 255 : 0)))! };
    }),
  );
}

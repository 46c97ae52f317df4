// The strokes of the training pictures, for `augmentation.strokes`: read once, and kept in the user's cache by what they were
// read from. A cache may vanish or be damaged at any time: then they are read again.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { makeFolder } from '../base/make-folder.js';
import { hashBytes, stableHash } from '../base/stable-hash.js';
import type { LoadedData, LoadOptions } from '../data/loaded-data.js';
import { parseOfPen } from '../data/omniglot-strokes/pen-drawing.js';
import {
  PEN_ROW,
  type PictureStrokes,
  STROKE_ROW,
  STROKES_VERSION,
  SUB_STROKE_ROW,
  startReading,
} from '../data/strokes/picture-strokes.js';
import { readTensorFile, writeTensorFile } from '../training/safetensors.js';

/** Pictures read between two moments in which signals are heard, and between two lines of progress. */
const AT_ONCE = 100;
const REPORTED = 2000;

const ROWS = { pens: PEN_ROW, strokes: STROKE_ROW, subStrokes: SUB_STROKE_ROW } as const;

/** The strokes of the training selection at `sourceSize`: those of the pens where they were recorded, else read from the ink. */
export async function loadTrainingStrokes(
  { split, source, pens }: LoadedData,
  { cacheFolder, report }: Pick<LoadOptions, 'cacheFolder' | 'report'>,
): Promise<PictureStrokes> {
  const { pictures } = split.train;
  const { buffer, byteOffset, byteLength } = pictures;
  const selection = hashBytes(new Uint8Array(buffer, byteOffset, byteLength));
  const key = stableHash({ version: STROKES_VERSION, source: source.digest, selection, ofPens: pens !== undefined });
  const path = join(cacheFolder, `strokes-${key.slice(0, 16)}.safetensors`);
  const kept = readKept(path, report);
  if (kept !== undefined) return kept;
  const many = pictures.length.toLocaleString('en');
  report?.(`reading the strokes of ${many} training pictures (once; kept in ${cacheFolder})`);
  const reader = startReading(source, pens && ((picture) => parseOfPen(pens[picture]!.strokes)));
  for (const [done, picture] of pictures.entries()) {
    if (done > 0 && done % REPORTED === 0)
      report?.(`reading strokes: ${done.toLocaleString('en')} of ${many} pictures`);
    if (done % AT_ONCE === 0) await yieldToEvents();
    reader.read(picture);
  }
  const strokes = reader.finish();
  try {
    makeFolder(cacheFolder);
    const arrays = Object.entries(ROWS).map(([name, width]) => {
      const values = strokes[name as keyof PictureStrokes];
      return [name, { shape: [values.length / width, width], values }] as const;
    });
    writeTensorFile(path, { arrays: new Map(arrays), metadata: {} });
  } catch (error) {
    report?.(`cannot keep strokes in ${cacheFolder} (${(error as Error).message}); going on without`);
  }
  return strokes;
}

function readKept(path: string, report: LoadOptions['report']): PictureStrokes | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const { arrays } = readTensorFile(path);
    const [pens, strokes, subStrokes] = Object.keys(ROWS).map((name) => arrays.get(name)!.values);
    return { pens: pens!, strokes: strokes!, subStrokes: subStrokes! };
  } catch {
    report?.(`${path} is damaged; reading strokes again`);
    return undefined;
  }
}

// Picture files to the pixels of a picture set, as the settings of a data section say: the one way from files of strangers
// to what the network sees, for training and for use.
import { availableParallelism } from 'node:os';
import { decodePicture, sizeForSquare } from './decode-picture.js';
import type { DecodedPicture } from './decoded-picture.js';
import { createFitter, type Fit, parseColor, writeColors, writeInk } from './fit-picture.js';
import { measurePaperBrightness } from './paper-brightness.js';
import { allocatePixels } from './picture-file.js';

/** What the pixels depend on beside the files. */
export interface PictureSettings {
  /** Height and width of the pictures. */
  readonly size: number;
  readonly color: 'grey' | 'rgb';
  readonly fit: Fit;
  /** Which tone is ink in grey pictures; `auto`: what the edges of all pictures together say. */
  readonly ink: 'auto' | 'dark' | 'light';
  readonly inkGain: number;
  /** `#rrggbb`: what shows where colour pictures are transparent, and around them. */
  readonly background: string;
}

/** A file that could not be read as a picture. */
export interface UnreadPicture {
  /** Index into the files. */
  readonly index: number;
  /** Reads on from the file's name: `is a damaged PNG file (…)`. */
  readonly what: string;
}

export interface ReadPictures {
  /** `[count, size, size, channels]`: ink with 255 as ink, or red, green and blue. All 0 for pictures that could not be read. */
  readonly pixels: Uint8Array;
  /** Whether dark is ink; undefined in colour. */
  readonly isInkDark: boolean | undefined;
  /** Mean brightness of each picture's edge, 0 … 255; empty in colour. */
  readonly papers: readonly number[];
  readonly unread: readonly UnreadPicture[];
}

/**
 * Reads `count` pictures, several at a time. Every file is tried before anything is said about any: whoever has three
 * damaged ones wants to hear of all three.
 */
export async function readPictures(
  count: number,
  readFile: (index: number) => Buffer,
  settings: PictureSettings,
  onRead?: (done: number) => void,
): Promise<ReadPictures> {
  const { size, color, fit } = settings;
  const fitToSquare = createFitter(size, fit);
  const chooseSize = sizeForSquare(size, fit);
  const isColored = color === 'rgb';
  const squares = new Uint8Array(4 * count * size * size);
  const papers = new Array<number>(isColored ? 0 : count).fill(255);
  const unread: UnreadPicture[] = [];
  let next = 0;
  let done = 0;
  const work = async () => {
    while (next < count) {
      const index = next++;
      let picture: DecodedPicture | undefined;
      try {
        picture = await decodePicture(readFile(index), chooseSize);
      } catch (error) {
        unread.push({ index, what: (error as Error).message });
      }
      if (picture !== undefined) {
        if (!isColored) papers[index] = measurePaperBrightness(picture);
        squares.set(fitToSquare(picture), 4 * index * size * size);
      }
      onRead?.(++done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, availableParallelism()) }, work));
  unread.sort((a, b) => a.index - b.index);

  const channels = isColored ? 3 : 1;
  const isInkDark = isColored ? undefined : settings.ink === 'auto' ? isPaperLight(papers) : settings.ink === 'dark';
  const pixels = allocatePixels(count * size * size * channels);
  const background = parseColor(settings.background);
  for (let index = 0; index < count; index++) {
    const square = squares.subarray(4 * index * size * size, 4 * (index + 1) * size * size);
    const offset = index * size * size * channels;
    if (isInkDark === undefined) writeColors(square, background, pixels, offset);
    else writeInk(square, { isInkDark, inkGain: settings.inkGain }, pixels, offset);
  }
  return { pixels, isInkDark, papers, unread };
}

/** Whether the edges of pictures are light, on the mean: then ink is dark. */
function isPaperLight(papers: readonly number[]): boolean {
  return papers.reduce((sum, paper) => sum + paper, 0) >= 127.5 * papers.length;
}

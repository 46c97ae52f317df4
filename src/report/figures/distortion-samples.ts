// What augmentation does to pictures: a few as drawn, each beside distorted copies from the run's own settings.

import { PNG } from 'pngjs';
import { parse } from 'yaml';
import { readBounded } from '../../base/bounded-file.js';
import { randomStream } from '../../base/random-stream.js';
import type { Augmentation, Experiment } from '../../config/experiment.js';
import { channelsOf } from '../../data/data-sets.js';
import { createDistorter, distortionProbability, isDistorting } from '../../data/distortion/distort.js';
import { sealPictureSet } from '../../data/pictures/picture-file.js';
import { type PictureSet, pictureBytes } from '../../data/pictures/picture-set.js';
import { startReading } from '../../data/strokes/picture-strokes.js';
import { MAX_RECORD_BYTES } from '../../run-folder/read-record.js';
import { runFiles } from '../../run-folder/run-folder.js';
import { type ReportRun, tryReadPredictions } from '../load-runs.js';
import type { ShownGroup } from './headline.js';

export interface DistortionSamples {
  readonly system: string;
  readonly seed: number;
  readonly folder: string;
  /** Drawings shown, a row each: the first picture as drawn, then `copies` distorted ones. */
  readonly drawings: number;
  readonly copies: number;
  /** Height and width of a drawing in pixels. */
  readonly pictureSize: number;
  /** How often a picture is distorted in training. */
  readonly probability: number;
  readonly augmentation: Pick<Augmentation, 'affine' | 'elastic' | 'dilation' | 'strokes' | 'colorJitter' | 'flip'>;
  /** PNG in base64. */
  readonly png: string;
}

const DRAWINGS = 6;
const COPIES = 8;
const GAP = 3;

/**
 * The samples of the first run, on pictures that its predictions keep; undefined where nothing distorts or no picture is
 * kept.
 */
export function drawDistortions({ group, runs }: ShownGroup): DistortionSamples | undefined {
  const [run] = runs as [ReportRun];
  try {
    const { augmentation, data } = parse(
      readBounded(runFiles(run.folder).experiment, MAX_RECORD_BYTES).toString('utf8'),
    ) as Experiment;
    const pictures = gatherPictures(run, channelsOf(data));
    if (!augmentation || !isDistorting(augmentation) || !pictures) return undefined;
    const { affine, elastic, dilation, strokes, colorJitter, flip } = augmentation;
    return {
      system: group.label,
      seed: run.trial.seed,
      folder: run.folder,
      drawings: pictures.character.length,
      copies: COPIES,
      pictureSize: pictures.height,
      probability: distortionProbability(augmentation),
      augmentation: {
        ...(affine && { affine }),
        ...(elastic && { elastic }),
        ...(dilation && { dilation }),
        ...(strokes && { strokes }),
        ...(colorJitter && { colorJitter }),
        ...(flip && { flip }),
      },
      png: drawSheet(pictures, augmentation, run.trial.seed),
    };
  } catch {
    // Runs of older folders, or damaged ones, go without.
    return undefined;
  }
}

/** A set of the first pictures in the network's predictions. */
function gatherPictures(run: ReportRun, channels: PictureSet['channels']): PictureSet | undefined {
  const result = run.results.find(({ scorer }) => scorer === 'network');
  const record = result && tryReadPredictions(run, result);
  const files = Object.values(record?.gallery ?? {}).slice(0, DRAWINGS);
  if (!result || files.length === 0) return undefined;
  const { height, width } = result.pictures;
  const size = height * width * channels;
  const pixels = new Uint8Array(files.length * size);
  files.forEach((file, picture) => {
    const { data } = PNG.sync.read(Buffer.from(file, 'base64'));
    for (let i = 0; i < height * width; i++) {
      // Ink is black on white in files, and 255 inside the program.
      if (channels === 1) pixels[picture * size + i] = 255 - data[4 * i]!;
      else pixels.set(data.subarray(4 * i, 4 * i + 3), picture * size + 3 * i);
    }
  });
  const character = Int32Array.from(files.keys());
  return sealPictureSet({
    name: 'samples',
    height,
    width,
    channels,
    pixels,
    alphabets: ['samples'],
    characters: files.map((_, i) => ({ alphabet: 0, name: String(i) })),
    character,
    drawer: new Int32Array(files.length),
  });
}

function drawSheet(pictures: PictureSet, augmentation: Augmentation, seed: number): string {
  const { height: size, character } = pictures;
  const reader = startReading(pictures);
  if (augmentation.strokes) for (const picture of character.keys()) reader.read(picture);
  const distorter = createDistorter({ clean: pictures, source: pictures, strokes: reader.finish() }, augmentation);
  const cell = size + GAP;
  const sheet = new PNG({ width: (1 + COPIES) * cell + GAP, height: character.length * cell + GAP });
  sheet.data.fill(255);
  const target = { ink: new Float32Array(pictureBytes(pictures)), offset: 0, size };
  for (let picture = 0; picture < character.length; picture++) {
    for (let copy = 0; copy <= COPIES; copy++) {
      if (copy === 0) distorter.copy(picture, target);
      else distorter.distort(picture, target, randomStream(seed, 'report-distortion', picture, copy));
      place(sheet, target.ink, size, GAP + copy * cell, GAP + picture * cell);
    }
  }
  return PNG.sync.write(sheet, { colorType: 2 }).toString('base64');
}

function place(sheet: PNG, ink: Float32Array, size: number, left: number, top: number): void {
  const channels = ink.length / (size * size);
  for (let i = 0; i < size * size; i++) {
    const at = 4 * ((top + Math.floor(i / size)) * sheet.width + left + (i % size));
    if (channels === 1) sheet.data.fill(Math.round(255 * (1 - Math.min(1, ink[i]!))), at, at + 3);
    else for (let c = 0; c < 3; c++) sheet.data[at + c] = Math.round(255 * Math.min(1, ink[3 * i + c]!));
  }
  // A frame in grey, so that white pictures are told apart on a white page.
  for (let i = -1; i <= size; i++) {
    for (const [x, y] of [
      [left + i, top - 1],
      [left + i, top + size],
      [left - 1, top + i],
      [left + size, top + i],
    ] as const) {
      const at = 4 * (y * sheet.width + x);
      sheet.data.fill(200, at, at + 3);
    }
  }
}

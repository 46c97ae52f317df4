// What the first convolution looks for: its filters as pictures, from the stored best weights.
import { existsSync } from 'node:fs';
import { PNG } from 'pngjs';
import { runFiles } from '../../run-folder/run-folder.js';
import { readWeightsCheckpoint } from '../../training/checkpoint.js';
import type { ShownGroup } from './headline.js';

export interface FirstFilters {
  readonly system: string;
  readonly seed: number;
  readonly folder: string;
  /** The layer's name or position, `conv1`. */
  readonly layer: string;
  readonly filters: number;
  readonly kernel: readonly [height: number, width: number];
  /** Largest weight by size; each picture's grey 128 is 0, white the largest of its own filter, black its negative. */
  readonly largest: number;
  /** PNG in base64. */
  readonly png: string;
}

const COLUMNS = 16;
/** Pixels between filters, and the height of one about. */
const GAP = 5;
const FILTER_SIZE = 40;
const MOST_FILTERS = 256;

/**
 * The filters of the first run whose best weights are there and begin with a convolution of ink or colours; undefined
 * where there is none.
 */
export function drawFirstFilters({ group, runs }: ShownGroup): FirstFilters | undefined {
  for (const { folder, trial } of runs) {
    const path = runFiles(folder).best;
    if (!existsSync(path)) continue;
    try {
      const first = [...readWeightsCheckpoint(path).arrays].find(([, { shape }]) => shape.length === 4);
      if (first === undefined || ![1, 3].includes(first[1].shape[2]!)) continue;
      const [name, { shape, values }] = first;
      const [height, width, channels, filters] = shape as [number, number, number, number];
      const shown = Math.min(filters, MOST_FILTERS);
      return {
        system: group.label,
        seed: trial.seed,
        folder,
        layer: name.split('/')[0]!,
        filters: shown,
        kernel: [height, width],
        largest: values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0),
        png: drawFilters(values, [height, width, channels, filters], shown),
      };
    } catch {
      // Damaged or pruned weights cost the picture, not the report.
    }
  }
  return undefined;
}

// Weights [height, width, channels, filters] as a sheet of filters, each weight a square, in colour where there are three
// channels; what lies between them lets the page through.
function drawFilters(
  weights: Float32Array,
  [height, width, channels, filters]: readonly [number, number, number, number],
  shown: number,
): string {
  const columns = Math.min(COLUMNS, shown);
  const rows = Math.ceil(shown / columns);
  const scale = Math.max(2, Math.round(FILTER_SIZE / height));
  const sheet = new PNG({ width: columns * (scale * width + GAP) - GAP, height: rows * (scale * height + GAP) - GAP });
  for (let filter = 0; filter < shown; filter++) {
    const own = Array.from({ length: height * width * channels }, (_, i) => weights[i * filters + filter]!);
    const largest = Math.max(...own.map(Math.abs), Number.MIN_VALUE);
    const left = (filter % columns) * (scale * width + GAP);
    const top = Math.floor(filter / columns) * (scale * height + GAP);
    for (let y = 0; y < scale * height; y++) {
      for (let x = 0; x < scale * width; x++) {
        const weight = (Math.floor(y / scale) * width + Math.floor(x / scale)) * channels;
        const at = 4 * ((top + y) * sheet.width + left + x);
        for (let color = 0; color < 3; color++) {
          const value = own[weight + (channels === 3 ? color : 0)]!;
          sheet.data[at + color] = Math.round(128 + (127 * value) / largest);
        }
        sheet.data[at + 3] = 255;
      }
    }
  }
  return PNG.sync.write(sheet).toString('base64');
}

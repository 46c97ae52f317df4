/**
 * How a convolution is cut into tiles of six, along each axis. Filters of up to five taps are one piece; a longer one is
 * cut into pieces that lie one tile apart, so that all pieces share the transformed tiles of the image: piece i of tile
 * j reads tile i + j.
 */
import type { ConvolutionShape } from '../base/convolution-shape.js';
import { createTileMatrices, PRODUCTS, TILE, type TileMatrices } from './tile-matrices.js';

/** One axis of a tiled convolution. */
export interface AxisPlan {
  /** Length of the image and of the result. */
  readonly input: number;
  readonly output: number;
  /** Zeros before the image. */
  readonly padding: number;
  readonly taps: number;
  /** Results of one tile; tiles lie as far apart. */
  readonly step: number;
  readonly pieces: number;
  /** Tiles of results, and of the image: more, where pieces read beyond. */
  readonly resultTiles: number;
  readonly inputTiles: number;
  readonly matrices: TileMatrices;
}

export interface TilePlan {
  readonly rows: AxisPlan;
  readonly columns: AxisPlan;
  readonly pieces: number;
  readonly resultTiles: number;
  readonly inputTiles: number;
}

/** Longer filters would have many pieces, each with code of its own. */
const MAX_TAPS = 10;
/** Images and filters whose tiles take more are left to the library: offsets of 32 bits reach eight times as far. */
const MAX_BYTES = 2 ** 28;
const MAX_TAPS_OF_PIECE = 5;
/** Results of a tile where the filter is cut into pieces. */
const STEP_OF_PIECES = 3;

/** Returns the plan of one axis, for a filter that moves one element at a time. */
function planAxis(input: number, output: number, padding: number, taps: number): AxisPlan {
  const step = taps <= MAX_TAPS_OF_PIECE ? TILE + 1 - taps : STEP_OF_PIECES;
  // Pieces have as many taps as a tile has results, the last one may have one more.
  const pieces = taps <= MAX_TAPS_OF_PIECE ? 1 : Math.ceil((taps - 1) / step);
  const resultTiles = Math.ceil(output / step);
  return {
    input,
    output,
    padding,
    taps,
    step,
    pieces,
    resultTiles,
    inputTiles: resultTiles + pieces - 1,
    matrices: createTileMatrices(step),
  };
}

/** Returns the first tap of a piece and the tap behind its last one. */
export function tapsOfPiece({ taps, step, pieces }: AxisPlan, piece: number): [number, number] {
  return [piece * step, piece === pieces - 1 ? taps : (piece + 1) * step];
}

/** Returns whether tiles can compute a convolution whose channels lie in blocks. */
export function canUseWinograd(shape: ConvolutionShape, block: number): boolean {
  const { inputChannels, outputChannels, kernel, strides, dilations, padding } = shape;
  return (
    block > 0 &&
    inputChannels % block === 0 &&
    outputChannels % block === 0 &&
    [...strides, ...dilations].every((step) => step === 1) &&
    kernel.every((taps) => taps >= 2 && taps <= MAX_TAPS) &&
    padding.every((count, side) => count < kernel[side % 2]!) &&
    countBytesBetween(shape) <= MAX_BYTES
  );
}

/** Returns the bytes between the transforms, for one image: tiles, filters and products. */
function countBytesBetween(shape: ConvolutionShape): number {
  const { inputChannels, outputChannels } = shape;
  const { pieces, inputTiles } = planTiles(shape);
  const rows = inputTiles * (inputChannels + outputChannels) + pieces * inputChannels * outputChannels;
  return PRODUCTS * rows * Float32Array.BYTES_PER_ELEMENT;
}

/** Returns how often fewer multiplications the tiles take than the convolution itself. */
export function countSavedProducts(shape: ConvolutionShape): number {
  const plan = planTiles(shape);
  const [k, l] = shape.kernel;
  const [p, q] = shape.outputSize;
  return (k * l * p * q) / (PRODUCTS * plan.pieces * plan.resultTiles);
}

export function planTiles(shape: ConvolutionShape): TilePlan {
  const { inputSize, outputSize, padding, kernel } = shape;
  const rows = planAxis(inputSize[0], outputSize[0], padding[0], kernel[0]);
  const columns = planAxis(inputSize[1], outputSize[1], padding[1], kernel[1]);
  return {
    rows,
    columns,
    pieces: rows.pieces * columns.pieces,
    resultTiles: rows.resultTiles * columns.resultTiles,
    inputTiles: rows.inputTiles * columns.inputTiles,
  };
}

/** Returns the plan of the gradient of the images: a convolution of dy with the flipped filter. */
export function invertShape(shape: ConvolutionShape): ConvolutionShape {
  const { inputSize, outputSize, inputChannels, outputChannels, kernel, padding } = shape;
  const [top, left, bottom, right] = padding;
  const [k, l] = kernel;
  return {
    ...shape,
    inputSize: outputSize,
    outputSize: inputSize,
    inputChannels: outputChannels,
    outputChannels: inputChannels,
    padding: [k - 1 - top, l - 1 - left, k - 1 - bottom, l - 1 - right],
  };
}

/** Neighbouring tiles that touch the border in the same way, so that one piece of code serves them. */
export interface TileRun {
  readonly first: number;
  readonly count: number;
  /** Elements of the tile inside the image: `from` inclusive, `to` exclusive. */
  readonly from: number;
  readonly to: number;
}

/** Returns the runs of `tiles` tiles of `size` elements, `step` apart, over a line of `length` elements. */
export function findRuns(tiles: number, size: number, step: number, padding: number, length: number): TileRun[] {
  const runs: TileRun[] = [];
  for (let tile = 0; tile < tiles; tile++) {
    const start = tile * step - padding;
    const from = Math.min(size, Math.max(0, -start));
    const to = Math.max(from, Math.min(size, length - start));
    const run = runs.at(-1);
    if (run && run.from === from && run.to === to) runs[runs.length - 1] = { ...run, count: run.count + 1 };
    else runs.push({ first: tile, count: 1, from, to });
  }
  return runs;
}

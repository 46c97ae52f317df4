/** How tiled convolutions go through a batch: chunks of images whose tiles stay in the processor's cache, and their tasks. */
import type { VectorSet } from '../native/assembler.js';
import { TaskTable } from '../native/task-table.js';
import { FLOAT_BYTES, PANEL_VECTORS } from './layout.js';
import type { TilePlan } from './tile-plan.js';

type Size = readonly [number, number];

/** Tiles and products of one chunk. */
const CHUNK_BYTES = 2 * 2 ** 20;
const CACHE_LINE_BYTES = 64;

export interface Chunk {
  /** The first image, and how many there are. */
  readonly first: number;
  readonly count: number;
}

/** Returns chunks as equal as possible; the first one is the longest. */
export function cutIntoChunks(batch: number, bytesPerImage: number): Chunk[] {
  const most = Math.max(1, Math.floor(CHUNK_BYTES / bytesPerImage));
  const size = Math.ceil(batch / Math.ceil(batch / most));
  return Array.from({ length: Math.ceil(batch / size) }, (_, index) => ({
    first: index * size,
    count: Math.min(size, batch - index * size),
  }));
}

/** Returns a value for each length of chunk. */
export function forEachLength<T>(chunks: readonly Chunk[], create: (count: number) => T): ReadonlyMap<number, T> {
  return new Map([...new Set(chunks.map(({ count }) => count))].map((count) => [count, create(count)]));
}

/** Returns 0, 1, … count − 1. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

export function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

/**
 * Returns the distance between the planes of the 36 products: an odd count of cache lines, so that the 36 places of one tile
 * fall into different sets of the first cache. At a power of two they would drive each other out.
 */
export function spreadPlane(bytes: number): number {
  const lines = Math.ceil(bytes / CACHE_LINE_BYTES);
  return CACHE_LINE_BYTES * (lines % 2 === 0 ? lines + 1 : lines);
}

export function imageBytes(channels: number, [height, width]: Size): number {
  return channels * height * width * FLOAT_BYTES;
}

/** Returns the byte offsets of the vectors of channels of an image in blocks. */
export function vectorOffsets(vectors: VectorSet, channels: number, block: number, size: Size): number[] {
  const planeBytes = imageBytes(block, size);
  const perBlock = block / vectors.floats;
  return range(channels / vectors.floats).map(
    (vector) => Math.floor(vector / perBlock) * planeBytes + (vector % perBlock) * vectors.bytes,
  );
}

/** Returns the tasks that transform images to rows of tiles: offsets in images and in tiles. */
export function createImageTasks(
  vectors: VectorSet,
  plan: TilePlan,
  channels: number,
  block: number,
  count: number,
): TaskTable {
  const size: Size = [plan.rows.input, plan.columns.input];
  return new TaskTable(
    range(count).flatMap((image) =>
      vectorOffsets(vectors, channels, block, size).map((offset, vector) => [
        image * imageBytes(channels, size) + offset,
        image * plan.inputTiles * channels * FLOAT_BYTES + vector * vectors.bytes,
      ]),
    ),
  );
}

/** Returns for each piece how many tiles beyond a result's tile it reads. */
export function shiftsOf({ rows, columns }: TilePlan): number[] {
  return range(rows.pieces).flatMap((row) => range(columns.pieces).map((column) => row * columns.inputTiles + column));
}

/** Returns the panels that channels take, the last one perhaps half. */
export function countPanels(vectors: VectorSet, channels: number): number {
  return Math.ceil(channels / (PANEL_VECTORS * vectors.floats));
}

/** How tiled convolutions go through a batch: chunks of images whose tiles stay in the processor's cache, and their tasks. */
import type { VectorSet } from '../native/assembler.js';
import type { StageRun } from '../native/part-schedule.js';
import { TaskTable } from '../native/task-table.js';
import { CACHE_LINE_BYTES, FLOAT_BYTES, PANEL_VECTORS } from './layout.js';
import type { TilePlan } from './tile-plan.js';

type Size = readonly [number, number];

/** Tiles and products of one chunk. */
const CHUNK_BYTES = 2 * 2 ** 20;
const SHARES = 4;
const MIN_SHARE_BYTES = 2 ** 18;

export interface Chunk {
  /** The first image, and how many there are. */
  readonly first: number;
  readonly count: number;
}

/**
 * Returns chunks as equal as possible; the first one is the longest. Their number can be shared among two or four threads,
 * where that does not make them small: each chunk reads all filters.
 */
export function cutIntoChunks(batch: number, bytesPerImage: number): Chunk[] {
  const fewest = Math.ceil((batch * bytesPerImage) / CHUNK_BYTES);
  const shared = Math.min(batch, roundUp(fewest, SHARES));
  const count = Math.min(batch, batch * bytesPerImage >= shared * MIN_SHARE_BYTES ? shared : fewest);
  let first = 0;
  return range(count).map((index) => {
    const length = Math.floor(batch / count) + (index < batch % count ? 1 : 0);
    first += length;
    return { first: first - length, count: length };
  });
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

/**
 * Returns the tasks that transform images to rows of tiles: offsets in images and in the tiles of a chunk. An image has as
 * many tasks as vectors of channels.
 */
export function createImageTasks(
  vectors: VectorSet,
  plan: TilePlan,
  channels: number,
  block: number,
  chunks: readonly Chunk[],
): TaskTable {
  const size: Size = [plan.rows.input, plan.columns.input];
  return new TaskTable(
    forEachImage(chunks, (image, inChunk) =>
      vectorOffsets(vectors, channels, block, size).map((offset, vector) => [
        image * imageBytes(channels, size) + offset,
        inChunk * plan.inputTiles * channels * FLOAT_BYTES + vector * vectors.bytes,
      ]),
    ),
  );
}

/** Returns the records that are made for each image, by its number in the batch and in its chunk. */
export function forEachImage<T>(chunks: readonly Chunk[], create: (image: number, inChunk: number) => T[]): T[] {
  return chunks.flatMap(({ first, count }) => range(count).flatMap((inChunk) => create(first + inChunk, inChunk)));
}

/** Returns the runs of a stage by chunk: so many tasks for each image. */
export function runOfImages(stage: number, { first, count }: Chunk, tasksPerImage: number): StageRun {
  return { stage, first: first * tasksPerImage, count: count * tasksPerImage };
}

/** Tasks that differ between chunks of different lengths: one table for all, and the runs in it. */
export function createTasksByLength(
  chunks: readonly Chunk[],
  create: (count: number) => readonly (readonly number[])[],
): { readonly tasks: TaskTable; readonly runOf: (stage: number, chunk: Chunk) => StageRun } {
  const records: (readonly number[])[] = [];
  const runs = new Map<number, { first: number; count: number }>();
  for (const { count } of chunks) {
    if (runs.has(count)) continue;
    const own = create(count);
    runs.set(count, { first: records.length, count: own.length });
    records.push(...own);
  }
  return { tasks: new TaskTable(records), runOf: (stage, { count }) => ({ stage, ...runs.get(count)! }) };
}

/** Returns for each piece how many tiles beyond a result's tile it reads. */
export function shiftsOf({ rows, columns }: TilePlan): number[] {
  return range(rows.pieces).flatMap((row) => range(columns.pieces).map((column) => row * columns.inputTiles + column));
}

/** Returns the panels that channels take, the last one perhaps half. */
export function countPanels(vectors: VectorSet, channels: number): number {
  return Math.ceil(channels / (PANEL_VECTORS * vectors.floats));
}

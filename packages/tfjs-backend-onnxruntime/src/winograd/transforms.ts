/**
 * Machine code of the transforms around the products of a tiled convolution. Images lie in blocks of channels
 * (nchwc.ts); one task transforms the tiles of one image for one vector of channels.
 */
import { Assembler, after, type Memory, R8, R9, R10, R11, RAX, RCX, RDX, type VectorSet } from '../native/assembler.js';
import { applyOnBothSides, stackBytesFor } from '../native/linear-map.js';
import { loadTask } from '../native/task-table.js';
import { bytesOfPanel, FLOAT_BYTES, PANEL_VECTORS } from './layout.js';
import { PRODUCTS, TILE, transposeMatrix } from './tile-matrices.js';
import { findRuns, type TilePlan, type TileRun, tapsOfPiece } from './tile-plan.js';

const ZERO = 11;
const TEMPORARY = 15;

/** Image to tiles: Bᵀ d B, at [product][tile][channel]. Parameters: images, tiles. */
export function writeInputTransform(
  vectors: VectorSet,
  plan: TilePlan,
  block: number,
  channels: number,
  planeBytes: number,
): Uint8Array {
  const { rows, columns } = plan;
  const [left, right] = [rows.matrices.input, columns.matrices.input];
  const pixelBytes = block * FLOAT_BYTES;
  const rowBytes = columns.input * pixelBytes;
  const assembler = new Assembler(vectors);
  assembler.writeFunction(stackBytesFor(vectors, left, TILE), () => {
    loadTask(assembler, [R8, R9]);
    assembler.addConstant(R8, -(rows.padding * rowBytes + columns.padding * pixelBytes));
    forEachTile(assembler, {
      rowRuns: findRuns(rows.inputTiles, TILE, rows.step, rows.padding, rows.input),
      columnRuns: findRuns(columns.inputTiles, TILE, columns.step, columns.padding, columns.input),
      sourceBytes: [rows.step * rowBytes, columns.step * pixelBytes],
      targetBytes: [columns.inputTiles * channels * FLOAT_BYTES, channels * FLOAT_BYTES],
      writeTile: (rowRun, columnRun) =>
        applyOnBothSides(
          assembler,
          left,
          right,
          (row, column) =>
            isInside(rowRun, row) && isInside(columnRun, column)
              ? { base: RAX, offset: row * rowBytes + column * pixelBytes }
              : null,
          (row, column, register) => assembler.storeVector(productPlace(RDX, row, column, planeBytes), register),
        ),
    });
  });
  return assembler.finish();
}

export interface ResultTransformOptions {
  readonly planeBytes: number;
  readonly hasBias: boolean;
  readonly withRelu: boolean;
}

/** Products to results: Aᵀ m A, plus bias. Parameters: products, results, bias. */
export function writeResultTransform(
  vectors: VectorSet,
  plan: TilePlan,
  block: number,
  channels: number,
  { planeBytes, hasBias, withRelu }: ResultTransformOptions,
): Uint8Array {
  const { rows, columns } = plan;
  const pixelBytes = block * FLOAT_BYTES;
  const rowBytes = columns.output * pixelBytes;
  const assembler = new Assembler(vectors);
  assembler.writeFunction(stackBytesFor(vectors, rows.matrices.result, TILE), () => {
    loadTask(assembler, hasBias ? [R8, R9, RCX] : [R8, R9]);
    if (withRelu) assembler.setZero(ZERO);
    forEachTile(assembler, {
      rowRuns: findRuns(rows.resultTiles, rows.step, rows.step, 0, rows.output),
      columnRuns: findRuns(columns.resultTiles, columns.step, columns.step, 0, columns.output),
      sourceBytes: [columns.inputTiles * channels * FLOAT_BYTES, channels * FLOAT_BYTES],
      targetBytes: [rows.step * rowBytes, columns.step * pixelBytes],
      writeTile: (rowRun, columnRun) =>
        applyOnBothSides(
          assembler,
          rows.matrices.result.slice(0, rowRun.to),
          columns.matrices.result.slice(0, columnRun.to),
          (row, column) => productPlace(RAX, row, column, planeBytes),
          (row, column, register) => {
            let result = register;
            if (hasBias) {
              assembler.compute('add', TEMPORARY, result, { base: RCX, offset: 0 });
              result = TEMPORARY;
            }
            if (withRelu) {
              // In this order NaN stays NaN.
              assembler.compute('maximum', TEMPORARY, ZERO, result);
              result = TEMPORARY;
            }
            assembler.storeVector({ base: RDX, offset: row * rowBytes + column * pixelBytes }, result);
          },
        ),
    });
  });
  return assembler.finish();
}

/** Gradients of the results to tiles: A dy Aᵀ, at [product][panel][tile][channel]. Parameters: gradients, tiles. */
export function writeGradientTransform(
  vectors: VectorSet,
  plan: TilePlan,
  block: number,
  planeBytes: number,
): Uint8Array {
  const { rows, columns } = plan;
  const [left, right] = [transposeMatrix(rows.matrices.result), transposeMatrix(columns.matrices.result)];
  const panelBytes = bytesOfPanel(vectors);
  const pixelBytes = block * FLOAT_BYTES;
  const rowBytes = columns.output * pixelBytes;
  const assembler = new Assembler(vectors);
  assembler.writeFunction(stackBytesFor(vectors, left, columns.step), () => {
    loadTask(assembler, [R8, R9]);
    forEachTile(assembler, {
      rowRuns: findRuns(rows.resultTiles, rows.step, rows.step, 0, rows.output),
      columnRuns: findRuns(columns.resultTiles, columns.step, columns.step, 0, columns.output),
      sourceBytes: [rows.step * rowBytes, columns.step * pixelBytes],
      targetBytes: [columns.inputTiles * panelBytes, panelBytes],
      writeTile: (rowRun, columnRun) =>
        applyOnBothSides(
          assembler,
          left,
          right,
          (row, column) =>
            isInside(rowRun, row) && isInside(columnRun, column)
              ? { base: RAX, offset: row * rowBytes + column * pixelBytes }
              : null,
          (row, column, register) => assembler.storeVector(productPlace(RDX, row, column, planeBytes), register),
        ),
      // Tiles that only later pieces of the filter read have no gradient.
      endRow: () => {
        if (columns.pieces > 1) assembler.setZero(ZERO);
        for (let tile = 0; tile < columns.pieces - 1; tile++) {
          for (let product = 0; product < PRODUCTS; product++) {
            assembler.storeVector({ base: RDX, offset: tile * panelBytes + product * planeBytes }, ZERO);
          }
        }
      },
    });
  });
  return assembler.finish();
}

export interface FilterLayout {
  /** Channels that the products sum over, and those that they give. */
  readonly inputs: number;
  readonly outputs: number;
  readonly planeBytes: number;
  readonly isFlipped: boolean;
}

/**
 * Filters [K, L, inputs, outputs] to [product][panel][piece · inputs][channel]: G g Gᵀ. One task is one input channel.
 * Parameters: filters, transformed filters.
 */
export function writeFilterTransform(vectors: VectorSet, plan: TilePlan, layout: FilterLayout): Uint8Array {
  const { rows, columns, pieces } = plan;
  const { inputs, outputs, planeBytes, isFlipped } = layout;
  const [left, right] = [rows.matrices.filter, columns.matrices.filter];
  const tapBytes = inputs * outputs * FLOAT_BYTES;
  const panelBytes = bytesOfPanel(vectors);
  const assembler = new Assembler(vectors);
  const writeVector = (source: Memory, target: Memory) => {
    forEachPiece(plan, (piece, [firstRow, rowEnd], [firstColumn, columnEnd]) =>
      applyOnBothSides(
        assembler,
        left,
        right,
        (row, column) => {
          const [k, l] = [firstRow + row, firstColumn + column];
          if (k >= rowEnd || l >= columnEnd) return null;
          const tap = k * columns.taps + l;
          return after(source, (isFlipped ? rows.taps * columns.taps - 1 - tap : tap) * tapBytes);
        },
        (row, column, register) =>
          assembler.storeVector(
            after(target, piece * inputs * panelBytes + (row * TILE + column) * planeBytes),
            register,
          ),
      ),
    );
  };
  assembler.writeFunction(stackBytesFor(vectors, left, right[0]!.length), () => {
    loadTask(assembler, [R8, R9]);
    forEachPanelVector(
      assembler,
      outputs,
      (vector) =>
        writeVector({ base: R8, offset: vector * vectors.bytes }, { base: R9, offset: vector * vectors.bytes }),
      () => {
        assembler.addConstant(R8, panelBytes);
        assembler.addConstant(R9, pieces * inputs * panelBytes);
      },
    );
  });
  return assembler.finish();
}

/**
 * Gradients of the transformed filters, [product][piece · inputs][outputs], to those of the filters: Gᵀ u G. One task is
 * one input channel. Parameters: transformed gradients, gradients.
 */
export function writeFilterGradientTransform(
  vectors: VectorSet,
  plan: TilePlan,
  inputs: number,
  outputs: number,
): Uint8Array {
  const { rows, columns, pieces } = plan;
  const [left, right] = [transposeMatrix(rows.matrices.filter), transposeMatrix(columns.matrices.filter)];
  const matrixBytes = inputs * outputs * FLOAT_BYTES;
  const assembler = new Assembler(vectors);
  assembler.writeFunction(stackBytesFor(vectors, left, TILE), () => {
    loadTask(assembler, [R8, R9]);
    assembler.repeat(outputs / vectors.floats, R10, () => {
      forEachPiece(plan, (piece, [firstRow, rowEnd], [firstColumn, columnEnd]) =>
        applyOnBothSides(
          assembler,
          left.slice(0, rowEnd - firstRow),
          right.slice(0, columnEnd - firstColumn),
          (row, column) => ({ base: R8, offset: ((row * TILE + column) * pieces + piece) * matrixBytes }),
          (row, column, register) => {
            const tap = (firstRow + row) * columns.taps + firstColumn + column;
            assembler.storeVector({ base: R9, offset: tap * matrixBytes }, register);
          },
        ),
      );
      assembler.addConstant(R8, vectors.bytes);
      assembler.addConstant(R9, vectors.bytes);
    });
  });
  return assembler.finish();
}

interface TileWalk {
  readonly rowRuns: readonly TileRun[];
  readonly columnRuns: readonly TileRun[];
  /** Bytes from tile to tile, down and to the right, where they are read (from R8 on) and written (from R9 on). */
  readonly sourceBytes: readonly [number, number];
  readonly targetBytes: readonly [number, number];
  /** Writes the code of one tile, read at RAX and written at RDX. */
  readonly writeTile: (rowRun: TileRun, columnRun: TileRun) => void;
  /** Writes what follows the last tile of a row, at RDX. */
  readonly endRow?: () => void;
}

function forEachTile(assembler: Assembler, walk: TileWalk): void {
  const { rowRuns, columnRuns, sourceBytes, targetBytes } = walk;
  for (const rowRun of rowRuns) {
    assembler.repeat(rowRun.count, R10, () => {
      assembler.move(RAX, R8);
      assembler.move(RDX, R9);
      for (const columnRun of columnRuns) {
        assembler.repeat(columnRun.count, R11, () => {
          walk.writeTile(rowRun, columnRun);
          assembler.addConstant(RAX, sourceBytes[1]);
          assembler.addConstant(RDX, targetBytes[1]);
        });
      }
      walk.endRow?.();
      assembler.addConstant(R8, sourceBytes[0]);
      assembler.addConstant(R9, targetBytes[0]);
    });
  }
}

function forEachPiece(
  { rows, columns }: TilePlan,
  write: (piece: number, rows: readonly [number, number], columns: readonly [number, number]) => void,
): void {
  for (let row = 0; row < rows.pieces; row++) {
    for (let column = 0; column < columns.pieces; column++) {
      write(row * columns.pieces + column, tapsOfPiece(rows, row), tapsOfPiece(columns, column));
    }
  }
}

/** Writes a loop over whole panels of two vectors, then the vector that may be left. */
function forEachPanelVector(
  assembler: Assembler,
  channels: number,
  write: (vector: number) => void,
  nextPanel: () => void,
): void {
  const vectors = channels / assembler.vectors.floats;
  const panels = Math.floor(vectors / PANEL_VECTORS);
  if (panels > 0) {
    assembler.repeat(panels, R10, () => {
      for (let vector = 0; vector < PANEL_VECTORS; vector++) write(vector);
      nextPanel();
    });
  }
  for (let vector = 0; vector < vectors % PANEL_VECTORS; vector++) write(vector);
}

function isInside({ from, to }: TileRun, index: number): boolean {
  return index >= from && index < to;
}

function productPlace(base: number, row: number, column: number, planeBytes: number): Memory {
  return { base, offset: (row * TILE + column) * planeBytes };
}

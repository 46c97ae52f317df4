/**
 * Machine code of the matrix products between the transforms. A kernel keeps the sums of some rows of a panel of channels
 * in registers; with two more for the panel and two for the rows' elements, that is what the registers allow.
 */
import {
  Assembler,
  R8,
  R9,
  R10,
  R11,
  R12,
  R13,
  RAX,
  RBX,
  RCX,
  RDI,
  RDX,
  RSI,
  type VectorSet,
} from '../native/assembler.js';
import { loadTask, loadTaskField } from '../native/task-table.js';
import { bytesOfPanel, FLOAT_BYTES, PANEL_VECTORS } from './layout.js';

const UNROLL = 4;
const LEFT_REGISTERS = 2;

/** Returns the rows of a kernel: 6 of 16 registers, 14 of 32; the last registers are for the operands. */
export function countKernelRows({ registers }: VectorSet): number {
  return (registers - PANEL_VECTORS - LEFT_REGISTERS) / PANEL_VECTORS;
}

/** Returns the register of one vector of the kernel's results. */
function accumulator(row: number, vector: number): number {
  return PANEL_VECTORS * row + vector;
}

interface TileProduct {
  /** Channels that are summed over, per piece, and channels of the result. */
  readonly inputs: number;
  readonly outputs: number;
  /** Distance in tiles of each piece from the tile that it contributes to. */
  readonly shifts: readonly number[];
}

/**
 * Tiles times transformed filters: products[tile][output] = Σ tiles[tile + shift][input] · filters[piece · inputs][output].
 * A task is a run of groups of tiles, as many as a kernel has rows. Parameters: tiles, filters, products; field 3: groups.
 */
export function writeTileProduct(vectors: VectorSet, { inputs, outputs, shifts }: TileProduct): Uint8Array {
  const assembler = new Assembler(vectors);
  const kernelRows = countKernelRows(vectors);
  const panelBytes = bytesOfPanel(vectors);
  const rowBytes = inputs * FLOAT_BYTES;
  const resultBytes = outputs * FLOAT_BYTES;
  const writeKernel = (width: number) => {
    assembler.move(RAX, R8);
    assembler.move(RCX, R10);
    assembler.move(R11, R12);
    assembler.repeatCounted(R11, () => {
      assembler.move(RDX, R9);
      clearAccumulators(assembler, kernelRows, width);
      for (const shift of shifts) {
        assembler.loadAddress(RDI, { base: RAX, offset: shift * rowBytes });
        assembler.repeat(inputs / UNROLL, RBX, () => {
          for (let step = 0; step < UNROLL; step++) {
            multiplyAdd(assembler, kernelRows, width, {
              left: (row) => ({ base: RDI, offset: row * rowBytes + step * FLOAT_BYTES }),
              right: (vector) => ({ base: RDX, offset: step * panelBytes + vector * vectors.bytes }),
            });
          }
          assembler.addConstant(RDI, UNROLL * FLOAT_BYTES);
          assembler.addConstant(RDX, UNROLL * panelBytes);
        });
      }
      forEachAccumulator(kernelRows, width, (row, vector, register) =>
        assembler.storeVector({ base: RCX, offset: row * resultBytes + vector * vectors.bytes }, register),
      );
      assembler.addConstant(RAX, kernelRows * rowBytes);
      assembler.addConstant(RCX, kernelRows * resultBytes);
    });
  };
  assembler.writeFunction(0, () => {
    loadTask(assembler, [R8, R9, R10]);
    loadTaskField(assembler, R12, 3);
    forEachPanel(assembler, outputs, writeKernel, () => {
      assembler.addConstant(R9, shifts.length * inputs * panelBytes);
      assembler.addConstant(R10, panelBytes);
    });
  });
  return assembler.finish();
}

interface GradientProduct {
  readonly inputs: number;
  readonly outputs: number;
  /** Bytes of a panel of gradients. */
  readonly panelBytes: number;
  /** Tiles of one run, and the tiles from run to run; null for a single run whose length is the task's. */
  readonly run: { readonly tiles: number; readonly distance: number } | null;
  /** Whether the sum of earlier tiles is added. */
  readonly isContinued: boolean;
}

/**
 * Sums over tiles: result[input][output] (+)= Σ tiles[tile][input] · gradients[tile][output]. A task is one product of one
 * piece. Parameters: tiles, gradients, results; field 3: runs, or the tiles of the only one.
 */
export function writeGradientProduct(vectors: VectorSet, options: GradientProduct): Uint8Array {
  const { inputs, outputs, panelBytes, run, isContinued } = options;
  const assembler = new Assembler(vectors);
  const kernelRows = countKernelRows(vectors);
  const tileBytes = bytesOfPanel(vectors);
  const rowBytes = inputs * FLOAT_BYTES;
  const resultBytes = outputs * FLOAT_BYTES;
  const writeSums = (rows: number, width: number) => {
    const place = (row: number, vector: number) => ({ base: RCX, offset: row * resultBytes + vector * vectors.bytes });
    if (isContinued) {
      forEachAccumulator(rows, width, (row, vector, register) => assembler.loadVector(register, place(row, vector)));
    } else clearAccumulators(assembler, rows, width);
    assembler.move(RDI, RAX);
    assembler.move(RDX, R9);
    const sumTiles = () =>
      assembler.repeatCounted(RBX, () => {
        multiplyAdd(assembler, rows, width, {
          left: (row) => ({ base: RDI, offset: row * FLOAT_BYTES }),
          right: (vector) => ({ base: RDX, offset: vector * vectors.bytes }),
        });
        assembler.addConstant(RDI, rowBytes);
        assembler.addConstant(RDX, tileBytes);
      });
    if (run) {
      assembler.move(RSI, R12);
      assembler.repeatCounted(RSI, () => {
        assembler.load64(RBX, run.tiles);
        sumTiles();
        assembler.addConstant(RDI, (run.distance - run.tiles) * rowBytes);
        assembler.addConstant(RDX, (run.distance - run.tiles) * tileBytes);
      });
    } else {
      assembler.move(RBX, R12);
      sumTiles();
    }
    forEachAccumulator(rows, width, (row, vector, register) => assembler.storeVector(place(row, vector), register));
    assembler.addConstant(RAX, rows * FLOAT_BYTES);
    assembler.addConstant(RCX, rows * resultBytes);
  };
  const writeKernel = (width: number) => {
    assembler.move(RAX, R8);
    assembler.move(RCX, R10);
    const groups = Math.floor(inputs / kernelRows);
    if (groups > 0) assembler.repeat(groups, R11, () => writeSums(kernelRows, width));
    if (inputs % kernelRows > 0) writeSums(inputs % kernelRows, width);
  };
  assembler.writeFunction(0, () => {
    loadTask(assembler, [R8, R9, R10]);
    loadTaskField(assembler, R12, 3);
    forEachPanel(assembler, outputs, writeKernel, () => {
      assembler.addConstant(R9, panelBytes);
      assembler.addConstant(R10, tileBytes);
    });
  });
  return assembler.finish();
}

/** Writes a loop over whole panels, counted by R13, then the half panel that may be left. */
function forEachPanel(
  assembler: Assembler,
  outputs: number,
  writeKernel: (width: number) => void,
  nextPanel: () => void,
): void {
  const vectors = outputs / assembler.vectors.floats;
  const panels = Math.floor(vectors / PANEL_VECTORS);
  if (panels > 0) {
    assembler.repeat(panels, R13, () => {
      writeKernel(PANEL_VECTORS);
      nextPanel();
    });
  }
  if (vectors % PANEL_VECTORS > 0) writeKernel(vectors % PANEL_VECTORS);
}

interface Operands {
  readonly left: (row: number) => { base: number; offset: number };
  readonly right: (vector: number) => { base: number; offset: number };
}

/** Adds the product of one column with one row of a panel. */
function multiplyAdd(assembler: Assembler, rows: number, width: number, { left, right }: Operands): void {
  const firstElement = assembler.vectors.registers - LEFT_REGISTERS;
  const firstVector = firstElement - PANEL_VECTORS;
  for (let vector = 0; vector < width; vector++) assembler.loadVector(firstVector + vector, right(vector));
  for (let row = 0; row < rows; row++) {
    const element = firstElement + (row % LEFT_REGISTERS);
    assembler.broadcast(element, left(row));
    for (let vector = 0; vector < width; vector++) {
      assembler.compute('multiplyAdd', accumulator(row, vector), element, firstVector + vector);
    }
  }
}

function clearAccumulators(assembler: Assembler, rows: number, width: number): void {
  forEachAccumulator(rows, width, (_, __, register) => assembler.setZero(register));
}

function forEachAccumulator(
  rows: number,
  width: number,
  visit: (row: number, vector: number, register: number) => void,
): void {
  for (let row = 0; row < rows; row++) {
    for (let vector = 0; vector < width; vector++) visit(row, vector, accumulator(row, vector));
  }
}

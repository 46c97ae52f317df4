/**
 * Machine code of the matrix products between the transforms. A kernel keeps six rows of a panel of 16 channels in twelve
 * vector registers; with two registers for the panel and one for the row's element, that is what 16 registers allow.
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
  VECTOR_BYTES,
} from '../native/assembler.js';
import { loadTask, loadTaskField } from '../native/task-table.js';
import { PANEL, PANEL_BYTES } from './transforms.js';

const FLOAT_BYTES = 4;
export const KERNEL_ROWS = 6;
const UNROLL = 4;

const RIGHT = 12;
const LEFT = 14;

/** Returns the register of one vector of the kernel's results. */
function accumulator(row: number, vector: number): number {
  return 2 * row + vector;
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
 * A task is a run of groups of six tiles. Parameters: tiles, filters, products; field 3: groups.
 */
export function writeTileProduct({ inputs, outputs, shifts }: TileProduct): Uint8Array {
  const assembler = new Assembler();
  const rowBytes = inputs * FLOAT_BYTES;
  const resultBytes = outputs * FLOAT_BYTES;
  const writeKernel = (vectors: number) => {
    assembler.move(RAX, R8);
    assembler.move(RCX, R10);
    assembler.move(R11, R12);
    assembler.repeatCounted(R11, () => {
      assembler.move(RDX, R9);
      clearAccumulators(assembler, KERNEL_ROWS, vectors);
      for (const shift of shifts) {
        assembler.loadAddress(RDI, { base: RAX, offset: shift * rowBytes });
        assembler.repeat(inputs / UNROLL, RBX, () => {
          for (let step = 0; step < UNROLL; step++) {
            multiplyAdd(assembler, KERNEL_ROWS, vectors, {
              left: (row) => ({ base: RDI, offset: row * rowBytes + step * FLOAT_BYTES }),
              right: (vector) => ({ base: RDX, offset: step * PANEL_BYTES + vector * VECTOR_BYTES }),
            });
          }
          assembler.addConstant(RDI, UNROLL * FLOAT_BYTES);
          assembler.addConstant(RDX, UNROLL * PANEL_BYTES);
        });
      }
      forEachAccumulator(KERNEL_ROWS, vectors, (row, vector, register) =>
        assembler.storeVector({ base: RCX, offset: row * resultBytes + vector * VECTOR_BYTES }, register),
      );
      assembler.addConstant(RAX, KERNEL_ROWS * rowBytes);
      assembler.addConstant(RCX, KERNEL_ROWS * resultBytes);
    });
  };
  assembler.writeFunction(0, () => {
    loadTask(assembler, [R8, R9, R10]);
    loadTaskField(assembler, R12, 3);
    forEachPanel(assembler, outputs, writeKernel, () => {
      assembler.addConstant(R9, shifts.length * inputs * PANEL_BYTES);
      assembler.addConstant(R10, PANEL_BYTES);
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
export function writeGradientProduct(options: GradientProduct): Uint8Array {
  const { inputs, outputs, panelBytes, run, isContinued } = options;
  const assembler = new Assembler();
  const rowBytes = inputs * FLOAT_BYTES;
  const resultBytes = outputs * FLOAT_BYTES;
  const writeSums = (rows: number, vectors: number) => {
    const place = (row: number, vector: number) => ({ base: RCX, offset: row * resultBytes + vector * VECTOR_BYTES });
    if (isContinued) {
      forEachAccumulator(rows, vectors, (row, vector, register) => assembler.loadVector(register, place(row, vector)));
    } else clearAccumulators(assembler, rows, vectors);
    assembler.move(RDI, RAX);
    assembler.move(RDX, R9);
    const sumTiles = () =>
      assembler.repeatCounted(RBX, () => {
        multiplyAdd(assembler, rows, vectors, {
          left: (row) => ({ base: RDI, offset: row * FLOAT_BYTES }),
          right: (vector) => ({ base: RDX, offset: vector * VECTOR_BYTES }),
        });
        assembler.addConstant(RDI, rowBytes);
        assembler.addConstant(RDX, PANEL_BYTES);
      });
    if (run) {
      assembler.move(RSI, R12);
      assembler.repeatCounted(RSI, () => {
        assembler.load64(RBX, run.tiles);
        sumTiles();
        assembler.addConstant(RDI, (run.distance - run.tiles) * rowBytes);
        assembler.addConstant(RDX, (run.distance - run.tiles) * PANEL_BYTES);
      });
    } else {
      assembler.move(RBX, R12);
      sumTiles();
    }
    forEachAccumulator(rows, vectors, (row, vector, register) => assembler.storeVector(place(row, vector), register));
    assembler.addConstant(RAX, rows * FLOAT_BYTES);
    assembler.addConstant(RCX, rows * resultBytes);
  };
  const writeKernel = (vectors: number) => {
    assembler.move(RAX, R8);
    assembler.move(RCX, R10);
    const groups = Math.floor(inputs / KERNEL_ROWS);
    if (groups > 0) assembler.repeat(groups, R11, () => writeSums(KERNEL_ROWS, vectors));
    if (inputs % KERNEL_ROWS > 0) writeSums(inputs % KERNEL_ROWS, vectors);
  };
  assembler.writeFunction(0, () => {
    loadTask(assembler, [R8, R9, R10]);
    loadTaskField(assembler, R12, 3);
    forEachPanel(assembler, outputs, writeKernel, () => {
      assembler.addConstant(R9, panelBytes);
      assembler.addConstant(R10, PANEL_BYTES);
    });
  });
  return assembler.finish();
}

/** Writes a loop over whole panels, counted by R13, then the half panel that may be left. */
function forEachPanel(
  assembler: Assembler,
  outputs: number,
  writeKernel: (vectors: number) => void,
  nextPanel: () => void,
): void {
  const panels = Math.floor(outputs / PANEL);
  if (panels > 0) {
    assembler.repeat(panels, R13, () => {
      writeKernel(2);
      nextPanel();
    });
  }
  if (outputs % PANEL > 0) writeKernel(1);
}

interface Operands {
  readonly left: (row: number) => { base: number; offset: number };
  readonly right: (vector: number) => { base: number; offset: number };
}

/** Adds the product of one column with one row of a panel. */
function multiplyAdd(assembler: Assembler, rows: number, vectors: number, { left, right }: Operands): void {
  for (let vector = 0; vector < vectors; vector++) assembler.loadVector(RIGHT + vector, right(vector));
  for (let row = 0; row < rows; row++) {
    const element = LEFT + (row % 2);
    assembler.broadcast(element, left(row));
    for (let vector = 0; vector < vectors; vector++) {
      assembler.compute('multiplyAdd', accumulator(row, vector), element, RIGHT + vector);
    }
  }
}

function clearAccumulators(assembler: Assembler, rows: number, vectors: number): void {
  forEachAccumulator(rows, vectors, (_, __, register) => assembler.setZero(register));
}

function forEachAccumulator(
  rows: number,
  vectors: number,
  visit: (row: number, vector: number, register: number) => void,
): void {
  for (let row = 0; row < rows; row++) {
    for (let vector = 0; vector < vectors; vector++) visit(row, vector, accumulator(row, vector));
  }
}

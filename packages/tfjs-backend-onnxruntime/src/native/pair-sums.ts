/**
 * Sums over pairs of rows of two groups of vectors, without storing a number for each pair and unit: weighted distances of
 * all pairs, and for each row the weighted sum of its differences' steps or sizes, of which the gradients consist.
 */
import { type Shape, sizeOf } from '../base/shapes.js';
import { Assembler, R8, R9, R10, R11, R12, R13, RAX, RBX, RCX, RDX, type VectorSet } from './assembler.js';
import type { CodeBlock, NativeProgram } from './native-operators.js';
import { loadTask, Parameters, TaskTable } from './task-table.js';

const FLOAT_BYTES = 4;
const SIGN_BIT = 0x80000000;
/** Vectors of columns, and of units, that are summed at a time. */
const COLUMN_SUMS = 10;
const UNIT_SUMS = 4;
/** Units after which a sum starts anew, so that small numbers keep their digits; the strips are added afterwards. */
const STRIP_UNITS = 512;

/** Pairs of each row with each column of the same group; rows and columns are vectors of `units` numbers. */
export interface PairShape {
  readonly groups: Shape;
  readonly rows: number;
  readonly columns: number;
  readonly units: number;
}

/** Returns how many columns the distances below are computed for: a whole number of vectors. */
export function padColumns({ floats }: VectorSet, columns: number): number {
  return Math.ceil(columns / floats) * floats;
}

/**
 * Returns the program for Σ_u w_u |x_iu - y_ju|. Inputs: rows x [groups, rows, units], transposed columns y
 * [groups, units, columns], weights w [units]. Output: [groups, rows, columns]. The columns fill whole vectors.
 */
export function createPairDistances(code: CodeBlock, { groups, rows, columns, units }: PairShape): NativeProgram {
  const count = sizeOf(groups);
  const [address] = code.load([writeDistances(code.vectors, columns, units)]);
  const tasks = new TaskTable(
    Array.from({ length: count * rows }, (_, row) => [
      row * units * FLOAT_BYTES,
      Math.floor(row / rows) * units * columns * FLOAT_BYTES,
      0,
      row * columns * FLOAT_BYTES,
    ]),
  );
  const parameters = new Parameters();
  return {
    inputSizes: [count * rows * units, count * units * columns, units],
    outputShapes: [[...groups, rows, columns]],
    run: (launcher, inputs, outputs) =>
      launcher.launch(address!, parameters.set(tasks, ...inputs, ...outputs), tasks.length),
    release: () => code.release(),
  };
}

/** Parameters: a row, its group's columns, the weights, the row's distances. */
function writeDistances(vectors: VectorSet, columns: number, units: number): Uint8Array {
  const assembler = new Assembler(vectors);
  const [ROW, WEIGHT, DIFFERENCE] = [COLUMN_SUMS, COLUMN_SUMS + 1, COLUMN_SUMS + 2];
  const count = columns / vectors.floats;
  const sums = Math.min(count, COLUMN_SUMS);
  const columnBytes = columns * FLOAT_BYTES;
  const writeStrip = (length: number, width: number, isFirst: boolean) => {
    for (let index = 0; index < width; index++) assembler.setZero(index);
    assembler.repeat(length, RBX, () => {
      assembler.broadcast(ROW, { base: RAX, offset: 0 });
      assembler.broadcast(WEIGHT, { base: R10, offset: 0 });
      for (let index = 0; index < width; index++) {
        assembler.compute('subtract', DIFFERENCE, ROW, { base: RDX, offset: index * vectors.bytes });
        assembler.compute('and', DIFFERENCE, DIFFERENCE, { bits: SIGN_BIT - 1 });
        assembler.compute('multiplyAdd', index, DIFFERENCE, WEIGHT);
      }
      assembler.addConstant(RAX, FLOAT_BYTES);
      assembler.addConstant(R10, FLOAT_BYTES);
      assembler.addConstant(RDX, columnBytes);
    });
    for (let index = 0; index < width; index++) {
      const place = { base: R11, offset: index * vectors.bytes };
      if (!isFirst) assembler.compute('add', index, index, place);
      assembler.storeVector(place, index);
    }
  };
  const writeColumns = (width: number) => {
    assembler.move(RAX, R8);
    assembler.move(RDX, R9);
    assembler.move(R10, RCX);
    for (let first = 0; first < units; first += STRIP_UNITS)
      writeStrip(Math.min(STRIP_UNITS, units - first), width, first === 0);
    assembler.addConstant(R9, width * vectors.bytes);
    assembler.addConstant(R11, width * vectors.bytes);
  };
  assembler.writeFunction(0, () => {
    loadTask(assembler, [R8, R9, RCX, R11]);
    assembler.repeat(Math.floor(count / sums), R12, () => writeColumns(sums));
    if (count % sums > 0) writeColumns(count % sums);
  });
  return assembler.finish();
}

/** What is summed of a difference d: 1 where it is positive and 0 elsewhere, or |d|. NaN stays NaN in both. */
export type OfDifference = 'step' | 'size';

/** Returns whether the program below can sum so many units. */
export function canSumUnits({ floats }: VectorSet, { units }: PairShape): boolean {
  return units % floats === 0;
}

/**
 * Returns the program for Σ_j f_ij φ(x_iu - y_ju), or φ(y_ju - x_iu) where `isReversed`. Inputs: rows x
 * [groups, rows, units], columns y [groups, columns, units], factors f [groups, rows, columns]. Output:
 * [groups, rows, units].
 */
export function createPairSums(
  code: CodeBlock,
  { groups, rows, columns, units }: PairShape,
  what: OfDifference,
  isReversed: boolean,
): NativeProgram {
  const count = sizeOf(groups);
  const [address] = code.load([writeSums(code.vectors, columns, units, what, isReversed)]);
  const tasks = new TaskTable(
    Array.from({ length: count * rows }, (_, row) => [
      row * units * FLOAT_BYTES,
      Math.floor(row / rows) * columns * units * FLOAT_BYTES,
      row * columns * FLOAT_BYTES,
      row * units * FLOAT_BYTES,
    ]),
  );
  const parameters = new Parameters();
  return {
    inputSizes: [count * rows * units, count * columns * units, count * rows * columns],
    outputShapes: [[...groups, rows, units]],
    run: (launcher, inputs, outputs) =>
      launcher.launch(address!, parameters.set(tasks, ...inputs, ...outputs), tasks.length),
    release: () => code.release(),
  };
}

/** min(1, max(0, 3e38 · d)): NaN stays NaN, as min and max give their second operand then. */
const STEEP = 3e38;

/** Parameters: a row, its group's columns, the row's factors, the row's sums. */
function writeSums(
  vectors: VectorSet,
  columns: number,
  units: number,
  what: OfDifference,
  isReversed: boolean,
): Uint8Array {
  const assembler = new Assembler(vectors);
  const ROW = UNIT_SUMS;
  const [FACTOR, DIFFERENCE, ZERO, ONE] = [2 * UNIT_SUMS, 2 * UNIT_SUMS + 1, 2 * UNIT_SUMS + 2, 2 * UNIT_SUMS + 3];
  const count = units / vectors.floats;
  const sums = Math.min(count, UNIT_SUMS);
  const unitBytes = units * FLOAT_BYTES;
  const writeDifference = (index: number) => {
    const column = { base: RDX, offset: index * vectors.bytes };
    if (!isReversed) {
      assembler.compute('subtract', DIFFERENCE, ROW + index, column);
      return;
    }
    assembler.loadVector(DIFFERENCE, column);
    assembler.compute('subtract', DIFFERENCE, DIFFERENCE, ROW + index);
  };
  const writeUnits = (width: number) => {
    assembler.move(RDX, R9);
    assembler.move(RAX, R10);
    for (let index = 0; index < width; index++) {
      assembler.loadVector(ROW + index, { base: R8, offset: index * vectors.bytes });
      assembler.setZero(index);
    }
    assembler.repeat(columns, RBX, () => {
      assembler.broadcast(FACTOR, { base: RAX, offset: 0 });
      for (let index = 0; index < width; index++) {
        writeDifference(index);
        if (what === 'size') assembler.compute('and', DIFFERENCE, DIFFERENCE, { bits: SIGN_BIT - 1 });
        else {
          assembler.compute('maximum', DIFFERENCE, ZERO, DIFFERENCE);
          assembler.compute('multiply', DIFFERENCE, DIFFERENCE, { constant: STEEP });
          assembler.compute('minimum', DIFFERENCE, ONE, DIFFERENCE);
        }
        assembler.compute('multiplyAdd', index, DIFFERENCE, FACTOR);
      }
      assembler.addConstant(RAX, FLOAT_BYTES);
      assembler.addConstant(RDX, unitBytes);
    });
    for (let index = 0; index < width; index++)
      assembler.storeVector({ base: R11, offset: index * vectors.bytes }, index);
    for (const register of [R8, R9, R11]) assembler.addConstant(register, width * vectors.bytes);
  };
  assembler.writeFunction(0, () => {
    loadTask(assembler, [R8, R9, R10, R11]);
    assembler.setZero(ZERO);
    assembler.loadConstant(ONE, { constant: 1 });
    assembler.repeat(Math.floor(count / sums), R13, () => writeUnits(sums));
    if (count % sums > 0) writeUnits(count % sums);
  });
  return assembler.finish();
}

/**
 * Writes code that applies a small constant matrix to vectors of eight floats, in one or in two dimensions. Zeros are left
 * out, and rows or columns that differ in signs only share their sums, as those of opposite interpolation points do.
 */
import { type Assembler, after, type Memory, RSP, VECTOR_BYTES } from './assembler.js';

export type Matrix = readonly (readonly number[])[];

const FIRST_SOURCE = 0;
const FIRST_SHARED = 6;
const SUM = 12;
const DIFFERENCE = 13;
const RESULT = 14;
const OTHER_RESULT = 15;
const MAX_SOURCES = 6;

interface Term {
  readonly register: number;
  readonly factor: number;
}

/** Returns the bytes of stack below which `applyOnBothSides` keeps its intermediate results. */
export function stackBytesFor(left: Matrix, columns: number): number {
  return left.length * columns * VECTOR_BYTES;
}

/**
 * Writes left · X · rightᵀ for a small matrix X of vectors. `load` says where an element of X lies, null where it is zero;
 * `store` is called with the register of each element of the result.
 */
export function applyOnBothSides(
  assembler: Assembler,
  left: Matrix,
  right: Matrix,
  load: (row: number, column: number) => Memory | null,
  store: (row: number, column: number, register: number) => void,
): void {
  const rows = left[0]!.length;
  const columns = right[0]!.length;
  const place = (row: number, column: number): Memory => ({
    base: RSP,
    offset: (row * columns + column) * VECTOR_BYTES,
  });
  const isZero = new Set<number>();
  for (let column = 0; column < columns; column++) {
    const sources = Array.from({ length: rows }, (_, row) => load(row, column));
    if (sources.every((source) => source === null)) isZero.add(column);
    else applyMatrix(assembler, left, sources, (row, register) => assembler.storeVector(place(row, column), register));
  }
  for (let row = 0; row < left.length; row++) {
    const sources = Array.from({ length: columns }, (_, column) => (isZero.has(column) ? null : place(row, column)));
    applyMatrix(assembler, right, sources, (column, register) => store(row, column, register));
  }
}

/** Writes the product of a matrix with a column of vectors. */
export function applyMatrix(
  assembler: Assembler,
  matrix: Matrix,
  places: readonly (Memory | null)[],
  store: (row: number, register: number) => void,
): void {
  if (places.length > MAX_SOURCES) throw new RangeError(`${places.length} sources; at most ${MAX_SOURCES} fit`);
  const { matrix: shared, sources } = loadSources(assembler, matrix, places);
  const termsOf = (row: readonly number[]): Term[] =>
    row.flatMap((factor, column) => {
      const register = sources[column];
      return factor !== 0 && register !== undefined && register !== null ? [{ register, factor }] : [];
    });
  for (let row = 0; row < shared.length; row++) {
    const [first, second] = [shared[row]!, shared[row + 1]];
    const halves = second && shareSums(first, second);
    if (halves && countTerms(termsOf, halves) + 2 < countTerms(termsOf, [first, second])) {
      const sum = writeSum(assembler, termsOf(halves[0]), SUM);
      const difference = writeSum(assembler, termsOf(halves[1]), DIFFERENCE);
      assembler.compute('add', RESULT, sum, difference);
      store(row, RESULT);
      assembler.compute('subtract', OTHER_RESULT, sum, difference);
      store(row + 1, OTHER_RESULT);
      row++;
    } else {
      store(row, writeSum(assembler, termsOf(first), RESULT));
    }
  }
}

function countTerms(termsOf: (row: readonly number[]) => Term[], rows: readonly (readonly number[])[]): number {
  return rows.reduce((sum, row) => sum + termsOf(row).length, 0);
}

/** Returns half the sum and half the difference of two rows: their even and odd parts for opposite points. */
function shareSums(first: readonly number[], second: readonly number[]): [number[], number[]] {
  return [
    first.map((value, column) => (value + second[column]!) / 2),
    first.map((value, column) => (value - second[column]!) / 2),
  ];
}

/** Loads the sources; two whose factors differ in signs only are replaced by their sum and their difference. */
function loadSources(assembler: Assembler, matrix: Matrix, places: readonly (Memory | null)[]) {
  const sources: (number | null)[] = places.map((place, index) => {
    if (place) assembler.loadVector(FIRST_SOURCE + index, place);
    return place ? FIRST_SOURCE + index : null;
  });
  const shared = matrix.map((row) => [...row]);
  let next = FIRST_SHARED;
  for (let column = 0; column + 1 < places.length; column++) {
    const [left, right] = [sources[column], sources[column + 1]];
    if (left === null || right === null || left === undefined || right === undefined) continue;
    const isPair = matrix.every((row) => Math.abs(row[column]!) === Math.abs(row[column + 1]!));
    const uses = matrix.filter((row) => row[column] !== 0).length;
    if (!isPair || uses <= 2) continue;
    assembler.compute('add', next, left, right);
    assembler.compute('subtract', next + 1, left, right);
    [sources[column], sources[column + 1]] = [next, next + 1];
    for (const row of shared) {
      const [a, b] = [row[column]!, row[column + 1]!];
      [row[column], row[column + 1]] = [(a + b) / 2, (a - b) / 2];
    }
    next += 2;
    column++;
  }
  return { matrix: shared, sources };
}

/** Writes a sum of products; returns its register, which is that of the source where there is nothing to compute. */
function writeSum(assembler: Assembler, terms: readonly Term[], register: number): number {
  const isUnit = ({ factor }: Term) => Math.abs(factor) === 1;
  const scaled = terms.filter((term) => !isUnit(term));
  const units = terms.filter(isUnit).toSorted((a, b) => b.factor - a.factor);
  if (terms.length === 0) {
    assembler.setZero(register);
    return register;
  }
  let current: number | null = null;
  if (scaled.length === 0 && units[0]!.factor === 1) current = units.shift()!.register;
  else if (scaled.length === 0) scaled.push(units.shift()!);
  for (const { register: source, factor } of scaled) {
    const constant = { constant: factor };
    assembler.compute(current === null ? 'multiply' : 'multiplyAdd', register, source, constant);
    current = register;
  }
  for (const { register: source, factor } of units) {
    assembler.compute(factor > 0 ? 'add' : 'subtract', register, current!, source);
    current = register;
  }
  return current!;
}

/** Returns a place for each tap: `base` plus multiples of two strides in bytes. */
export function gridPlace(base: Memory, rowBytes: number, columnBytes: number) {
  return (row: number, column: number): Memory => after(base, row * rowBytes + column * columnBytes);
}

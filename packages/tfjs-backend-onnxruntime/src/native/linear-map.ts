/**
 * Writes code that applies a small constant matrix to vectors of floats, in one or in two dimensions. Zeros are left
 * out, and rows or columns that differ in signs only share their sums, as those of opposite interpolation points do.
 */
import {
  type Assembler,
  type BroadcastConstant,
  type Memory,
  RSP,
  type VectorOperation,
  type VectorSet,
} from './assembler.js';

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
export function stackBytesFor({ bytes }: VectorSet, left: Matrix, columns: number): number {
  return left.length * columns * bytes;
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
    offset: (row * columns + column) * assembler.vectors.bytes,
  });
  const [leftKey, rightKey] = [JSON.stringify(left), JSON.stringify(right)];
  const isZero = new Set<number>();
  for (let column = 0; column < columns; column++) {
    const sources = Array.from({ length: rows }, (_, row) => load(row, column));
    if (sources.every((source) => source === null)) isZero.add(column);
    else
      applyMatrix(assembler, leftKey, left, sources, (row, register) =>
        assembler.storeVector(place(row, column), register),
      );
  }
  for (let row = 0; row < left.length; row++) {
    const sources = Array.from({ length: columns }, (_, column) => (isZero.has(column) ? null : place(row, column)));
    applyMatrix(assembler, rightKey, right, sources, (column, register) => store(row, column, register));
  }
}

type Step =
  | { readonly kind: 'load'; readonly register: number; readonly source: number }
  | { readonly kind: 'zero'; readonly register: number }
  | { readonly kind: 'compute'; readonly operation: VectorOperation; readonly operands: Operands }
  | { readonly kind: 'store'; readonly register: number; readonly row: number };

/** Destination, first source, second source. */
type Operands = readonly [number, number, number | BroadcastConstant];

/** Steps by matrix and sources: most columns and rows of a tile are computed alike. */
const knownSteps = new Map<string, readonly Step[]>();

/** Writes the product of a matrix with a column of vectors. */
function applyMatrix(
  assembler: Assembler,
  matrixKey: string,
  matrix: Matrix,
  places: readonly (Memory | null)[],
  store: (row: number, register: number) => void,
): void {
  if (places.length > MAX_SOURCES) throw new RangeError(`${places.length} sources; at most ${MAX_SOURCES} fit`);
  let present = '';
  for (const place of places) present += place ? '1' : '0';
  const key = matrixKey + present;
  let steps = knownSteps.get(key);
  if (!steps) {
    steps = planSteps(
      matrix,
      places.map((place) => place !== null),
    );
    knownSteps.set(key, steps);
  }
  for (const step of steps) {
    if (step.kind === 'compute') assembler.compute(step.operation, ...step.operands);
    else if (step.kind === 'load') assembler.loadVector(step.register, places[step.source]!);
    else if (step.kind === 'store') store(step.row, step.register);
    else assembler.setZero(step.register);
  }
}

/** Returns the steps of a product with a column whose sources are there or zero. */
function planSteps(matrix: Matrix, isPresent: readonly boolean[]): Step[] {
  const steps: Step[] = [];
  const { matrix: shared, sources } = loadSources(steps, matrix, isPresent);
  const termsOf = (row: readonly number[]): Term[] =>
    row.flatMap((factor, column) => {
      const register = sources[column];
      return factor !== 0 && register !== undefined && register !== null ? [{ register, factor }] : [];
    });
  for (let row = 0; row < shared.length; row++) {
    const [first, second] = [shared[row]!, shared[row + 1]];
    const halves = second && shareSums(first, second);
    if (halves && countTerms(termsOf, halves) + 2 < countTerms(termsOf, [first, second])) {
      const sum = addSum(steps, termsOf(halves[0]), SUM);
      const difference = addSum(steps, termsOf(halves[1]), DIFFERENCE);
      addStep(steps, 'add', RESULT, sum, difference);
      steps.push({ kind: 'store', row, register: RESULT });
      addStep(steps, 'subtract', OTHER_RESULT, sum, difference);
      steps.push({ kind: 'store', row: row + 1, register: OTHER_RESULT });
      row++;
    } else {
      steps.push({ kind: 'store', row, register: addSum(steps, termsOf(first), RESULT) });
    }
  }
  return steps;
}

function addStep(steps: Step[], operation: VectorOperation, ...operands: Operands): void {
  steps.push({ kind: 'compute', operation, operands });
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
function loadSources(steps: Step[], matrix: Matrix, isPresent: readonly boolean[]) {
  const sources: (number | null)[] = isPresent.map((present, source) => {
    if (present) steps.push({ kind: 'load', register: FIRST_SOURCE + source, source });
    return present ? FIRST_SOURCE + source : null;
  });
  const shared = matrix.map((row) => [...row]);
  let next = FIRST_SHARED;
  for (let column = 0; column + 1 < sources.length; column++) {
    const [left, right] = [sources[column], sources[column + 1]];
    if (left === null || right === null || left === undefined || right === undefined) continue;
    const isPair = matrix.every((row) => Math.abs(row[column]!) === Math.abs(row[column + 1]!));
    const uses = matrix.filter((row) => row[column] !== 0).length;
    if (!isPair || uses <= 2) continue;
    addStep(steps, 'add', next, left, right);
    addStep(steps, 'subtract', next + 1, left, right);
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

/** Adds a sum of products; returns its register, which is that of the source where there is nothing to compute. */
function addSum(steps: Step[], terms: readonly Term[], register: number): number {
  const isUnit = ({ factor }: Term) => Math.abs(factor) === 1;
  const scaled = terms.filter((term) => !isUnit(term));
  const units = terms.filter(isUnit).toSorted((a, b) => b.factor - a.factor);
  if (terms.length === 0) {
    steps.push({ kind: 'zero', register });
    return register;
  }
  let current: number | null = null;
  if (scaled.length === 0 && units[0]!.factor === 1) current = units.shift()!.register;
  else if (scaled.length === 0) scaled.push(units.shift()!);
  for (const { register: source, factor } of scaled) {
    addStep(steps, current === null ? 'multiply' : 'multiplyAdd', register, source, { constant: factor });
    current = register;
  }
  for (const { register: source, factor } of units) {
    addStep(steps, factor > 0 ? 'add' : 'subtract', register, current!, source);
    current = register;
  }
  return current!;
}

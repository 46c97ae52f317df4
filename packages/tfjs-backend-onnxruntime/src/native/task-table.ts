/**
 * What the generated functions are given: `parameters` are addresses, the first one that of a table with a record for
 * each task; a record holds byte offsets to those addresses, and counts.
 */
import { addressOf, type Pointer } from '../runtime/onnxruntime-api.js';
import { type Assembler, RDI, RSI } from './assembler.js';

const FIELDS = 4;
const FIELD_BYTES = 8;

/** Records of up to four numbers, from 0 to 2^53, in memory that native code reads. */
export class TaskTable {
  readonly length: number;
  readonly address: Pointer;
  /** Lower and upper halves of the numbers: tables are long, and BigInts slow to make. */
  readonly #halves: Uint32Array;

  constructor(records: readonly (readonly number[])[]) {
    this.length = records.length;
    this.#halves = new Uint32Array(new ArrayBuffer(FIELDS * FIELD_BYTES * Math.max(1, records.length)));
    records.forEach((record, index) => {
      record.forEach((value, field) => {
        const position = 2 * (index * FIELDS + field);
        this.#halves[position] = value % 2 ** 32;
        this.#halves[position + 1] = Math.floor(value / 2 ** 32);
      });
    });
    this.address = addressOf(this.#halves);
  }
}

/** Tensors that a program may read and write. */
export const MAX_INPUTS = 10;
export const MAX_OUTPUTS = 2;

/** Addresses for one launch: the table and base addresses, at most those of all tensors. */
export class Parameters {
  readonly array = new BigInt64Array(new ArrayBuffer((1 + MAX_INPUTS + MAX_OUTPUTS) * FIELD_BYTES));

  /** A launch's tasks are those of the table from `first` on. */
  setFrom(first: number, table: TaskTable, bases: readonly Pointer[]): BigInt64Array {
    if (bases.length >= this.array.length) throw new RangeError(`${bases.length} addresses do not fit`);
    this.array[0] = table.address + BigInt(first * FIELDS * FIELD_BYTES);
    bases.forEach((base, index) => {
      this.array[index + 1] = base;
    });
    return this.array;
  }

  set(table: TaskTable, ...bases: readonly Pointer[]): BigInt64Array {
    return this.setFrom(0, table, bases);
  }
}

/**
 * Writes the start of a function: each register of `pointers` becomes a base address plus the task's offset to it, in
 * order. The registers that the function was called with stay as they are, but RSI points to the task's record.
 */
export function loadTask(assembler: Assembler, pointers: readonly number[]): void {
  loadTaskRecord(assembler, RSI);
  pointers.forEach((register, index) => {
    assembler.loadMemory(register, { base: RDI, offset: (index + 1) * FIELD_BYTES });
    assembler.addMemory(register, { base: RSI, offset: index * FIELD_BYTES });
  });
}

/** Writes the reading of a count from the task's record, by the number of its field. */
export function loadTaskField(assembler: Assembler, register: number, field: number): void {
  assembler.loadMemory(register, { base: RSI, offset: field * FIELD_BYTES });
}

/** Writes the start of a function: `register` becomes the address of the task's record. */
export function loadTaskRecord(assembler: Assembler, register: number): void {
  if (register !== RSI) assembler.move(register, RSI);
  assembler.multiplyByConstant(register, FIELDS * FIELD_BYTES);
  assembler.addMemory(register, { base: RDI, offset: 0 });
}

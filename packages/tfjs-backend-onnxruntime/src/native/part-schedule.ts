/**
 * Work in parts that do not depend on each other: a thread takes a part, goes through its stages, and takes the next one.
 * What lies between the stages stays in the cache of that thread's core, and no thread waits for another before all parts
 * are done. Which thread takes a part changes nothing that is computed.
 */
import { addressOf, type Pointer } from '../runtime/onnxruntime-api.js';
import { Assembler, R12, R13, RAX, RBX, RCX, RDI, RSI, RSP, type VectorSet } from './assembler.js';
import { Parameters, type TaskTable } from './task-table.js';

const WORD_BYTES = 8;

/** A function of the program and the records of its tasks. */
export interface Stage {
  readonly code: Pointer;
  readonly tasks: TaskTable;
}

/** Some tasks of a stage, by its number. */
export interface StageRun {
  readonly stage: number;
  readonly first: number;
  readonly count: number;
}

// Words of what the runner is given, of a part's record and of a run's.
const [STARTS, PART_COUNT, COUNTER, LANES] = [0, 1, 2, 3];
const PART_WORDS = 2;
const RUN_WORDS = 4;
const BLOCK_BYTES = new Parameters().array.byteLength;

/** The parts of a program, in memory that the runner reads. */
export class PartSchedule {
  readonly stages: readonly Stage[];
  readonly parts: readonly (readonly StageRun[])[];
  readonly #starts: BigInt64Array;
  readonly #counter = new BigInt64Array(new ArrayBuffer(WORD_BYTES));
  /** By lane: the addresses for each stage. */
  readonly #lanes: BigInt64Array[] = [];
  /** Kept alive: native code holds its address. */
  readonly #runs: BigInt64Array;

  constructor(stages: readonly Stage[], parts: readonly (readonly StageRun[])[]) {
    this.stages = stages;
    this.parts = parts;
    const runs = parts.flat();
    this.#runs = words(runs.length * RUN_WORDS);
    runs.forEach(({ stage, first, count }, index) => {
      const numbers = [BigInt(stage * BLOCK_BYTES), BigInt(first), BigInt(count)];
      this.#runs.set([stages[stage]!.code, ...numbers], index * RUN_WORDS);
    });
    this.#starts = words(parts.length * PART_WORDS);
    let runsBefore = 0;
    parts.forEach((part, index) => {
      const start = addressOf(this.#runs) + BigInt(runsBefore * RUN_WORDS * WORD_BYTES);
      this.#starts.set([start, BigInt(part.length)], index * PART_WORDS);
      runsBefore += part.length;
    });
  }

  /**
   * Returns what the runner is given to go through all parts in some lanes, each with addresses of its own: a list for
   * each stage.
   */
  bind(lanes: readonly (readonly (readonly Pointer[])[])[]): BigInt64Array {
    const parameters = words(LANES + lanes.length);
    this.#counter[0] = 0n;
    parameters[STARTS] = addressOf(this.#starts);
    parameters[PART_COUNT] = BigInt(this.parts.length);
    parameters[COUNTER] = addressOf(this.#counter);
    lanes.forEach((addresses, lane) => {
      this.#lanes[lane] ??= words((this.stages.length * BLOCK_BYTES) / WORD_BYTES);
      const blocks = this.#lanes[lane];
      addresses.forEach((bases, stage) => {
        const start = (stage * BLOCK_BYTES) / WORD_BYTES;
        blocks.set([this.stages[stage]!.tasks.address, ...bases], start);
      });
      parameters[LANES + lane] = addressOf(blocks);
    });
    return parameters;
  }
}

function words(count: number): BigInt64Array {
  return new BigInt64Array(new ArrayBuffer(WORD_BYTES * Math.max(1, count)));
}

const at = (base: number, word: number) => ({ base, offset: word * WORD_BYTES });

/** The function that all lanes run, each called with its number: takes part after part until none is left. */
export function writePartRunner(vectors: VectorSet): Uint8Array {
  const assembler = new Assembler(vectors);
  const [runsLeft, task, tasksLeft] = [at(RSP, 0), at(RSP, 1), at(RSP, 2)];
  assembler.writeFunction(3 * WORD_BYTES, () => {
    assembler.loadMemory(R13, { ...at(RDI, LANES), index: RSI, scale: 8 });
    assembler.move(R12, RDI);
    const takePart = () => {
      assembler.load64(RAX, 1);
      assembler.loadMemory(RCX, at(R12, COUNTER));
      assembler.fetchAdd(at(RCX, 0), RAX);
    };
    assembler.repeatWhileBelow(RAX, at(R12, PART_COUNT), takePart, () => {
      assembler.multiplyByConstant(RAX, PART_WORDS * WORD_BYTES);
      assembler.addMemory(RAX, at(R12, STARTS));
      assembler.loadMemory(RBX, at(RAX, 0));
      assembler.loadMemory(RAX, at(RAX, 1));
      assembler.store64(runsLeft, RAX);
      assembler.repeatStored(runsLeft, () => {
        assembler.loadMemory(RAX, at(RBX, 2));
        assembler.store64(task, RAX);
        assembler.loadMemory(RAX, at(RBX, 3));
        assembler.store64(tasksLeft, RAX);
        assembler.repeatStored(tasksLeft, () => {
          assembler.move(RDI, R13);
          assembler.addMemory(RDI, at(RBX, 1));
          assembler.loadMemory(RSI, task);
          assembler.callStored(at(RBX, 0));
          assembler.addToStored(task, 1);
        });
        assembler.addConstant(RBX, RUN_WORDS * WORD_BYTES);
      });
    });
  });
  return assembler.finish();
}

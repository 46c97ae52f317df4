/**
 * Native programs that compute a formula of tensors and numbers element by element: each tensor is read once and nothing is
 * stored in between. An optimizer's update of a large matrix is such a formula. Products and sums are rounded one by one, so
 * that the numbers are those of the library's operators.
 */
import type { Shape } from '../base/shapes.js';
import { sizeOf } from '../base/shapes.js';
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
  RDI,
  RDX,
  RSI,
  type VectorOperation,
  type VectorSet,
} from './assembler.js';
import type { CodeBlock, NativeProgram } from './native-operators.js';
import { loadTaskRecord, Parameters, TaskTable } from './task-table.js';

/** Operands are numbers of tensors, then of scalars, then of earlier steps. */
export interface Step {
  readonly operation: Extract<VectorOperation, 'add' | 'subtract' | 'multiply' | 'divide'> | 'squareRoot';
  readonly left: number;
  /** That of a square root is its operand once more. */
  readonly right: number;
}

/** A formula whose result is that of its last step. */
export interface Formula {
  readonly tensors: number;
  /** Tensors of one element. */
  readonly scalars: number;
  readonly steps: readonly Step[];
}

/** Registers for addresses of tensors. */
const BASES = [R8, R9, R10, R11, R12, R13];
const [OUTPUT, OFFSET, COUNTER] = [RDX, RSI, RBX];
const FIELD_BYTES = 8;
const FLOAT_BYTES = 4;
const TASK_FLOATS = 16384;

/** Returns whether one program can compute the formula over so many elements. */
export function fitsProgram(vectors: VectorSet, { tensors, scalars, steps }: Formula, elements: number): boolean {
  const registers = tensors + scalars + steps.length;
  return tensors <= BASES.length && registers <= 16 && elements % vectors.floats === 0;
}

/** Returns the program. Inputs: the tensors, then the scalars. Output: the result, which may lie where a tensor lies. */
export function createElementwise(code: CodeBlock, formula: Formula, shape: Shape): NativeProgram {
  const { vectors } = code;
  const elements = sizeOf(shape);
  const [address] = code.load([writeElementwise(vectors, formula)]);
  const tasks = new TaskTable(
    Array.from({ length: Math.ceil(elements / TASK_FLOATS) }, (_, task) => [
      task * TASK_FLOATS * FLOAT_BYTES,
      Math.min(TASK_FLOATS, elements - task * TASK_FLOATS) / vectors.floats,
    ]),
  );
  const parameters = new Parameters();
  return {
    inputSizes: [...new Array<number>(formula.tensors).fill(elements), ...new Array<number>(formula.scalars).fill(1)],
    outputShapes: [shape],
    run: (launcher, inputs, outputs) =>
      launcher.launch(address!, parameters.set(tasks, ...inputs, ...outputs), tasks.length),
    release: () => code.release(),
  };
}

/** Parameters: tensors, scalars, the result. Fields: the offset to the tensors, and how many vectors there are. */
function writeElementwise(vectors: VectorSet, { tensors, scalars, steps }: Formula): Uint8Array {
  const assembler = new Assembler(vectors);
  const field = (index: number) => ({ base: RDI, offset: (index + 1) * FIELD_BYTES });
  assembler.writeFunction(0, () => {
    loadTaskRecord(assembler, RAX);
    assembler.loadMemory(OFFSET, { base: RAX, offset: 0 });
    assembler.loadMemory(COUNTER, { base: RAX, offset: FIELD_BYTES });
    for (let tensor = 0; tensor < tensors; tensor++) {
      assembler.loadMemory(BASES[tensor]!, field(tensor));
      assembler.hold(BASES[tensor]!, 'the address of a tensor');
    }
    for (let scalar = tensors; scalar < tensors + scalars; scalar++) {
      assembler.loadMemory(RAX, field(scalar));
      assembler.broadcast(scalar, { base: RAX, offset: 0 });
      assembler.holdVector(scalar, 'a scalar');
    }
    assembler.loadMemory(OUTPUT, field(tensors + scalars));
    assembler.hold(OUTPUT, 'the address of the result');
    assembler.repeatCounted(COUNTER, () => {
      const place = (base: number) => ({ base, index: OFFSET, scale: 1, offset: 0 }) as const;
      for (let tensor = 0; tensor < tensors; tensor++) assembler.loadVector(tensor, place(BASES[tensor]!));
      steps.forEach(({ operation, left, right }, step) => {
        const register = tensors + scalars + step;
        if (operation === 'squareRoot') assembler.squareRoot(register, left);
        else assembler.compute(operation, register, left, right);
      });
      assembler.storeVector(place(OUTPUT), tensors + scalars + steps.length - 1);
      assembler.addConstant(OFFSET, vectors.bytes);
    });
  });
  return assembler.finish();
}

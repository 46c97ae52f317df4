/**
 * Operators of our own inside ONNX Runtime: a node of the domain below runs a native program, machine code that was
 * generated for its shapes. The library calls back into JavaScript once per node, on the thread that called `Run`; a
 * program then starts its machine code on all threads of the library.
 * Source: `OrtCustomOp` in `onnxruntime_c_api.h`, version 12, whose fields are all that is needed here.
 */
import koffi from 'koffi';
import type { Shape } from '../base/shapes.js';
import { addressOf, type OnnxRuntimeApi, type Pointer } from '../runtime/onnxruntime-api.js';
import type { OperatorLibrary } from '../runtime/runtime.js';
import { AVX2, type VectorSet } from './assembler.js';
import { ExecutableMemory } from './executable-memory.js';
import { type PartSchedule, writePartRunner } from './part-schedule.js';
import { findVectors } from './processor.js';
import { MAX_INPUTS, MAX_OUTPUTS, Parameters } from './task-table.js';

export const NATIVE_DOMAIN = 'tfjs.native';
/** Attribute of a node that says which program it runs. */
export const PROGRAM_ATTRIBUTE = 'program';

const CUSTOM_OPERATOR_VERSION = 12;
const FLOAT = 1;
const REQUIRED = 0;
const FUNCTION_ALIGNMENT = 64;
const MIN_PARTS_PER_LANE = 2;

/** Runs machine code on all threads. */
export interface Launcher {
  /**
   * Calls `code(parameters, index)` for each index below `total`, on several threads; returns when all are done.
   * `parameters` are eight-byte integers; they may be changed afterwards.
   */
  launch(code: Pointer, parameters: BigInt64Array, total: number): void;
  /** Returns how many lanes `launchParts` will ask addresses for. */
  countLanes(schedule: PartSchedule): number;
  /**
   * Goes through all parts; returns when all are done. `addressesOf` gives a lane's addresses, a list for each stage:
   * parts of different lanes run at the same time.
   */
  launchParts(schedule: PartSchedule, addressesOf: (lane: number) => readonly (readonly Pointer[])[]): void;
  /** Returns the address of `bytes` of memory that belongs to the running program until it ends. */
  scratch(bytes: number): Pointer;
}

/** What a node computes: float tensors of known shapes to float tensors of known shapes. */
export interface NativeProgram {
  /** Elements of the input tensors: the code reads as many, wherever they end. */
  readonly inputSizes: readonly number[];
  readonly outputShapes: readonly Shape[];
  run(launcher: Launcher, inputs: readonly Pointer[], outputs: readonly Pointer[]): void;
  /** Releases the machine code. */
  release(): void;
}

interface Registered {
  readonly number: number;
  readonly program: NativeProgram;
  readonly key: string;
  /** Nodes of compiled graphs that run it. */
  users: number;
}

/** A node of a compiled graph. */
interface Kernel {
  readonly registered: Registered;
  /** Whether its inputs were seen to have the sizes that the program was made for. */
  isChecked: boolean;
}

/** Returns the operator's name for a count of inputs and outputs. */
export function operatorName(inputs: number, outputs: number): string {
  return `Native${inputs}To${outputs}`;
}

/** Returns the operators for this processor, or null where there are none or they were not asked for. */
export function createNativeOperators(
  api: OnnxRuntimeApi,
  threads: number,
  requested: 'auto' | 'avx2' | 'none',
): NativeOperators | null {
  const vectors = requested === 'none' ? null : findVectors();
  return vectors && new NativeOperators(api, threads, requested === 'avx2' ? AVX2 : vectors);
}

export class NativeOperators implements OperatorLibrary {
  /** Registers that generated code uses. */
  #vectors: VectorSet;
  readonly #api: OnnxRuntimeApi;
  readonly #threads: number;
  readonly #domain: Pointer;
  readonly #callbacks: Pointer[] = [];
  /** Kept alive: native code holds their addresses. */
  readonly #memory: ArrayBufferView[] = [];
  readonly #operators = new Map<
    Pointer,
    { readonly name: Pointer; readonly inputs: number; readonly outputs: number }
  >();
  readonly #programs = new Map<number, Registered>();
  /** Nodes of compiled graphs by the number that they were made under. */
  readonly #kernels = new Map<number, Kernel>();
  #kernelSerial = 0;
  readonly #programsByKey = new Map<string, Registered>();
  readonly #cell = new BigUint64Array(new ArrayBuffer(8));
  readonly #dimensions = new BigInt64Array(new ArrayBuffer(8 * 8));
  readonly #parameters = new Parameters();
  #partRunner: { readonly code: CodeBlock; readonly address: Pointer } | null = null;
  #scratch = new Uint8Array(new ArrayBuffer(1));
  #serial = 0;
  #failure: Error | null = null;

  constructor(api: OnnxRuntimeApi, threads: number, vectors: VectorSet) {
    this.#vectors = vectors;
    this.#api = api;
    this.#threads = threads;
    api.CreateCustomOpDomain(NATIVE_DOMAIN, this.#cell);
    this.#domain = this.#cell[0]!;
    const fields = this.#createCallbacks();
    for (let inputs = 1; inputs <= MAX_INPUTS; inputs++) {
      for (let outputs = 1; outputs <= MAX_OUTPUTS; outputs++) this.#addOperator(inputs, outputs, fields);
    }
  }

  get vectors(): VectorSet {
    return this.#vectors;
  }

  /** Takes registers that hold whole parts of a block of channels. */
  fitBlock(block: number): void {
    if (block % this.#vectors.floats !== 0) this.#vectors = AVX2;
  }

  addTo(sessionOptions: Pointer): void {
    this.#api.AddCustomOpDomain(sessionOptions, this.#domain);
  }

  /** Returns the program with this key and its number, creating it when there is none. */
  register(key: string, create: (code: CodeBlock) => NativeProgram): Registered {
    const known = this.#programsByKey.get(key);
    if (known) return known;
    const registered = { number: ++this.#serial, program: create(new CodeBlock(this.#vectors)), key, users: 0 };
    this.#programs.set(registered.number, registered);
    this.#programsByKey.set(key, registered);
    return registered;
  }

  /** Releases programs that no compiled graph runs; called when the nodes of a new graph exist. */
  releaseUnused(): void {
    for (const [number, { program, key, users }] of this.#programs) {
      if (users > 0) continue;
      program.release();
      this.#programs.delete(number);
      this.#programsByKey.delete(key);
    }
  }

  takeFailure(): Error | null {
    const failure = this.#failure;
    this.#failure = null;
    return failure;
  }

  dispose(): void {
    this.releaseUnused();
    this.#partRunner?.code.release();
    this.#api.ReleaseCustomOpDomain(this.#domain);
    for (const callback of this.#callbacks) koffi.unregister(callback);
  }

  // ---- the table of functions that the library calls ---------------------------------------------------------------

  #createCallbacks(): readonly Pointer[] {
    const register = (result: string, parameters: string[], callback: (...args: never[]) => unknown) => {
      const pointer = koffi.register(callback, koffi.pointer(koffi.proto(result, parameters)));
      this.#callbacks.push(pointer);
      return pointer;
    };
    const operator = (pointer: Pointer) => this.#operators.get(pointer)!;
    const createKernel = register('void *', ['void *', 'void *', 'void *'], (_: Pointer, __: Pointer, info: Pointer) =>
      this.#createKernel(info),
    );
    const getName = register('void *', ['void *'], (pointer: Pointer) => operator(pointer).name);
    const getProvider = register('void *', ['void *'], () => null);
    const getType = register('int', ['void *', 'size_t'], () => FLOAT);
    const countInputs = register('size_t', ['void *'], (pointer: Pointer) => operator(pointer).inputs);
    const countOutputs = register('size_t', ['void *'], (pointer: Pointer) => operator(pointer).outputs);
    const compute = register('void', ['void *', 'void *'], (kernel: Pointer, context: Pointer) => {
      try {
        this.#run(this.#kernels.get(Number(kernel))!, context);
      } catch (error) {
        this.#failure ??= error as Error;
      }
    });
    const destroyKernel = register('void', ['void *'], (kernel: Pointer) => {
      this.#kernels.get(Number(kernel))!.registered.users--;
      this.#kernels.delete(Number(kernel));
    });
    const getCharacteristic = register('int', ['void *', 'size_t'], () => REQUIRED);
    return [
      createKernel,
      getName,
      getProvider,
      getType,
      countInputs,
      getType,
      countOutputs,
      compute,
      destroyKernel,
      getCharacteristic,
      getCharacteristic,
    ];
  }

  #addOperator(inputs: number, outputs: number, fields: readonly Pointer[]): void {
    const name = new TextEncoder().encode(`${operatorName(inputs, outputs)}\0`);
    const nameInPlace = new Uint8Array(new ArrayBuffer(name.length));
    nameInPlace.set(name);
    const table = new BigUint64Array(new ArrayBuffer(8 * 32));
    table.set([BigInt(CUSTOM_OPERATOR_VERSION), ...fields]);
    this.#memory.push(nameInPlace, table);
    const pointer = addressOf(table);
    this.#operators.set(pointer, { name: addressOf(nameInPlace), inputs, outputs });
    this.#api.CustomOpDomain_Add(this.#domain, pointer);
  }

  #createKernel(info: Pointer): Pointer {
    this.#api.KernelInfoGetAttribute_int64(info, PROGRAM_ATTRIBUTE, this.#cell);
    const registered = this.#programs.get(Number(this.#cell[0]!))!;
    registered.users++;
    this.#kernels.set(++this.#kernelSerial, { registered, isChecked: false });
    return BigInt(this.#kernelSerial);
  }

  #run(kernel: Kernel, context: Pointer): void {
    const { program } = kernel.registered;
    const inputs = this.#readInputs(kernel, context);
    const outputs = program.outputShapes.map((shape, index) => {
      shape.forEach((size, axis) => {
        this.#dimensions[axis] = BigInt(size);
      });
      this.#api.KernelContext_GetOutput(context, index, this.#dimensions, shape.length, this.#cell);
      return this.#dataOf(this.#cell[0]!);
    });
    program.run(
      {
        launch: (code, parameters, total) => this.#launch(context, code, parameters, total),
        countLanes: (schedule) => this.#countLanes(schedule),
        launchParts: (schedule, addressesOf) => this.#launchParts(context, schedule, addressesOf),
        scratch: (bytes) => this.#takeScratch(bytes),
      },
      inputs,
      outputs,
    );
  }

  #launch(context: Pointer, code: Pointer, parameters: BigInt64Array, total: number): void {
    const batches = this.#threads === 1 ? 1 : Math.min(total, 4 * this.#threads);
    this.#api.KernelContext_ParallelFor(context, code, total, batches, parameters);
  }

  /** Where the last parts would leave threads idle for long, all threads go through one part together. */
  #countLanes({ parts }: PartSchedule): number {
    const areMany = parts.length >= MIN_PARTS_PER_LANE * this.#threads;
    return areMany || parts.length % this.#threads === 0 ? this.#threads : 1;
  }

  #launchParts(
    context: Pointer,
    schedule: PartSchedule,
    addressesOf: (lane: number) => readonly (readonly Pointer[])[],
  ): void {
    const lanes = this.#countLanes(schedule);
    const addresses = Array.from({ length: lanes }, (_, lane) => addressesOf(lane));
    if (lanes === this.#threads) {
      this.#partRunner ??= loadPartRunner(this.#vectors);
      this.#api.KernelContext_ParallelFor(context, this.#partRunner.address, lanes, lanes, schedule.bind(addresses));
      return;
    }
    for (const { stage, first, count } of schedule.parts.flat()) {
      const { code, tasks } = schedule.stages[stage]!;
      this.#launch(context, code, this.#parameters.setFrom(first, tasks, addresses[0]![stage]!), count);
    }
  }

  /** @throws Error before any code runs, where an input has another size than the program was made for. */
  #readInputs(kernel: Kernel, context: Pointer): Pointer[] {
    const { program, key } = kernel.registered;
    const inputs = program.inputSizes.map((size, index) => {
      this.#api.KernelContext_GetInput(context, index, this.#cell);
      const input = this.#cell[0]!;
      const found = kernel.isChecked ? size : this.#countElements(input);
      if (found !== size) throw new Error(`${key}: input ${index} has ${found} elements; the code is for ${size}`);
      return this.#dataOf(input);
    });
    // The shapes of a graph are constant.
    kernel.isChecked = true;
    return inputs;
  }

  #countElements(value: Pointer): number {
    this.#api.GetTensorTypeAndShape(value, this.#cell);
    const info = this.#cell[0]!;
    this.#api.GetTensorShapeElementCount(info, this.#cell);
    this.#api.ReleaseTensorTypeAndShapeInfo(info);
    return Number(this.#cell[0]!);
  }

  #dataOf(value: Pointer): Pointer {
    this.#api.GetTensorMutableData(value, this.#cell);
    return this.#cell[0]!;
  }

  /** Programs run one after the other: one piece of memory serves all. */
  #takeScratch(bytes: number): Pointer {
    const slack = 64;
    if (this.#scratch.byteLength < bytes + slack) this.#scratch = new Uint8Array(new ArrayBuffer(bytes + slack));
    const address = addressOf(this.#scratch);
    return (address + 63n) & ~63n;
  }
}

function loadPartRunner(vectors: VectorSet): { code: CodeBlock; address: Pointer } {
  const code = new CodeBlock(vectors);
  return { code, address: code.load([writePartRunner(vectors)])[0]! };
}

/** The machine code of one program. */
export class CodeBlock {
  readonly vectors: VectorSet;
  #memory: ExecutableMemory | null = null;

  constructor(vectors: VectorSet) {
    this.vectors = vectors;
  }

  /** Loads the functions of the program, once; returns their addresses. */
  load(functions: readonly Uint8Array[]): Pointer[] {
    const offsets: number[] = [];
    let length = 0;
    for (const bytes of functions) {
      offsets.push(length);
      length += Math.ceil(bytes.length / FUNCTION_ALIGNMENT) * FUNCTION_ALIGNMENT;
    }
    const code = new Uint8Array(new ArrayBuffer(length));
    functions.forEach((bytes, index) => {
      code.set(bytes, offsets[index]);
    });
    const memory = new ExecutableMemory(code);
    this.#memory = memory;
    return offsets.map((offset) => memory.address + BigInt(offset));
  }

  release(): void {
    this.#memory?.release();
  }
}

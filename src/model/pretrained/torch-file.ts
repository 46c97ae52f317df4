// Tensors from the files that torch.save wrote before PyTorch 1.6: pickles that name storages, then the storages' bytes. A
// pickle is a program for a machine with a stack; this one knows the instructions that lists of tensors need and three
// names, and calls nothing. Formats: Lib/pickletools.py of CPython, torch/serialization.py (`_legacy_save`).
import type { NamedArrays, NumberArray } from '../named-arrays.js';

/** The first number in such a file. */
const MAGIC = 0x1950a86a20f9469cfc6cn;
const VERSION = 1001;
/** Opcodes of a file at most: a state of 300 tensors has some ten thousand. */
const MAX_STEPS = 2_000_000;

/** Bytes of one number of each storage. */
const STORAGES: Readonly<Record<string, number>> = { FloatStorage: 4, LongStorage: 8 };

/** The floating-point tensors of a file by name, in its order; others are left out. Throws an Error that says what is wrong. */
export function readTorchFile(bytes: Buffer): NamedArrays {
  const reader = new Unpickler(bytes);
  if (reader.load() !== MAGIC) throw new Error('is no file of torch.save before PyTorch 1.6');
  if (reader.load() !== VERSION) throw new Error('is of another version of torch.save');
  reader.load(); // sizes of the writer's numbers
  const state = reader.load();
  const keys = reader.load();
  if (!(state instanceof Map) || !Array.isArray(keys)) throw new Error('holds no map of tensors');
  const storages = readStorages(bytes, reader.at, keys, reader.storages);
  const arrays = new Map<string, NumberArray>();
  for (const [name, tensor] of state) {
    if (!(tensor instanceof PickledTensor) || typeof name !== 'string')
      throw new Error(`holds ${String(name)}, no tensor`);
    if (tensor.storage.type === 'FloatStorage') arrays.set(name, takeTensor(name, tensor, storages));
  }
  return arrays;
}

interface Storage {
  readonly type: string;
  readonly key: string;
  readonly count: number;
}

class PickledTensor {
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  constructor(storage: Storage, offset: number, shape: readonly number[], strides: readonly number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

// The storages lie behind the pickles, in the order of their keys, each with the count of its numbers before it.
function readStorages(
  bytes: Buffer,
  start: number,
  keys: readonly unknown[],
  known: ReadonlyMap<string, Storage>,
): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  let at = start;
  for (const key of keys) {
    const storage = known.get(String(key));
    if (storage === undefined) throw new Error(`holds a storage ${String(key)} that no tensor is in`);
    if (at + 8 > bytes.length) throw new Error('is cut short');
    const count = Number(bytes.readBigInt64LE(at));
    const end = at + 8 + count * STORAGES[storage.type]!;
    if (count !== storage.count || end > bytes.length) throw new Error('is cut short, or damaged');
    found.set(storage.key, bytes.subarray(at + 8, end));
    at = end;
  }
  return found;
}

// A tensor may lie in its storage in any order: TensorFlow's kernels do, turned to PyTorch's axes.
function takeTensor(name: string, tensor: PickledTensor, storages: ReadonlyMap<string, Buffer>): NumberArray {
  const { storage, offset, shape, strides } = tensor;
  const bytes = storages.get(storage.key);
  const last = shape.reduce((sum, length, axis) => sum + (length - 1) * strides[axis]!, offset);
  const isInside = [offset, ...shape, ...strides].every((number) => Number.isSafeInteger(number) && number >= 0);
  if (bytes === undefined || !isInside || shape.length !== strides.length || 4 * (last + 1) > bytes.length)
    throw new Error(`holds a tensor ${name} that is no part of its storage`);
  const values = new Float32Array(shape.reduce((product, length) => product * length, 1));
  const index = shape.map(() => 0);
  for (let i = 0, at = offset; i < values.length; i++) {
    values[i] = bytes.readFloatLE(4 * at);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      at -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return { shape, values };
}

/** A name of Python's, which stands for something here and is never looked up. */
class GlobalName {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

const ORDERED_MAP = 'collections OrderedDict';
const REBUILD_TENSOR = 'torch._utils _rebuild_tensor_v2';

const MARK = Symbol('mark');

/** The machine, for one pickle after the other. */
class Unpickler {
  at = 0;
  readonly storages = new Map<string, Storage>();
  readonly #bytes: Buffer;
  #stack: unknown[] = [];
  #memo = new Map<number, unknown>();

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The value of the next pickle. */
  load(): unknown {
    this.#stack = [];
    this.#memo = new Map();
    for (let step = 0; step < MAX_STEPS; step++) {
      const opcode = this.#take(1)[0]!;
      if (opcode === 0x2e) return this.#pop(); // STOP
      this.#execute(opcode);
    }
    throw new Error('holds a pickle without an end');
  }

  #execute(opcode: number): void {
    const instruction = INSTRUCTIONS[opcode];
    if (instruction === undefined)
      throw new Error(`holds a pickle with instruction 0x${opcode.toString(16)}, which no list of tensors needs`);
    instruction({
      push: (value) => this.#stack.push(value),
      pop: () => this.#pop(),
      popToMark: () => this.#popToMark(),
      top: () => this.#stack.at(-1),
      take: (count) => this.#take(count),
      takeLine: () => this.#takeLine(),
      remember: (key) => this.#memo.set(key, this.#stack.at(-1)),
      recall: (key) => {
        if (!this.#memo.has(key)) throw new Error('is a damaged pickle');
        return this.#memo.get(key);
      },
      storages: this.storages,
    });
  }

  #take(count: number): Buffer {
    if (this.at + count > this.#bytes.length) throw new Error('is cut short');
    this.at += count;
    return this.#bytes.subarray(this.at - count, this.at);
  }

  #takeLine(): string {
    const end = this.#bytes.indexOf(0x0a, this.at);
    if (end < 0 || end - this.at > 200) throw new Error('is a damaged pickle');
    const line = this.#bytes.toString('latin1', this.at, end);
    this.at = end + 1;
    return line;
  }

  #pop(): unknown {
    if (this.#stack.length === 0) throw new Error('is a damaged pickle');
    return this.#stack.pop();
  }

  #popToMark(): unknown[] {
    const mark = this.#stack.lastIndexOf(MARK);
    if (mark < 0) throw new Error('is a damaged pickle');
    return this.#stack.splice(mark).slice(1);
  }
}

/** What an instruction may touch. */
interface Machine {
  push(value: unknown): void;
  pop(): unknown;
  popToMark(): unknown[];
  top(): unknown;
  take(count: number): Buffer;
  takeLine(): string;
  remember(key: number): void;
  recall(key: number): unknown;
  readonly storages: Map<string, Storage>;
}

const INSTRUCTIONS: Readonly<Record<number, (machine: Machine) => void>> = {
  128: ({ take }) => void take(1), // PROTO
  40: ({ push }) => push(MARK),
  78: ({ push }) => push(null),
  136: ({ push }) => push(true),
  137: ({ push }) => push(false),
  74: ({ push, take }) => push(take(4).readInt32LE(0)), // BININT
  75: ({ push, take }) => push(take(1)[0]), // BININT1
  77: ({ push, take }) => push(take(2).readUInt16LE(0)), // BININT2
  138: ({ push, take }) => push(readLong(take(take(1)[0]!))), // LONG1
  88: ({ push, take }) => push(take(take(4).readUInt32LE(0)).toString('utf8')), // BINUNICODE
  113: ({ remember, take }) => remember(take(1)[0]!), // BINPUT
  114: ({ remember, take }) => remember(take(4).readUInt32LE(0)), // LONG_BINPUT
  104: ({ push, recall, take }) => push(recall(take(1)[0]!)), // BINGET
  106: ({ push, recall, take }) => push(recall(take(4).readUInt32LE(0))), // LONG_BINGET
  125: ({ push }) => push(new Map()), // EMPTY_DICT
  93: ({ push }) => push([]), // EMPTY_LIST
  41: ({ push }) => push([]), // EMPTY_TUPLE
  133: ({ push, pop }) => push([pop()]), // TUPLE1
  134: ({ push, pop }) => push([pop(), pop()].reverse()), // TUPLE2
  135: ({ push, pop }) => push([pop(), pop(), pop()].reverse()), // TUPLE3
  116: ({ push, popToMark }) => push(popToMark()), // TUPLE
  97: ({ pop, top }) => addItems(top, [pop()]), // APPEND
  101: ({ popToMark, top }) => addItems(top, popToMark()), // APPENDS
  115: ({ pop, top }) => setItems(top, [pop(), pop()].reverse()), // SETITEM
  117: ({ popToMark, top }) => setItems(top, popToMark()), // SETITEMS
  99: ({ push, takeLine }) => push(knownName(`${takeLine()} ${takeLine()}`)), // GLOBAL
  81: ({ push, pop, storages }) => push(nameStorage(pop(), storages)), // BINPERSID
  82: ({ push, pop }) => {
    const given = pop();
    push(reduce(pop(), given));
  },
  // BUILD sets attributes of an object: a state's metadata, which nothing here needs.
  98: ({ pop }) => void pop(),
};

function readLong(bytes: Buffer): number | bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  if (bytes.length > 0 && bytes.at(-1)! > 127) value -= 1n << BigInt(8 * bytes.length);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function addItems(top: Machine['top'], items: readonly unknown[]): void {
  const list = top();
  if (!Array.isArray(list)) throw new Error('is a damaged pickle');
  list.push(...items);
}

function setItems(top: Machine['top'], items: readonly unknown[]): void {
  const map = top();
  if (!(map instanceof Map)) throw new Error('is a damaged pickle');
  for (let i = 0; i + 1 < items.length; i += 2) map.set(items[i], items[i + 1]);
}

function knownName(name: string): GlobalName {
  const isStorage = Object.keys(STORAGES).some((storage) => name === `torch ${storage}`);
  if (!isStorage && name !== ORDERED_MAP && name !== REBUILD_TENSOR)
    throw new Error(`asks for ${name.replace(' ', '.')}, which no list of tensors needs: nothing of it is run`);
  return new GlobalName(name);
}

/** ('storage', torch.FloatStorage, key, device, count, None) */
function nameStorage(given: unknown, storages: Map<string, Storage>): Storage {
  const [kind, type, key, , count] = Array.isArray(given) ? given : [];
  if (kind !== 'storage' || !(type instanceof GlobalName) || typeof count !== 'number')
    throw new Error('is a damaged pickle');
  const storage = { type: type.name.slice('torch '.length), key: String(key), count };
  storages.set(storage.key, storage);
  return storage;
}

/** A call, of the two functions that are known. */
function reduce(called: unknown, given: unknown): unknown {
  if (!(called instanceof GlobalName) || !Array.isArray(given)) throw new Error('is a damaged pickle');
  if (called.name === ORDERED_MAP) return new Map();
  const [storage, offset, shape, strides] = given as [Storage, number, number[], number[]];
  if (called.name !== REBUILD_TENSOR || storage?.key === undefined || !Array.isArray(shape) || !Array.isArray(strides))
    throw new Error('is a damaged pickle');
  return new PickledTensor(storage, offset, shape, strides);
}

/**
 * Writes x86-64 machine code: the few instructions that the native kernels consist of, with AVX2 and FMA on registers of
 * eight floats, or with AVX-512 on registers of 16. Kernels are generated for one shape, so that strides, loop counts and
 * borders are constants in them.
 * Encodings: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, sections 2.1 to 2.3 and 2.7.
 */

/** Numbers of the general registers in encodings. */
export const RAX = 0;
export const RCX = 1;
export const RDX = 2;
export const RBX = 3;
export const RSP = 4;
export const RBP = 5;
export const RSI = 6;
export const RDI = 7;
export const R8 = 8;
export const R9 = 9;
export const R10 = 10;
export const R11 = 11;
export const R12 = 12;
export const R13 = 13;

/** Vector registers of a set of instructions. */
export interface VectorSet {
  readonly name: 'avx2' | 'avx512';
  readonly registers: number;
  /** Floats and bytes of one register. */
  readonly floats: number;
  readonly bytes: number;
}

export const AVX2: VectorSet = { name: 'avx2', registers: 16, floats: 8, bytes: 32 };
export const AVX512: VectorSet = { name: 'avx512', registers: 32, floats: 16, bytes: 64 };

/** Registers that a function has to leave as they were (System V ABI). */
const CALLEE_SAVED = [RBX, RBP, R12, R13];

/** A place in memory: base + index · scale + offset, in bytes. */
export interface Memory {
  readonly base: number;
  readonly offset: number;
  readonly index?: number;
  readonly scale?: 1 | 2 | 4 | 8;
}

/** A constant of the code, the same in all lanes: a float, or 32 bits. */
export type BroadcastConstant = { readonly constant: number } | { readonly bits: number };

/** The second source of a vector instruction: a register, a place in memory or a constant. */
export type VectorSource = number | Memory | BroadcastConstant;

type OpcodeMap = '0f' | '0f38' | '0f3a';

const OPCODE_MAPS = { '0f': 1, '0f38': 2, '0f3a': 3 } as const;
const PREFIXES = { none: 0, '66': 1 } as const;

/** Opcodes of vector instructions: destination, first source, second source. */
const VECTOR_OPERATIONS = {
  add: ['none', '0f', 0x58],
  subtract: ['none', '0f', 0x5c],
  multiply: ['none', '0f', 0x59],
  divide: ['none', '0f', 0x5e],
  /** Both give the second source where one of the two is not a number. */
  minimum: ['none', '0f', 0x5d],
  maximum: ['none', '0f', 0x5f],
  // On bits, as integers: AVX-512's foundation has no others.
  xor: ['66', '0f', 0xef],
  and: ['66', '0f', 0xdb],
  or: ['66', '0f', 0xeb],
  /** destination = ~first & second */
  andNot: ['66', '0f', 0xdf],
  /** destination += first · second */
  multiplyAdd: ['66', '0f38', 0xb8],
} as const satisfies Record<string, readonly [keyof typeof PREFIXES, OpcodeMap, number]>;

export type VectorOperation = keyof typeof VECTOR_OPERATIONS;

/** Comparisons of `compare`: ordered and quiet, so that they are false for NaN. */
const COMPARISONS = { equal: 0x00, greater: 0x1e } as const;

interface VectorOptions {
  readonly immediate?: number;
  /** Whether the mask register decides which elements are set. */
  readonly isMasked?: boolean;
  /** Bytes that are read or written. Default: those of a register. */
  readonly elementBytes?: number;
}

const isMemory = (source: VectorSource): source is Memory => typeof source !== 'number' && 'base' in source;

const BREAKPOINT = 0xcc;
const JUMP_IF_NOT_ZERO = 0x85;
const JUMP_IF_NOT_BELOW = 0x83;
/** Extensions of opcodes: the one that compares with a constant, and the one that calls. */
const COMPARE = 7;
const CALL = 2;
/** k1 */
const MASK_REGISTER = 1;

/** Returns the place `bytes` after another one. */
export function after(place: Memory, bytes: number): Memory {
  return { ...place, offset: place.offset + bytes };
}

export class Assembler {
  readonly vectors: VectorSet;
  #code = new Uint8Array(4096);
  #length = 0;
  /** Bits of constants in the order of their first use, and where the code refers to them. */
  readonly #constants = new Map<number, number>();
  /** Registers in use, by what for; `r` and `v` tell general ones from vectors. */
  readonly #held = new Map<string, string>();
  readonly #constantUses: { readonly position: number; readonly end: number; readonly bits: number }[] = [];

  constructor(vectors: VectorSet) {
    this.vectors = vectors;
  }

  /** Returns the machine code with its constants behind it. */
  finish(): Uint8Array {
    while (this.#length % this.vectors.bytes !== 0) this.#byte(BREAKPOINT);
    const pool = this.#length;
    const bytes = new Uint8Array(new ArrayBuffer(pool + this.vectors.bytes * this.#constants.size));
    bytes.set(this.#code.subarray(0, pool));
    const view = new DataView(bytes.buffer);
    for (const [bits, index] of this.#constants) {
      for (let lane = 0; lane < this.vectors.floats; lane++) {
        view.setUint32(pool + index * this.vectors.bytes + lane * 4, bits, true);
      }
    }
    for (const { position, end, bits } of this.#constantUses) {
      view.setInt32(position, pool + this.#constants.get(bits)! * this.vectors.bytes - end, true);
    }
    return bytes;
  }

  // ---- registers in use --------------------------------------------------------------------------------------------

  /** Keeps a vector register as it is from here on: to write it is an error of the generator. */
  holdVector(register: number, purpose: string): void {
    this.#hold(`v${register}`, purpose);
  }

  /** Keeps a general register as it is from here on. */
  hold(register: number, purpose: string): void {
    this.#hold(`r${register}`, purpose);
  }

  #hold(register: string, purpose: string): void {
    this.#refuseHeld(register);
    this.#held.set(register, purpose);
  }

  #refuseHeld(register: string): void {
    const purpose = this.#held.get(register);
    if (purpose !== undefined) throw new RangeError(`register ${register} holds ${purpose}`);
  }

  // ---- functions and loops -----------------------------------------------------------------------------------------

  /**
   * Writes a function of two arguments, in RDI and RSI. Inside it, all registers named here may be used, and
   * `stackBytes` of memory from RSP on, aligned to the size of a vector.
   */
  writeFunction(stackBytes: number, body: () => void): void {
    for (const register of CALLEE_SAVED) this.#push(register);
    this.move(RBP, RSP);
    if (stackBytes > 0) {
      this.addConstant(RSP, -(stackBytes + this.vectors.bytes));
      this.#withConstant(4, RSP, -this.vectors.bytes); // and
    }
    body();
    this.#held.clear();
    this.move(RSP, RBP);
    for (const register of CALLEE_SAVED.toReversed()) this.#pop(register);
    this.#bytes(0xc5, 0xf8, 0x77); // vzeroupper: without it, old SSE code after this would be slow
    this.#byte(0xc3);
  }

  /** Repeats `body` a fixed number of times, at least once; `counter` counts down to 0. */
  repeat(count: number, counter: number, body: () => void): void {
    if (count < 1) throw new RangeError(`a loop of ${count} rounds`);
    if (count === 1) body();
    else {
      this.load64(counter, count);
      this.repeatCounted(counter, body);
    }
  }

  /** Repeats `body` as often as `counter` says, at least once; `counter` counts down to 0. */
  repeatCounted(counter: number, body: () => void): void {
    const start = this.#length;
    this.hold(counter, 'the rounds of a loop');
    body();
    this.#held.delete(`r${counter}`);
    this.addConstant(counter, -1);
    this.#bytes(0x0f, JUMP_IF_NOT_ZERO);
    this.#int32(start - (this.#length + 4));
  }

  /** Repeats `body` as often as the eight bytes of a place say, at least once; they count down to 0. */
  repeatStored(counter: Memory, body: () => void): void {
    const start = this.#length;
    body();
    this.addToStored(counter, -1);
    this.#bytes(0x0f, JUMP_IF_NOT_ZERO);
    this.#int32(start - (this.#length + 4));
  }

  /** Repeats `prepare` and `body` for as long as `prepare` leaves `register` below the eight bytes of `limit`. */
  repeatWhileBelow(register: number, limit: Memory, prepare: () => void, body: () => void): void {
    const start = this.#length;
    prepare();
    this.#general(0x3b, register, limit);
    const end = this.#jump(JUMP_IF_NOT_BELOW);
    body();
    this.#byte(0xe9);
    this.#int32(start - (this.#length + 4));
    this.#land(end);
  }

  /** Calls the function whose address a place holds. */
  callStored(place: Memory): void {
    this.#general(0xff, CALL, place);
  }

  /** Writes code that is passed over where the 32 bits of a place are not zero. */
  whereZero(place: Memory, body: () => void): void {
    this.#general(0x83, COMPARE, place, false);
    this.#byte(0);
    const end = this.#jump(JUMP_IF_NOT_ZERO);
    body();
    this.#land(end);
  }

  /** Writes code that is passed over where none of the places has a bit that is set in `mask`, a vector. */
  whereAnyBit(mask: number, places: readonly Memory[], body: () => void): void {
    const found = places.map((place) => {
      this.#testBits(mask, place);
      return this.#jump(JUMP_IF_NOT_ZERO);
    });
    this.#byte(0xe9);
    const end = this.#forward();
    for (const jump of found) this.#land(jump);
    body();
    this.#land(end);
  }

  /** Sets the zero flag when no bit of `mask` is set at the place. */
  #testBits(mask: number, place: Memory): void {
    if (this.vectors === AVX2) {
      this.#vector('66', '0f38', 0x17, mask, 0, place); // vptest
      return;
    }
    this.#vector('66', '0f38', 0x27, MASK_REGISTER, mask, place); // vptestmd
    this.#bytes(0xc5, 0xf8, 0x98, 0xc0 | (MASK_REGISTER << 3) | MASK_REGISTER); // kortestw
  }

  #jump(condition: number): number {
    this.#bytes(0x0f, condition);
    return this.#forward();
  }

  /** Leaves room for a distance, which `#land` fills in. */
  #forward(): number {
    this.#int32(0);
    return this.#length;
  }

  #land(jump: number): void {
    new DataView(this.#code.buffer).setInt32(jump - 4, this.#length - jump, true);
  }

  // ---- general registers -------------------------------------------------------------------------------------------

  move(to: number, from: number): void {
    this.#refuseHeld(`r${to}`);
    this.#registers(0x89, from, to);
  }

  add(to: number, from: number): void {
    this.#refuseHeld(`r${to}`);
    this.#registers(0x01, from, to);
  }

  addConstant(register: number, value: number): void {
    this.#refuseHeld(`r${register}`);
    if (value !== 0) this.#withConstant(0, register, value);
  }

  multiplyByConstant(register: number, value: number): void {
    this.#refuseHeld(`r${register}`);
    this.#registers(0x69, register, register);
    this.#int32(value);
  }

  /** Sets a register to a constant of at most 31 bits. */
  load64(register: number, value: number): void {
    this.#refuseHeld(`r${register}`);
    this.#registers(0xc7, 0, register);
    this.#int32(value);
  }

  /** Reads eight bytes. */
  loadMemory(register: number, place: Memory): void {
    this.#refuseHeld(`r${register}`);
    this.#general(0x8b, register, place);
  }

  addMemory(register: number, place: Memory): void {
    this.#refuseHeld(`r${register}`);
    this.#general(0x03, register, place);
  }

  /** Writes eight bytes. */
  store64(place: Memory, register: number): void {
    this.#general(0x89, register, place);
  }

  /** Adds a constant of seven bits to eight bytes of memory. */
  addToStored(place: Memory, value: number): void {
    this.#general(0x83, 0, place);
    this.#byte(value & 0xff);
  }

  /** Adds a register to eight bytes of memory, of which it gets the old value, with no other thread in between. */
  fetchAdd(place: Memory, register: number): void {
    this.#refuseHeld(`r${register}`);
    this.#byte(0xf0); // lock
    this.#rex(register, place.index ?? 0, place.base);
    this.#bytes(0x0f, 0xc1);
    this.#place(register, place);
  }

  /** Sets 32 bits of memory. */
  storeBits(place: Memory, bits: number): void {
    this.#general(0xc7, 0, place, false);
    this.#int32(bits);
  }

  /** Sets a register to the address of a place. */
  loadAddress(register: number, place: Memory): void {
    this.#refuseHeld(`r${register}`);
    this.#general(0x8d, register, place);
  }

  // ---- vectors of floats -------------------------------------------------------------------------------------------

  loadVector(register: number, place: Memory): void {
    this.#refuseHeld(`v${register}`);
    this.#vector('none', '0f', 0x10, register, 0, place);
  }

  storeVector(place: Memory, register: number): void {
    this.#vector('none', '0f', 0x11, register, 0, place);
  }

  loadConstant(register: number, constant: BroadcastConstant): void {
    this.#refuseHeld(`v${register}`);
    this.#vector('none', '0f', 0x10, register, 0, constant);
  }

  copyVector(to: number, from: number): void {
    this.#refuseHeld(`v${to}`);
    this.#vector('none', '0f', 0x10, to, 0, from);
  }

  /** Sets all lanes to one float of memory. */
  broadcast(register: number, place: Memory): void {
    this.#refuseHeld(`v${register}`);
    this.#vector('66', '0f38', 0x18, register, 0, place, { elementBytes: 4 });
  }

  compute(operation: VectorOperation, destination: number, first: number, second: VectorSource): void {
    this.#refuseHeld(`v${destination}`);
    const [prefix, map, opcode] = VECTOR_OPERATIONS[operation];
    this.#vector(prefix, map, opcode, destination, first, second);
  }

  /** Sets a register to the square roots of a source. */
  squareRoot(register: number, source: VectorSource): void {
    this.#refuseHeld(`v${register}`);
    this.#vector('none', '0f', 0x51, register, 0, source);
  }

  /** Sets the lanes where the comparison holds to all ones, the others to zero. */
  compare(comparison: keyof typeof COMPARISONS, destination: number, first: number, second: VectorSource): void {
    this.#refuseHeld(`v${destination}`);
    if (this.vectors === AVX2) {
      this.#vector('none', '0f', 0xc2, destination, first, second, { immediate: COMPARISONS[comparison] });
      return;
    }
    // Here a comparison gives a mask register, by which a vector is then set to all ones or to zero (vpternlogd).
    this.#vector('none', '0f', 0xc2, MASK_REGISTER, first, second, { immediate: COMPARISONS[comparison] });
    this.#vector('66', '0f3a', 0x25, destination, destination, destination, { immediate: 0xff, isMasked: true });
  }

  setZero(register: number): void {
    this.compute('xor', register, register, register);
  }

  // ---- encoding ----------------------------------------------------------------------------------------------------

  #byte(value: number): void {
    if (this.#length === this.#code.length) {
      const larger = new Uint8Array(2 * this.#length);
      larger.set(this.#code);
      this.#code = larger;
    }
    this.#code[this.#length++] = value;
  }

  #bytes(...values: readonly number[]): void {
    for (const value of values) this.#byte(value);
  }

  #int32(value: number): void {
    if (value !== (value | 0)) throw new RangeError(`${value} does not fit the 32 bits of an instruction`);
    this.#byte(value & 0xff);
    this.#byte((value >> 8) & 0xff);
    this.#byte((value >> 16) & 0xff);
    this.#byte((value >> 24) & 0xff);
  }

  #push(register: number): void {
    if (register >= 8) this.#byte(0x41);
    this.#byte(0x50 | (register & 7));
  }

  #pop(register: number): void {
    if (register >= 8) this.#byte(0x41);
    this.#byte(0x58 | (register & 7));
  }

  #rex(register: number, index: number, base: number, isWide = true): void {
    this.#byte((isWide ? 0x48 : 0x40) | ((register >> 3) << 2) | ((index >> 3) << 1) | (base >> 3));
  }

  #registers(opcode: number, register: number, other: number): void {
    this.#rex(register, 0, other);
    this.#byte(opcode);
    this.#byte(0xc0 | ((register & 7) << 3) | (other & 7));
  }

  #withConstant(extension: number, register: number, value: number): void {
    this.#rex(0, 0, register);
    this.#byte(0x81);
    this.#byte(0xc0 | (extension << 3) | (register & 7));
    this.#int32(value);
  }

  #general(opcode: number, register: number, place: Memory, isWide = true): void {
    this.#rex(register, place.index ?? 0, place.base, isWide);
    this.#byte(opcode);
    this.#place(register, place);
  }

  /** Writes the operand bytes; `unit` is what a short offset counts in. */
  #place(register: number, { base, offset, index, scale = 1 }: Memory, unit = 1): void {
    const units = offset / unit;
    const isShort = Number.isInteger(units) && units >= -128 && units < 128;
    const needsIndexByte = index !== undefined || (base & 7) === RSP;
    this.#byte((isShort ? 0x40 : 0x80) | ((register & 7) << 3) | (needsIndexByte ? 4 : base & 7));
    if (needsIndexByte) this.#byte((Math.log2(scale) << 6) | (((index ?? RSP) & 7) << 3) | (base & 7));
    if (isShort) this.#byte(units & 0xff);
    else this.#int32(offset);
  }

  #vector(
    prefix: keyof typeof PREFIXES,
    map: OpcodeMap,
    opcode: number,
    register: number,
    first: number,
    second: VectorSource,
    { immediate, isMasked = false, elementBytes = this.vectors.bytes }: VectorOptions = {},
  ): void {
    let base = 0;
    let index = 0;
    if (typeof second === 'number') {
      base = second;
      index = second >> 1; // bit 4 of a register takes the place of the index
    } else if (isMemory(second)) {
      base = second.base;
      index = second.index ?? 0;
    }
    if (this.vectors === AVX2)
      this.#shortPrefix(prefix, map, register, first, typeof second === 'number' ? 0 : index, base);
    else this.#longPrefix(prefix, map, register, first, index, base, isMasked);
    this.#byte(opcode);
    if (typeof second === 'number') this.#byte(0xc0 | ((register & 7) << 3) | (second & 7));
    else if (isMemory(second)) this.#place(register, second, this.vectors === AVX2 ? 1 : elementBytes);
    else this.#constant(register, bitsOf(second), immediate === undefined ? 0 : 1);
    if (immediate !== undefined) this.#byte(immediate);
  }

  /** VEX of three bytes, where the upper bits of registers are inverted. */
  #shortPrefix(
    prefix: keyof typeof PREFIXES,
    map: OpcodeMap,
    register: number,
    first: number,
    index: number,
    base: number,
  ): void {
    this.#byte(0xc4);
    this.#byte(invert(register, 3, 7) | invert(index, 3, 6) | invert(base, 3, 5) | OPCODE_MAPS[map]);
    this.#byte(((~first & 15) << 3) | 4 | PREFIXES[prefix]);
  }

  /** EVEX, for registers of 512 bits; a masked result has zeros where the mask has. */
  #longPrefix(
    prefix: keyof typeof PREFIXES,
    map: OpcodeMap,
    register: number,
    first: number,
    index: number,
    base: number,
    isMasked: boolean,
  ): void {
    this.#byte(0x62);
    this.#byte(
      invert(register, 3, 7) | invert(index, 3, 6) | invert(base, 3, 5) | invert(register, 4, 4) | OPCODE_MAPS[map],
    );
    this.#byte(((~first & 15) << 3) | 4 | PREFIXES[prefix]);
    this.#byte((isMasked ? 0x80 | MASK_REGISTER : 0) | 0x40 | invert(first, 4, 3));
  }

  /** Refers to a constant relative to the end of the instruction, `bytesBehind` bytes after the reference. */
  #constant(register: number, bits: number, bytesBehind: number): void {
    if (!this.#constants.has(bits)) this.#constants.set(bits, this.#constants.size);
    this.#byte(((register & 7) << 3) | 5);
    const position = this.#length;
    this.#constantUses.push({ position, end: position + 4 + bytesBehind, bits });
    this.#int32(0);
  }
}

const floatBits = new DataView(new ArrayBuffer(4));

function bitsOf(source: BroadcastConstant): number {
  if ('bits' in source) return source.bits;
  floatBits.setFloat32(0, source.constant);
  return floatBits.getUint32(0);
}

/** Returns a bit of a register's number, inverted, at another place. */
function invert(register: number, bit: number, place: number): number {
  return (1 ^ ((register >> bit) & 1)) << place;
}

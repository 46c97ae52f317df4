/**
 * Runs generated machine code without a processor that has its instructions: reads the bytes as the manual defines them,
 * for the instructions that the assembler writes. Only addresses that belong to `memory` can be read and written.
 */
import koffi from 'koffi';

/** A piece of memory at its real address. */
export interface Segment {
  readonly address: number;
  readonly view: DataView;
}

export function segmentOf(array: ArrayBufferView): Segment {
  const view = new DataView(array.buffer, array.byteOffset, array.byteLength);
  return { address: Number(koffi.address(array)), view };
}

/** Returns native memory that was made elsewhere. */
export function segmentAt(address: bigint, bytes: number): Segment {
  return { address: Number(address), view: new DataView(koffi.view(address, bytes)) };
}

const [RSP, RSI, RDI] = [4, 6, 7];
const RETURN_ADDRESS = 0;
const STACK_BYTES = 65536;
const MAX_LANES = 16;

interface Operand {
  /** Register, or address in memory. */
  readonly register?: number;
  readonly address?: number;
}

interface VectorInstruction {
  readonly key: string;
  readonly lanes: number;
  readonly register: number;
  readonly first: number;
  readonly operand: Operand;
  readonly isMasked: boolean;
}

export class Emulator {
  readonly #memory: Segment[];
  readonly #registers = new Array<number>(16).fill(0);
  readonly #floats = new Float32Array(32 * MAX_LANES);
  readonly #bits = new Uint32Array(this.#floats.buffer);
  readonly #values = new Float32Array(MAX_LANES);
  readonly #valueBits = new Uint32Array(this.#values.buffer);
  readonly #code: DataView;
  readonly #codeAddress: number;
  #mask = 0;
  #position = 0;
  #isZero = false;

  constructor(code: Uint8Array, memory: readonly Segment[]) {
    const program = segmentOf(code);
    const stack = segmentOf(new Uint8Array(new ArrayBuffer(STACK_BYTES)));
    this.#code = program.view;
    this.#codeAddress = program.address;
    this.#memory = [...memory, program, stack];
    this.#registers[RSP] = stack.address + STACK_BYTES;
  }

  /** Calls the function with its two arguments. */
  call(parameters: number, index: number): void {
    this.#registers[RDI] = parameters;
    this.#registers[RSI] = index;
    const before = [...this.#registers];
    this.#pushNumber(RETURN_ADDRESS);
    this.#position = 0;
    while (this.#step());
    for (const saved of [3, RSP, 5, 12, 13, 14, 15]) {
      if (this.#registers[saved] !== before[saved]) throw new Error(`register ${saved} was not restored`);
    }
  }

  /** Runs one instruction; returns whether the function goes on. */
  #step(): boolean {
    const first = this.#byte();
    if (first === 0xc4) return this.#shortVector();
    if (first === 0x62) return this.#longVector();
    if (first === 0xc3) return this.#popNumber() !== RETURN_ADDRESS;
    if (first === 0xc5) {
      const [second, opcode] = [this.#byte(), this.#byte()];
      if (second === 0xf8 && opcode === 0x98 && this.#byte() === 0xc9) this.#isZero = this.#mask === 0;
      else if (second !== 0xf8 || opcode !== 0x77)
        throw new Error('only vzeroupper and kortestw k1, k1 are known of this prefix');
      return true;
    }
    if (first === 0x0f) {
      if (this.#byte() !== 0x85) throw new Error('only jnz is known of the conditions');
      const distance = this.#int32();
      if (!this.#isZero) this.#position += distance;
      return true;
    }
    if (first === 0xe9) {
      const distance = this.#int32();
      this.#position += distance;
      return true;
    }
    const isPrefix = (first & 0xf0) === 0x40;
    return this.#general(isPrefix ? this.#byte() : first, isPrefix ? first : 0x40);
  }

  #general(opcode: number, rex: number): boolean {
    const extend = (bit: number) => ((rex >> bit) & 1) << 3;
    const registers = this.#registers;
    if ((opcode & 0xf8) === 0x50) this.#pushNumber(registers[(opcode & 7) | extend(0)]!);
    else if ((opcode & 0xf8) === 0x58) registers[(opcode & 7) | extend(0)] = this.#popNumber();
    else {
      const { field, operand } = this.#operand(
        extend(2),
        extend(1),
        extend(0),
        1,
        opcode === 0x69 || opcode === 0x81 ? 4 : 0,
      );
      if ((rex & 8) === 0) {
        this.#narrow(opcode, field & 7, operand);
        return true;
      }
      const read = () =>
        operand.register === undefined ? this.#readNumber(operand.address!) : registers[operand.register]!;
      const setFlagged = (register: number, value: number) => {
        registers[register] = value;
        this.#isZero = value === 0;
      };
      if (opcode === 0x89) registers[operand.register!] = registers[field]!;
      else if (opcode === 0x8b) registers[field] = read();
      else if (opcode === 0x8d) registers[field] = operand.address!;
      else if (opcode === 0x01) setFlagged(operand.register!, registers[operand.register!]! + registers[field]!);
      else if (opcode === 0x03) setFlagged(field, registers[field]! + read());
      else if (opcode === 0x69) registers[field] = read() * this.#int32();
      else if (opcode === 0xc7) registers[operand.register!] = this.#int32();
      else if (opcode === 0x81 && (field & 7) === 0) setFlagged(operand.register!, read() + this.#int32());
      else if (opcode === 0x81 && (field & 7) === 4) {
        const unit = -this.#int32(); // used to align an address
        setFlagged(operand.register!, Math.floor(read() / unit) * unit);
      } else throw new Error(`unknown opcode ${opcode.toString(16)}`);
    }
    return true;
  }

  /** Runs an instruction on 32 bits of memory. */
  #narrow(opcode: number, field: number, { address }: Operand): void {
    const { view, offset } = this.#find(address!, 4);
    if (opcode === 0x83 && field === 7) this.#isZero = view.getInt32(offset, true) === (this.#byte() << 24) >> 24;
    else if (opcode === 0xc7 && field === 0) view.setInt32(offset, this.#int32(), true);
    else throw new Error(`unknown opcode ${opcode.toString(16)} on 32 bits`);
  }

  #shortVector(): boolean {
    const [a, b] = [this.#byte(), this.#byte()];
    const clear = (bit: number) => (((a >> bit) & 1) ^ 1) << 3;
    const opcode = this.#byte();
    const hasImmediate = (a & 0x1f) === 3 || opcode === 0xc2;
    const { field, operand } = this.#operand(clear(7), clear(6), clear(5), 1, hasImmediate ? 1 : 0);
    this.#run({
      key: `${a & 0x1f}/${b & 3}/${opcode.toString(16)}`,
      lanes: 8,
      register: field,
      first: (~b >> 3) & 15,
      operand,
      isMasked: false,
    });
    return true;
  }

  #longVector(): boolean {
    const [a, b, c] = [this.#byte(), this.#byte(), this.#byte()];
    if ((c & 0x60) !== 0x40) throw new Error('only registers of 512 bits are known');
    const clear = (byte: number, bit: number, place: number) => (((byte >> bit) & 1) ^ 1) << place;
    const opcode = this.#byte();
    const unit = opcode === 0x18 ? 4 : 64;
    const hasImmediate = (a & 7) === 3 || opcode === 0xc2;
    const { field, operand } = this.#operand(
      clear(a, 7, 3),
      clear(a, 6, 3),
      clear(a, 5, 3),
      unit,
      hasImmediate ? 1 : 0,
    );
    const upper = operand.register === undefined ? 0 : clear(a, 6, 4);
    this.#run({
      key: `${a & 7}/${b & 3}/${opcode.toString(16)}`,
      lanes: 16,
      register: field | clear(a, 4, 4),
      first: ((~b >> 3) & 15) | clear(c, 3, 4),
      operand: operand.register === undefined ? operand : { register: operand.register | upper },
      isMasked: (c & 7) === 1 && c >> 7 === 1,
    });
    return true;
  }

  /** Returns the register field and the operand of the bytes that follow. */
  #operand(reg: number, index: number, base: number, unit: number, immediateBytes: number) {
    const modes = this.#byte();
    const mode = modes >> 6;
    const field = ((modes >> 3) & 7) | reg;
    if (mode === 3) return { field, operand: { register: (modes & 7) | base } satisfies Operand };
    if (mode === 0) {
      if ((modes & 7) !== 5) throw new Error('an address without an offset was not expected');
      const distance = this.#int32();
      return {
        field,
        operand: { address: this.#codeAddress + this.#position + immediateBytes + distance } satisfies Operand,
      };
    }
    let address: number;
    if ((modes & 7) === RSP) {
      const scaled = this.#byte();
      const indexRegister = ((scaled >> 3) & 7) | index;
      const offset = indexRegister === RSP ? 0 : this.#registers[indexRegister]! * 2 ** (scaled >> 6);
      address = this.#registers[(scaled & 7) | base]! + offset;
    } else address = this.#registers[(modes & 7) | base]!;
    address += mode === 1 ? ((this.#byte() << 24) >> 24) * unit : this.#int32();
    return { field, operand: { address } satisfies Operand };
  }

  #run({ key, lanes, register, first, operand, isMasked }: VectorInstruction): void {
    const floats = this.#floats;
    const bits = this.#bits;
    const at = (place: number, lane: number) => place * MAX_LANES + lane;
    const values = this.#values;
    const valueBits = this.#valueBits;
    const load = (count: number) => {
      const memory = operand.register === undefined ? this.#find(operand.address!, 4 * count) : null;
      for (let lane = 0; lane < lanes; lane++) {
        valueBits[lane] = memory
          ? memory.view.getUint32(memory.offset + (count === 1 ? 0 : 4 * lane), true)
          : bits[at(operand.register!, lane)]!;
      }
    };
    const each = (compute: (lane: number) => number) => {
      for (let lane = 0; lane < lanes; lane++) floats[at(register, lane)] = compute(lane);
    };
    const eachBits = (compute: (lane: number) => number) => {
      for (let lane = 0; lane < lanes; lane++) bits[at(register, lane)] = compute(lane);
    };
    if (key === '1/0/11') {
      const memory = this.#find(operand.address!, 4 * lanes);
      for (let lane = 0; lane < lanes; lane++) {
        memory.view.setUint32(memory.offset + 4 * lane, bits[at(register, lane)]!, true);
      }
      return;
    }
    load(key === '2/1/18' ? 1 : lanes);
    const left = (lane: number) => floats[at(first, lane)]!;
    const leftBits = (lane: number) => bits[at(first, lane)]!;
    switch (key) {
      case '1/0/10': // vmovups
      case '2/1/18': // vbroadcastss
        eachBits((lane) => valueBits[lane]!);
        break;
      case '1/0/58':
        each((lane) => left(lane) + values[lane]!);
        break;
      case '1/0/5c':
        each((lane) => left(lane) - values[lane]!);
        break;
      case '1/0/59':
        each((lane) => left(lane) * values[lane]!);
        break;
      case '1/0/5e':
        each((lane) => left(lane) / values[lane]!);
        break;
      case '1/0/51':
        each((lane) => Math.sqrt(values[lane]!));
        break;
      case '1/0/5d':
        each((lane) => (left(lane) < values[lane]! ? left(lane) : values[lane]!));
        break;
      case '1/0/5f':
        each((lane) => (left(lane) > values[lane]! ? left(lane) : values[lane]!));
        break;
      case '1/1/ef':
        eachBits((lane) => leftBits(lane) ^ valueBits[lane]!);
        break;
      case '1/1/eb':
        eachBits((lane) => leftBits(lane) | valueBits[lane]!);
        break;
      case '2/1/17': // vptest
        this.#isZero = true;
        for (let lane = 0; lane < lanes; lane++) if (bits[at(register, lane)]! & valueBits[lane]!) this.#isZero = false;
        break;
      case '2/1/27': // vptestmd
        if (register !== 1) throw new Error('the result of a test is k1');
        this.#mask = 0;
        for (let lane = 0; lane < lanes; lane++) if (leftBits(lane) & valueBits[lane]!) this.#mask |= 1 << lane;
        break;
      case '1/1/db':
        eachBits((lane) => leftBits(lane) & valueBits[lane]!);
        break;
      case '1/1/df':
        eachBits((lane) => ~leftBits(lane) & valueBits[lane]!);
        break;
      case '2/1/b8':
        each((lane) => floats[at(register, lane)]! + left(lane) * values[lane]!);
        break;
      case '1/0/c2': {
        const comparison = this.#byte();
        const holds = (lane: number) =>
          comparison === 0 ? left(lane) === values[lane]! : comparison === 0x1e && left(lane) > values[lane]!;
        if (lanes === 8) {
          eachBits((lane) => (holds(lane) ? 0xffffffff : 0));
          break;
        }
        if (register !== 1) throw new Error('the result of a comparison is k1');
        this.#mask = 0;
        for (let lane = 0; lane < lanes; lane++) if (holds(lane)) this.#mask |= 1 << lane;
        break;
      }
      case '3/1/25': // vpternlogd, used to set all bits under the mask
        if (this.#byte() !== 0xff || !isMasked) throw new Error('only all ones under the mask are known');
        eachBits((lane) => ((this.#mask >> lane) & 1 ? 0xffffffff : 0));
        break;
      default:
        throw new Error(`unknown vector instruction ${key}`);
    }
  }

  #find(address: number, bytes: number): { view: DataView; offset: number } {
    for (const [index, segment] of this.#memory.entries()) {
      const offset = address - segment.address;
      if (offset < 0 || offset + bytes > segment.view.byteLength) continue;
      // Found sooner next time.
      if (index > 0) [this.#memory[index - 1], this.#memory[index]] = [segment, this.#memory[index - 1]!];
      return { view: segment.view, offset };
    }
    throw new RangeError(`access to ${bytes} bytes outside the memory that was given`);
  }

  #readNumber(address: number): number {
    const { view, offset } = this.#find(address, 8);
    return Number(view.getBigInt64(offset, true));
  }

  #pushNumber(value: number): void {
    this.#registers[RSP]! -= 8;
    const { view, offset } = this.#find(this.#registers[RSP]!, 8);
    view.setBigInt64(offset, BigInt(value), true);
  }

  #popNumber(): number {
    const value = this.#readNumber(this.#registers[RSP]!);
    this.#registers[RSP]! += 8;
    return value;
  }

  #byte(): number {
    return this.#code.getUint8(this.#position++);
  }

  #int32(): number {
    this.#position += 4;
    return this.#code.getInt32(this.#position - 4, true);
  }
}

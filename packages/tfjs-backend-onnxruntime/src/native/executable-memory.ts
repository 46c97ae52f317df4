/** Memory with machine code in it, through the C library's mmap: written first, then made executable and read-only. */
import koffi from 'koffi';
import type { Pointer } from '../runtime/onnxruntime-api.js';

const READ_WRITE = 0x1 | 0x2;
const READ_EXECUTE = 0x1 | 0x4;
const PRIVATE_ANONYMOUS = process.platform === 'darwin' ? 0x2 | 0x1000 : 0x2 | 0x20;
const FAILED = 0xffff_ffff_ffff_ffffn;

interface MemoryFunctions {
  readonly mmap: (
    address: null,
    length: number,
    access: number,
    flags: number,
    file: number,
    offset: number,
  ) => Pointer;
  readonly mprotect: (address: Pointer, length: number, access: number) => number;
  readonly munmap: (address: Pointer, length: number) => number;
  readonly memcpy: (to: Pointer, from: Uint8Array, length: number) => void;
}

let functions: MemoryFunctions | null = null;

function loadFunctions(): MemoryFunctions {
  const library = koffi.load(null);
  return {
    mmap: library.func('mmap', 'void *', ['void *', 'size_t', 'int', 'int', 'int', 'int64_t']),
    mprotect: library.func('mprotect', 'int', ['void *', 'size_t', 'int']),
    munmap: library.func('munmap', 'int', ['void *', 'size_t']),
    memcpy: library.func('memcpy', 'void *', ['void *', 'void *', 'size_t']),
  } as MemoryFunctions;
}

/** Thrown where the system gives no memory that code may run in. */
export class NoExecutableMemory extends Error {}

/** Machine code at a fixed address. */
export class ExecutableMemory {
  readonly address: Pointer;
  readonly #length: number;

  /** @throws NoExecutableMemory when the system gives none, as some hardened ones do. */
  constructor(code: Uint8Array) {
    functions ??= loadFunctions();
    this.#length = code.byteLength;
    const address = functions.mmap(null, this.#length, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0);
    if (!address || address === FAILED) throw new NoExecutableMemory('no memory for machine code');
    this.address = address;
    functions.memcpy(address, code, this.#length);
    if (functions.mprotect(address, this.#length, READ_EXECUTE) !== 0) {
      this.release();
      throw new NoExecutableMemory('this system does not let memory be made executable');
    }
  }

  release(): void {
    functions!.munmap(this.address, this.#length);
  }
}

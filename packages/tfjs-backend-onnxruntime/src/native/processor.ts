/** Whether this machine can run the generated kernels. */
import koffi from 'koffi';
import { addressOf } from '../runtime/onnxruntime-api.js';
import { AVX2, AVX512, type VectorSet } from './assembler.js';
import { ExecutableMemory } from './executable-memory.js';

/**
 * `void find(uint32_t features[3])`: ECX of leaf 1, EBX of leaf 7, and what the system saves of the registers (XCR0).
 * The last two stay as they are where the processor cannot tell the third.
 */
const FIND_FEATURES = [
  [0x53], // push rbx
  [0x49, 0x89, 0xf8], // mov r8, rdi
  [0xb8, 1, 0, 0, 0, 0x31, 0xc9, 0x0f, 0xa2], // mov eax, 1; xor ecx, ecx; cpuid
  [0x41, 0x89, 0x08], // mov [r8], ecx
  [0xf7, 0xc1, 0, 0, 0, 0x08, 0x74, 22], // test ecx, 1 << 27; jz to the end
  [0xb8, 7, 0, 0, 0, 0x31, 0xc9, 0x0f, 0xa2], // mov eax, 7; xor ecx, ecx; cpuid
  [0x41, 0x89, 0x58, 0x04], // mov [r8 + 4], ebx
  [0x31, 0xc9, 0x0f, 0x01, 0xd0], // xor ecx, ecx; xgetbv
  [0x41, 0x89, 0x40, 0x08], // mov [r8 + 8], eax
  [0x5b, 0xc3], // pop rbx; ret
].flat();

/** Of leaf 1. */
const [FMA, AVX] = [1 << 12, 1 << 28];
/** Of leaf 7. */
const [AVX2_BIT, AVX512F_BIT] = [1 << 5, 1 << 16];
/** Registers that the system saves: of SSE and AVX, and of AVX-512. */
const SAVED_BY_AVX = 0x06;
const SAVED_BY_AVX512 = 0xe6;

let found: VectorSet | null | undefined;

/**
 * Returns the widest registers that generated kernels can use here; null where there are none. They need an x86-64
 * processor with AVX2 and FMA, Linux or macOS (their calling convention), and a system that lets memory be executable.
 */
export function findVectors(): VectorSet | null {
  if (found === undefined) found = hasConvention() ? findInstructions() : null;
  return found;
}

function hasConvention(): boolean {
  return process.arch === 'x64' && (process.platform === 'linux' || process.platform === 'darwin');
}

/**
 * Returns the widest registers of a processor: from ECX of leaf 1, EBX of leaf 7, and XCR0. What the processor has and the
 * system does not save would be lost at the next change of threads.
 */
export function chooseVectors([leaf1, leaf7, saved]: readonly [number, number, number]): VectorSet | null {
  const has = (value: number, bits: number) => (value & bits) === bits;
  if (!has(leaf1, FMA | AVX) || !has(leaf7, AVX2_BIT) || !has(saved, SAVED_BY_AVX)) return null;
  return has(leaf7, AVX512F_BIT) && has(saved, SAVED_BY_AVX512) ? AVX512 : AVX2;
}

function findInstructions(): VectorSet | null {
  try {
    const code = new Uint8Array(new ArrayBuffer(FIND_FEATURES.length));
    code.set(FIND_FEATURES);
    const memory = new ExecutableMemory(code);
    const features = new Uint32Array(new ArrayBuffer(12));
    koffi.call(memory.address, koffi.proto('void', ['void *']), addressOf(features));
    memory.release();
    return chooseVectors(features as unknown as [number, number, number]);
  } catch {
    return null;
  }
}

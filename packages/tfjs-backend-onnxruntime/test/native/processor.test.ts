import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AVX2, AVX512 } from '../../src/native/assembler.js';
import { ExecutableMemory } from '../../src/native/executable-memory.js';
import { chooseVectors, findVectors } from '../../src/native/processor.js';

/** CPUID and XCR0 of a Sapphire Rapids. */
const [LEAF1, LEAF7, XCR0] = [0xfffa3203, 0xf1bf07ab, 0xe7];

describe('The registers of a processor', () => {
  it.each([
    ['all of AVX-512, saved by the system', LEAF1, LEAF7, XCR0, AVX512],
    ['AVX-512 that the system does not save', LEAF1, LEAF7, 0x07, AVX2],
    ['AVX-512 whose upper registers the system does not save', LEAF1, LEAF7, 0x67, AVX2],
    ['AVX2 alone', LEAF1, LEAF7 & ~(1 << 16), 0x07, AVX2],
    ['AVX that the system does not save', LEAF1, LEAF7, 0x03, null],
    ['no FMA', LEAF1 & ~(1 << 12), LEAF7, XCR0, null],
    ['no AVX2', LEAF1, LEAF7 & ~(1 << 5), XCR0, null],
    ['none of it', 0, 0, 0, null],
  ])('are chosen for %s', (_, leaf1, leaf7, saved, expected) => {
    expect(chooseVectors([leaf1, leaf7, saved])).toBe(expected);
  });
});

describe.runIf(process.platform === 'linux' && findVectors())('Memory of machine code', () => {
  it('is never writable and executable', () => {
    const memory = new ExecutableMemory(new Uint8Array([0xc3]));
    const line = readFileSync('/proc/self/maps', 'utf8')
      .split('\n')
      .find((entry) => entry.startsWith(`${memory.address.toString(16)}-`));
    memory.release();
    expect(line?.split(' ')[1]).toBe('r-xp');
  });
});

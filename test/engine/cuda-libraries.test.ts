// What CUDA needs is looked for on the machine, and its absence is put into words.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findGpuProblem, findSharedLibrary, isGpuVisible } from '../../src/engine/cuda-libraries.js';

const thisFile = [import.meta.filename];

/** A folder with a library of this name. */
function makeLibrary(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'oneshot-libraries-'));
  writeFileSync(join(folder, name), '');
  return folder;
}

describe('a shared library', () => {
  test('is found where LD_LIBRARY_PATH leads', () => {
    const folder = makeLibrary('libstand-in.so.7');
    const env = { LD_LIBRARY_PATH: `/nowhere::${folder}` };
    expect(findSharedLibrary('libstand-in.so.7', env)).toBe(join(folder, 'libstand-in.so.7'));
    expect(findSharedLibrary('libstand-in.so.8', env)).toBeUndefined();
  });

  test.runIf(process.platform === 'linux' && process.arch === 'x64')('is found where the loader finds it', () => {
    expect(findSharedLibrary('libc.so.6', {})).toMatch(/\/libc\.so\.6$/);
  });
});

describe('a GPU', () => {
  test.each([
    [undefined, true],
    ['0', true],
    ['GPU-12ab', true],
    ['', false],
    ['-1', false],
    ['none', false],
  ])('with CUDA_VISIBLE_DEVICES=%s is visible: %s', (CUDA_VISIBLE_DEVICES, expected) => {
    expect(isGpuVisible({ CUDA_VISIBLE_DEVICES }, thisFile)).toBe(expected);
  });

  test('that is hidden, without a device and without a driver is told by what is missing', () => {
    expect(findGpuProblem({ CUDA_VISIBLE_DEVICES: '' }, thisFile)).toBe(
      'CUDA_VISIBLE_DEVICES= hides all GPUs: unset it',
    );
    expect(findGpuProblem({}, ['/dev/stand-in'])).toBe(
      'there is no NVIDIA GPU here, or its driver is not loaded: /dev/stand-in are missing',
    );
    expect(findGpuProblem({ LD_LIBRARY_PATH: makeLibrary('libcuda.so.1') }, thisFile)).toBeUndefined();
  });
});

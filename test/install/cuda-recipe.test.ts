// The engine cuda is put together from wheels, here small stand-ins, and from what the machine has.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { findSharedLibrary } from '../../src/engine/cuda-libraries.js';
import { cudaRecipe } from '../../src/install/cuda-recipe.js';
import { CUDA_LIBRARIES, type LibraryWheel, ONNXRUNTIME_CUDA } from '../../src/install/cuda-wheels.js';
import type { Wheel } from '../../src/install/fetch-wheel.js';
import { writeZip } from '../data/support/write-zip.js';

const ALL = [ONNXRUNTIME_CUDA, ...CUDA_LIBRARIES];
const CUDNN = CUDA_LIBRARIES.at(-1) as LibraryWheel;

/** Then cuDNN is always taken from its wheel. */
const hasCuda12 = findSharedLibrary('libcublas.so.12', {}) !== undefined;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oneshot-cuda-'));
});

/** Libraries of the machine, in a folder that LD_LIBRARY_PATH names. */
function placeOnMachine(names: readonly string[]): { LD_LIBRARY_PATH: string; ONESHOT_ENGINES: string } {
  const machine = join(folder, 'machine');
  mkdirSync(machine, { recursive: true });
  for (const name of names) writeFileSync(join(machine, name), 'of the machine');
  return { LD_LIBRARY_PATH: machine, ONESHOT_ENGINES: join(folder, 'engines') };
}

const namesOf = (parts: readonly LibraryWheel[]) => parts.flatMap(({ libraries }) => libraries);

/** Stands for the download: a wheel that holds the libraries, others and a licence. */
async function fetchStandIn(wheel: Wheel): Promise<string> {
  const { libraries } = ALL.find((part) => part.wheel === wheel) as LibraryWheel;
  const path = join(folder, wheel.file);
  const distribution = wheel.file.split('-').slice(0, 2).join('-');
  const names = [
    ...libraries.map((name) => `nvidia/cu13/lib/${name}`),
    'nvidia/cu13/lib/libother.so.1',
    'nvidia/cu13/include/header.h',
    `${distribution}.dist-info/licenses/License.txt`,
  ];
  writeZip(
    path,
    names.map((name) => ({ name, bytes: Buffer.from(basename(name)) })),
  );
  return path;
}

async function build(env: Record<string, string>, fetch = fetchStandIn): Promise<string> {
  const target = join(folder, 'cuda');
  mkdirSync(target);
  await cudaRecipe(env).build({ folder: target, env, from: undefined, fetch, onActivity: () => {} });
  return join(target, 'lib');
}

describe('the recipe of cuda', () => {
  test('takes everything that the machine lacks from wheels, and nothing else of them', async () => {
    // CUDA 12 on the machine keeps its cuDNN from being taken.
    const env = placeOnMachine([...CUDNN.libraries, 'libcublas.so.12']);
    const wheels = cudaRecipe(env).wheels.map(({ requirement }) => requirement);
    expect(wheels[0]).toBe('onnxruntime-gpu==1.30.0');
    expect(wheels).toContain('nvidia-cudnn-cu13==9.20.0.48');
    const lib = await build(env);
    const needed = ALL.filter(({ wheel }) => cudaRecipe(env).wheels.includes(wheel));
    for (const name of namesOf(needed)) expect(readFileSync(join(lib, name), 'utf8')).toBe(name);
    expect(readlinkSync(join(lib, 'libcudnn.so'))).toBe('libcudnn.so.9');
    expect(existsSync(join(lib, 'LICENSE.nvidia_cudnn_cu13'))).toBe(true);
    expect(readdirSync(lib).filter((name) => /other|header/.test(name))).toEqual([]);
  });

  test.skipIf(hasCuda12)("links the machine's own libraries, and downloads ONNX Runtime alone", async () => {
    const env = placeOnMachine(namesOf(CUDA_LIBRARIES));
    const recipe = cudaRecipe(env);
    expect(recipe.wheels).toEqual([ONNXRUNTIME_CUDA.wheel]);
    expect(recipe.diskBytes).toBe(ONNXRUNTIME_CUDA.diskBytes);
    expect(recipe.recipe).toBe('onnxruntime-gpu==1.30.0');
    const lib = await build(env);
    for (const name of namesOf(CUDA_LIBRARIES)) expect(readFileSync(join(lib, name), 'utf8')).toBe('of the machine');
    expect(readlinkSync(join(lib, 'libcurand.so.10'))).toBe(join(env.LD_LIBRARY_PATH, 'libcurand.so.10'));
  });

  test('takes a wheel where the machine has a part of its libraries only', () => {
    const env = placeOnMachine(namesOf(CUDA_LIBRARIES).filter((name) => name !== 'libcudnn_graph.so.9'));
    expect(cudaRecipe(env).wheels).toEqual([ONNXRUNTIME_CUDA.wheel, CUDNN.wheel]);
  });

  test('does not take the libraries of an installed engine for those of the machine', () => {
    const { ONESHOT_ENGINES } = placeOnMachine([]);
    const installed = join(ONESHOT_ENGINES, 'cuda', 'lib');
    mkdirSync(installed, { recursive: true });
    for (const name of CUDNN.libraries) writeFileSync(join(installed, name), '');
    const before = cudaRecipe({ ONESHOT_ENGINES }).recipe;
    expect(cudaRecipe({ ONESHOT_ENGINES, LD_LIBRARY_PATH: installed }).recipe).toBe(before);
  });

  test.skipIf(hasCuda12)('is refused when a wheel does not hold a library', async () => {
    const env = placeOnMachine(namesOf(CUDA_LIBRARIES));
    const empty = async ({ file }: Wheel) => {
      writeZip(join(folder, file), [{ name: 'onnxruntime/LICENSE', bytes: Buffer.from('') }]);
      return join(folder, file);
    };
    await expect(build(env, empty)).rejects.toMatchObject({
      code: 'engine',
      message: expect.stringMatching(/^onnxruntime_gpu-1\.30\.0-.*\.whl does not hold libonnxruntime\.so\.1\.30\.0, /),
    });
  });

  test.runIf(process.platform === 'linux' && process.arch === 'x64')(
    'is refused without a GPU before anything is downloaded',
    () => {
      const env = { ...placeOnMachine([]), CUDA_VISIBLE_DEVICES: '' };
      expect(() => cudaRecipe(env).checkMachine(env)).toThrow(
        expect.objectContaining({ code: 'engine', message: 'CUDA_VISIBLE_DEVICES= hides all GPUs: unset it' }),
      );
    },
  );
});

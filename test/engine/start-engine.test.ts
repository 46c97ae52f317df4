import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { explainCudaFailure } from '../../src/engine/cuda-engine.js';
import type { EngineName } from '../../src/engine/engine.js';
import { engineEnvironment, listAutoOrder, mayUseGpu, startEngine } from '../../src/engine/start-engine.js';

afterEach(() => vi.unstubAllEnvs());

describe('an engine', () => {
  it('that works here is started for auto', async () => {
    const engine = await startEngine('auto', { threads: 1 });
    expect(engine.tf.tensor1d([1, 2]).square().dataSync()).toEqual(Float32Array.of(1, 4));
    engine.dispose();
  });

  it('that is started again after its end works again', async () => {
    for (const name of ['auto', 'cpu', 'auto'] as const) {
      const engine = await startEngine(name, { threads: 1 });
      expect(engine.tf.getBackend()).toBe(engine.name);
      engine.dispose();
    }
  });

  it('that does not start is an engine error with the reason', async () => {
    await expect(startEngine('webgl' as EngineName)).rejects.toMatchObject({
      code: 'engine',
      message: expect.stringContaining('no compute engine starts here (webgl: '),
    });
  });
});

/** A folder that looks as if the engine tensorflow were installed in it. */
function pretendTensorFlow(variant: 'cpu' | 'gpu', version = '4.22.0'): { ONESHOT_ENGINES: string } {
  const engines = mkdtempSync(join(tmpdir(), 'oneshot-engines-'));
  const home = join(engines, 'tensorflow', 'node_modules', '@tensorflow', 'tfjs-node');
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'package.json'), JSON.stringify({ version }));
  writeFileSync(
    join(engines, 'tensorflow', 'installed.json'),
    JSON.stringify({ name: 'tensorflow', variant, recipe: '', bytes: 1 }),
  );
  return { ONESHOT_ENGINES: engines };
}

/** A folder that looks as if the engine cuda were installed in it. */
function pretendCuda(): { ONESHOT_ENGINES: string } {
  const engines = mkdtempSync(join(tmpdir(), 'oneshot-engines-'));
  mkdirSync(join(engines, 'cuda', 'lib'), { recursive: true });
  writeFileSync(
    join(engines, 'cuda', 'installed.json'),
    JSON.stringify({ name: 'cuda', variant: 'gpu', recipe: '', bytes: 1 }),
  );
  return { ONESHOT_ENGINES: engines };
}

describe('the order of auto', () => {
  const onProcessor = ['onnxruntime', 'tensorflow', 'cuda', 'webgpu', 'cpu'];
  const onGpu = ['tensorflow', 'onnxruntime', 'cuda', 'webgpu', 'cpu'];
  const thisFile = [import.meta.filename];

  it.each([
    ['an engine for GPUs and a GPU', 'gpu', thisFile, undefined, onGpu],
    ['one GPU of several', 'gpu', thisFile, '1', onGpu],
    ['a GPU that is hidden', 'gpu', thisFile, '', onProcessor],
    ['a GPU that is hidden by -1', 'gpu', thisFile, '-1', onProcessor],
    ['an engine for GPUs and no GPU', 'gpu', [], undefined, onProcessor],
    ['an engine for processors and a GPU', 'cpu', thisFile, undefined, onProcessor],
  ] as const)('with %s', (_, variant, gpuFiles, visible, expected) => {
    const env = { ...pretendTensorFlow(variant), CUDA_VISIBLE_DEVICES: visible };
    expect(listAutoOrder(env, gpuFiles)).toEqual(expected);
  });

  it('has cuda first where it is installed and a GPU is there', () => {
    const env = pretendCuda();
    expect(listAutoOrder(env, thisFile)).toEqual(['cuda', 'onnxruntime', 'tensorflow', 'webgpu', 'cpu']);
    expect(listAutoOrder(env, [])).toEqual(onProcessor);
    expect(listAutoOrder({ ...env, CUDA_VISIBLE_DEVICES: '' }, thisFile)).toEqual(onProcessor);
  });

  it('gives GPUs only to engines that use them', () => {
    const gpu = pretendTensorFlow('gpu');
    expect(mayUseGpu('tensorflow', gpu)).toBe(true);
    expect(mayUseGpu('tensorflow', pretendTensorFlow('cpu'))).toBe(false);
    expect(mayUseGpu('onnxruntime', gpu)).toBe(false);
    expect(mayUseGpu('cuda', gpu)).toBe(false);
    expect(mayUseGpu('cuda', pretendCuda())).toBe(true);
  });
});

describe('the engine tensorflow', () => {
  it('that is not installed says how to install it', async () => {
    vi.stubEnv('ONESHOT_ENGINES', mkdtempSync(join(tmpdir(), 'oneshot-engines-')));
    await expect(startEngine('tensorflow')).rejects.toMatchObject({
      code: 'engine',
      message: 'no compute engine starts here (tensorflow: it is not installed)',
      hint: '`oneshot engine install tensorflow` installs it',
    });
  });

  it('of another version than TensorFlow.js is refused', async () => {
    vi.stubEnv('ONESHOT_ENGINES', pretendTensorFlow('cpu', '4.21.0').ONESHOT_ENGINES);
    await expect(startEngine('tensorflow')).rejects.toMatchObject({
      message: expect.stringMatching(/tfjs-node is version 4\.21\.0, and has to be 4\.22\.0/),
    });
  });

  it('has its process keep memory, but for what the user says otherwise', () => {
    const variables = engineEnvironment('tensorflow', { MALLOC_TOP_PAD_: '1' });
    expect(Object.keys(variables)).toEqual(['MALLOC_MMAP_THRESHOLD_', 'MALLOC_TRIM_THRESHOLD_']);
    expect(engineEnvironment('auto', {})).toEqual({});
  });
});

describe('the engine cuda', () => {
  it('that is not installed says how to install it', async () => {
    vi.stubEnv('ONESHOT_ENGINES', mkdtempSync(join(tmpdir(), 'oneshot-engines-')));
    await expect(startEngine('cuda')).rejects.toMatchObject({
      code: 'engine',
      message: 'no compute engine starts here (cuda: it is not installed)',
      hint: '`oneshot engine install cuda` installs it',
    });
  });

  it('says that CUDA_VISIBLE_DEVICES hides all GPUs', async () => {
    vi.stubEnv('ONESHOT_ENGINES', pretendCuda().ONESHOT_ENGINES);
    vi.stubEnv('CUDA_VISIBLE_DEVICES', '-1');
    await expect(startEngine('cuda')).rejects.toMatchObject({
      code: 'engine',
      message: 'no compute engine starts here (cuda: CUDA_VISIBLE_DEVICES=-1 hides all GPUs: unset it)',
    });
  });

  it('has its process search the folder of its libraries, before what the user says', () => {
    const env = pretendCuda();
    const folder = join(env.ONESHOT_ENGINES, 'cuda', 'lib');
    expect(engineEnvironment('cuda', env)).toEqual({ LD_LIBRARY_PATH: folder });
    expect(engineEnvironment('cuda', { ...env, LD_LIBRARY_PATH: '/opt/lib' })).toEqual({
      LD_LIBRARY_PATH: `${folder}:/opt/lib`,
    });
    expect(engineEnvironment('cuda', { ...env, LD_LIBRARY_PATH: `/opt/lib:${folder}` })).toEqual({});
    expect(engineEnvironment('onnxruntime', env)).toEqual({});
  });

  it.each([
    [
      '1 : FAIL : Failed to load library /a/libonnxruntime_providers_cuda.so with error: libcublasLt.so.13: cannot open shared object file: No such file',
      /^the library libcublasLt\.so\.13 is not found: .*oneshot engine install cuda/,
    ],
    [
      'CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version ; GPU=-1',
      /^NVIDIA's driver is too old for CUDA 13: install 580/,
    ],
    ['CUDA failure 100: no CUDA-capable device is detected', /^the driver finds no GPU/],
    ['CUDA failure 2: out of memory', /^the memory of the GPU is taken/],
    ['cuDNN library was not found', /^cuDNN 9 is not found/],
    ['something else', /^something else$/],
  ])('explains %s', (message, expected) => {
    expect(explainCudaFailure(message)).toMatch(expected);
  });
});

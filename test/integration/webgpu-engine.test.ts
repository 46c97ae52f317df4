// The engine `webgpu`, installed for real: 54 MB from npm. Without a Vulkan driver it says what is missing and is not
// installed; then Mesa's lavapipe, which computes on processors, takes the place of a GPU.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import type { EngineVerdict } from '../../src/engine/judge-engines.js';
import { newFolder, repeatablePartOf, runCommand, runFoldersOf } from '../support/run-command.js';
import { checkEngineContract } from './support/check-engine-contract.js';
import { installLavapipe } from './support/install-lavapipe.js';

const ROOT = resolve(import.meta.dirname, '../..');
const TINY = resolve(ROOT, 'test/fixtures/tiny.yaml');
const engines = newFolder();
const env = { ONESHOT_ENGINES: engines };
const install = () => runCommand(['engine', 'install', 'webgpu'], { env });
const isThere = () => existsSync(join(engines, 'webgpu'));

const withoutDriver = await install();
const wasThere = isThere();
if (withoutDriver.code !== 0) installLavapipe();
const installation = withoutDriver.code === 0 ? withoutDriver : await install();

// Few steps: lavapipe takes seconds for one.
const SHORT = [
  ...['--set', 'training.maxEpochs=1', '--set', 'training.stepsPerEpoch=3', '--set', 'training.validation.queries=8'],
  ...['--set', 'evaluation=[{protocol: within-alphabet, nWay: 4, episodes: 4}]'],
];

// Outputs of 302 MB for 72 pictures: more than lavapipe binds at once. GPUs bind 2 GB and more.
const LARGE = ['--set', 'model.encoder[conv1].filters=4096'];
const list = JSON.parse((await runCommand(['engine', 'list', '--json'], { env })).stdout) as EngineVerdict[];
const settings = list.find(({ name }) => name === 'webgpu')?.description?.settings;
const isLavapipe = String(settings?.adapter).includes('llvmpipe');

afterAll(async () => {
  await runCommand(['engine', 'uninstall', 'webgpu'], { env });
  expect(isThere()).toBe(false);
});

test.skipIf(withoutDriver.code === 0)('it says what is missing without a driver, and is not installed', () => {
  expect(withoutDriver.stderr).toContain('it needs libvulkan.so.1 and a Vulkan driver of the GPU');
  expect(wasThere).toBe(false);
});

test('it is installed, and listed with its device', () => {
  expect(installation.code, installation.stderr).toBe(0);
  expect(installation.stdout).toMatch(/^installed webgpu 0\.6\.2 in .+: version 0\.6\.2/);
  expect(settings).toMatchObject({ device: isLavapipe ? 'cpu' : 'gpu' });
});

test('it keeps the contract of engines', async () => {
  const { passed, failures } = await checkEngineContract('webgpu', env);
  expect(failures).toEqual([]);
  expect(passed).toBeGreaterThan(40);
});

describe('the engine webgpu', () => {
  test('trains to equal bytes twice', async () => {
    const [first, second] = [newFolder(), newFolder()];
    for (const runs of [first, second]) {
      const { code, stderr } = await runCommand(['run', TINY, '--engine', 'webgpu', '--runs', runs, ...SHORT], { env });
      expect(code, stderr).toBe(0);
    }
    const [a, b] = [first, second].map((runs) => repeatablePartOf(runFoldersOf(runs, 'tiny')[0] as string));
    expect(a).toEqual(b);
  });

  test.skipIf(!isLavapipe)('refuses a network that the GPU cannot bind before it is trained', async () => {
    const result = await runCommand(['run', TINY, '--engine', 'webgpu', '--runs', newFolder(), ...LARGE, ...SHORT], {
      env,
    });
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/webgpu computes with tensors of up to \d+ MB here; the outputs of conv1 for/);
  });

  test('throws what the GPU reports instead of going on with arbitrary numbers', async () => {
    const script = `
      const { startEngine } = await import('${join(ROOT, 'dist/engine/start-engine.js')}');
      const { tf, flush, largestTensorBytes } = await startEngine('webgpu');
      const rows = Math.ceil(largestTensorBytes / 4 / 1000) + 1;
      const tooLarge = tf.ones([rows, 1000]);
      const read = await tf.sum(tf.matMul(tooLarge, tf.ones([1000, 1]))).data().then(() => 'values', ({ code }) => code);
      let flushed = 'nothing';
      try { flush(); } catch ({ code }) { flushed = code; }
      console.log(read, flushed);
      process.exit(0);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, ...env },
    });
    // Before it stands what the GPU library prints itself.
    expect(stdout.trim().split('\n').at(-1)).toBe('engine engine');
  });
});

// The engine `tensorflow`, installed for real: about 210 MB from PyPI and npm, a compilation, then trainings with it.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runWithInterruptions } from '../support/interrupt-runs.js';
import {
  newFolder,
  repeatablePartOf,
  runCommand,
  runFoldersOf,
  startCommand,
  trialProcessOf,
  waitFor,
} from '../support/run-command.js';
import { checkEngineContract } from './support/check-engine-contract.js';

const TINY = resolve(import.meta.dirname, '../fixtures/tiny.yaml');
const engines = newFolder();
const before = process.env.ONESHOT_ENGINES;

const trainTiny = (runs: string) => ['run', TINY, '--engine', 'tensorflow', '--runs', runs];
const folderOf = (runs: string) => runFoldersOf(runs, 'tiny')[0] as string;

beforeAll(async () => {
  process.env.ONESHOT_ENGINES = engines;
  const result = await runCommand(['engine', 'install', 'tensorflow', '--yes']);
  expect(result.code, result.stderr).toBe(0);
  expect(result.stdout).toMatch(/^installed tensorflow 2\.15\.1 in /);
});

afterAll(() => {
  if (before === undefined) delete process.env.ONESHOT_ENGINES;
  else process.env.ONESHOT_ENGINES = before;
});

describe('the engine tensorflow, installed by the command', () => {
  let quiet: ReturnType<typeof repeatablePartOf>;

  beforeAll(async () => {
    const runs = newFolder();
    const { result } = startCommand(trainTiny(runs));
    const trial = await waitFor(() => {
      const [folder] = runFoldersOf(runs, 'tiny');
      return folder === undefined ? undefined : trialProcessOf(folder);
    });
    expect(readFileSync(`/proc/${trial}/environ`, 'utf8')).toContain('MALLOC_TRIM_THRESHOLD_=');
    const { code, stderr } = await result;
    expect(code, stderr).toBe(0);
    quiet = repeatablePartOf(folderOf(runs));
    expect(readFileSync(join(folderOf(runs), 'log.txt'), 'utf8')).not.toContain('already registered');
    const conditions = JSON.parse(readFileSync(join(folderOf(runs), 'conditions.json'), 'utf8'));
    expect(conditions.engine).toEqual({
      name: 'tensorflow',
      version: '2.15.1',
      tensorflowJsVersion: '4.22.0',
      threads: 1,
      settings: { binding: '4.22.0', device: 'cpu', oneDnn: '1' },
    });
  });

  test('is there when it is asked for again', async () => {
    const again = await runCommand(['engine', 'install', 'tensorflow']);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toBe(`tensorflow 2.15.1 is installed already: ${join(engines, 'tensorflow')}\n`);
  });

  test('is listed with its size and agrees with cpu', async () => {
    const { code, stdout } = await runCommand(['engine', 'list', '--json']);
    expect(code).toBe(0);
    const found = JSON.parse(stdout).find(({ name }: { name: string }) => name === 'tensorflow');
    expect(found.problem).toBeUndefined();
    expect(found.deviation).toBeLessThan(1e-5);
    expect(found.installed).toMatchObject({ variant: 'cpu' });
    expect(found.installed.bytes).toBeGreaterThan(600e6);
  });

  test('keeps the contract of engines', async () => {
    const { passed, failures } = await checkEngineContract('tensorflow', { ONESHOT_ENGINES: engines });
    expect(failures).toEqual([]);
    expect(passed).toBeGreaterThan(40);
  });

  test('has the step of a relu as other engines have it, NaN included', async () => {
    const script = `
      const { startEngine } = await import('${resolve(import.meta.dirname, '../../dist/engine/start-engine.js')}');
      const { tf } = await startEngine('tensorflow');
      const steps = [tf.step(tf.tensor1d([NaN, -1, 0, 2])), tf.step(tf.tensor1d([NaN, -1, 0, 2]), 0.5)];
      console.log(JSON.stringify(steps.map((step) => [...step.dataSync()].map(String))));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    expect(JSON.parse(stdout)).toEqual([
      ['NaN', '0', '0', '1'],
      ['NaN', '0.5', '0.5', '1'],
    ]);
  });

  test('trains to equal bytes twice', async () => {
    const runs = newFolder();
    const { code, stderr } = await runCommand(trainTiny(runs));
    expect(code, stderr).toBe(0);
    expect(repeatablePartOf(folderOf(runs))).toEqual(quiet);
  });

  test('goes on after being killed, to equal bytes', async () => {
    const runs = newFolder();
    const { interruptions } = await runWithInterruptions(trainTiny(runs), 'tiny', runs, {
      times: 3,
      longestMs: 6000,
      seed: 1,
      kinds: ['kill trial', 'kill both', 'interrupt'],
    });
    expect(interruptions.length).toBeGreaterThan(0);
    expect(repeatablePartOf(folderOf(runs))).toEqual(quiet);
  });

  test('does not go on with what another engine began', async () => {
    const runs = newFolder();
    const args = ['run', TINY, '--engine', 'onnxruntime', '--runs', runs];
    const { child, result } = startCommand(args);
    await waitFor(() => (existsSync(join(folderOf(runs) ?? '', 'last.safetensors')) ? true : undefined));
    child.kill('SIGINT');
    expect((await result).code).toBe(130);
    const other = await runCommand(trainTiny(runs));
    expect(other.code).toBe(1);
    expect(other.stderr).toContain('name was "onnxruntime" and is "tensorflow"');
  });
});

test('it is gone after `uninstall`', async () => {
  expect((await runCommand(['engine', 'uninstall', 'tensorflow'])).stdout).toMatch(/^removed tensorflow: \d+ MB freed/);
  expect(existsSync(join(engines, 'tensorflow'))).toBe(false);
  const missing = await runCommand([...trainTiny(newFolder())]);
  expect(missing.code).toBe(2);
  expect(missing.stderr).toContain('`oneshot engine install tensorflow` installs it');
});

// The command line as a user meets it: exit codes, what goes to which stream, and that wrong input leaves nothing behind.
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DATA_FOLDER, newFolder, runCommand } from '../support/run-command.js';

const TINY = resolve(import.meta.dirname, '../fixtures/tiny.yaml');
const KOCH = resolve(import.meta.dirname, '../../experiments/presets/koch2015.yaml');

function writeExperiment(text: string): string {
  const path = join(newFolder(), 'broken.yaml');
  writeFileSync(path, text);
  return path;
}

describe('wrong input', () => {
  test('ends with exit code 2, every problem at its place, no stack trace, and nothing in the runs folder', async () => {
    const path = writeExperiment(
      'name: a\ndata: {dataset: glyphs, sed: 2}\nseeds: [1, x]\nevaluation: [{protocol: within-alphabet, nWay: 1}]\n',
    );
    const runs = join(newFolder(), 'runs');
    const result = await runCommand(['run', path, '--runs', runs]);
    expect(result.code).toBe(2);
    expect(result.stdout).toBe('');
    for (const place of [':2:25 data:', ':3:12 seeds[1]:', ':4:48 evaluation[0].nWay:'])
      expect(result.stderr).toContain(path + place);
    expect(result.stderr).not.toMatch(/\bat .*\.js:\d+/);
    expect(existsSync(runs)).toBe(false);
  });

  test('validate prints all problems of all files to standard output, as text, JSON or annotations', async () => {
    const path = writeExperiment(
      'name: a\ndata: {dataset: glyphs, sed: 2}\nevaluation: [{protocol: within-alphabet}]\n',
    );
    const text = await runCommand(['validate', path, TINY]);
    expect(text.code).toBe(2);
    expect(text.stdout).toContain(`${path}:2:25 data: found key sed`);
    expect(text.stderr).toContain('valid');
    const json = await runCommand(['validate', path, '--format', 'json']);
    expect(JSON.parse(json.stdout)).toMatchObject([{ line: 2, column: 25, code: 'unknown-key', nearest: 'seed' }]);
    const github = await runCommand(['validate', path, '--format', 'github']);
    expect(github.stdout).toMatch(/^::error file=.*,line=2,col(umn)?=25/m);
    expect((await runCommand(['validate', TINY, KOCH])).code).toBe(0);
  });

  test.each([
    [['validate', 'no-such-file.yaml']],
    [['run', TINY, '--set', 'training.maxEpochs=many']],
    [['run', TINY, '--set', 'nonsense']],
    [['run', TINY, '--parallel', '0']],
    [['run', TINY, '--engine', 'abacus']],
    [['run']],
    [['fly']],
    [['status', 'no-such-folder']],
    [['sync', '.']],
  ])('%j ends with exit code 2 and a sentence on standard error or output', async (args) => {
    const result = await runCommand(args, { cwd: newFolder() });
    expect(result.code).toBe(2);
    expect(result.stdout + result.stderr).not.toBe('');
    expect(result.stderr).not.toMatch(/\bat .*\.js:\d+/);
  });
});

describe('plan', () => {
  test('prints the parameters of the network of Koch et al. 2015 exactly, and starts nothing', async () => {
    const runs = join(newFolder(), 'runs');
    const result = await runCommand(['plan', KOCH, '--runs', runs]);
    expect(result.code).toBe(0);
    expect(result.stdout).toContain('38,951,745');
    expect(existsSync(runs)).toBe(false);
    const json = await runCommand(['plan', KOCH, '--json', '--runs', runs]);
    expect(JSON.parse(json.stdout).trials[0]).toMatchObject({ progress: 'new', cost: { parameters: 38_951_745 } });
  });
});

describe('help', () => {
  test('names every command, exit codes and examples', async () => {
    const result = await runCommand(['--help']);
    expect(result.code).toBe(0);
    for (const word of ['validate', 'plan', 'run', 'status', 'compare', 'report', 'sync', 'Exit codes', 'Examples'])
      expect(result.stdout).toContain(word);
    expect((await runCommand(['run', '--help'])).stdout).toContain('--set <key.path=value>');
    expect((await runCommand(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('a runs folder that cannot be written', () => {
  test('is reported as what it is, with exit code 1', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'runs'), 'a file, not a folder');
    const result = await runCommand(['run', TINY, '--runs', join(folder, 'runs')]);
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/cannot write the run folder .*runs/);
    expect(result.stderr).not.toMatch(/\bat .*\.js:\d+/);
    expect(readdirSync(folder)).toEqual(['runs']);
  });
});

describe('a data set whose files are missing', () => {
  test.each([
    ['omniglot', 'omniglot-small', [], 'images_background.zip', 'oneshot data fetch omniglot'],
    [
      "Lake's runs",
      'omniglot-small',
      ['images_background.zip', 'images_evaluation.zip'],
      'all_runs.zip',
      'oneshot data fetch omniglot',
    ],
    [
      'MNIST beside Omniglot',
      'mnist-transfer',
      ['images_background.zip', 'images_evaluation.zip', 'all_runs.zip'],
      't10k-images-idx3-ubyte.gz',
      'oneshot data fetch mnist',
    ],
  ])('%s: is told once, before anything is begun', async (_, experiment, present, missing, command) => {
    const folder = newFolder();
    const data = join(folder, 'data');
    mkdirSync(data);
    for (const name of present) symlinkSync(join(DATA_FOLDER, name), join(data, name));
    const file = resolve(import.meta.dirname, `../../experiments/${experiment}.yaml`);
    const result = await runCommand(['run', file, '--set', 'seeds=[1, 2, 3]', '--runs', join(folder, 'runs')], {
      env: { ONESHOT_DATA: data },
    });
    expect(result.code).toBe(2);
    expect(result.stderr.split('\n').filter((line) => line.includes('is missing'))).toEqual([
      `error: ${join(data, missing)} is missing`,
    ]);
    expect(result.stderr).toContain(command);
    expect(existsSync(join(folder, 'runs'))).toBe(false);
  });
});

test.each(['tensorflow', 'cuda', 'webgpu'])(
  'an engine that is not installed (%s) is told once, before anything is begun',
  async (engine) => {
    const folder = newFolder();
    const result = await runCommand(['run', TINY, '--engine', engine, '--runs', join(folder, 'runs')], {
      env: { ONESHOT_ENGINES: join(folder, 'engines') },
    });
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(`oneshot engine install ${engine}`);
    expect(readdirSync(folder)).toEqual([]);
  },
);

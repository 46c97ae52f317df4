// The packages as they would be published, installed together in an empty project, used there as by somebody who has no clone.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { DEVICE_FOLDER, newFolder } from '../support/run-command.js';

const ROOT = resolve(import.meta.dirname, '../..');
const project = newFolder();

const run = (program: string, ...args: string[]) =>
  execFileSync(program, args, {
    cwd: project,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ONESHOT_DEVICES: DEVICE_FOLDER, MLFLOW_TRACKING_URI: '', CI: '1' },
  });

beforeAll(() => {
  const staged = newFolder();
  const folders = execFileSync(process.execPath, [join(ROOT, 'release/stage-packages.js'), staged], {
    encoding: 'utf8',
  })
    .trim()
    .split('\n');
  const archives = folders.map((folder) =>
    join(staged, execFileSync('npm', ['pack', '--silent', folder], { cwd: staged, encoding: 'utf8' }).trim()),
  );
  writeFileSync(join(project, 'package.json'), '{"name": "project", "private": true}\n');
  run('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', ...archives);
});

test('no install script fetches anything: the libraries of ONNX Runtime come along', () => {
  const { packages } = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { hasInstallScript?: boolean; resolved?: string }>;
  };
  const withScripts = Object.keys(packages).filter((path) => packages[path]!.hasInstallScript);
  // A build that is skipped where the binary of its platform package is there.
  expect(withScripts).toEqual(['node_modules/koffi']);
  expect(existsSync(join(project, 'node_modules/onnxruntime-node'))).toBe(false);
  // What is used of it comes with the program, as one file.
  expect(existsSync(join(project, 'node_modules/@tensorflow'))).toBe(false);
});

test('a starter is written and run with the embedded engine', () => {
  run('npx', 'oneshot', 'init', 'my');
  const short = ['training.maxEpochs=1', 'training.stepsPerEpoch=2', 'resources.engine=onnxruntime'];
  const told = run('npx', 'oneshot', 'run', 'my/experiment.yaml', '--json', ...short.flatMap((set) => ['--set', set]));
  const [{ outcome, results }] = JSON.parse(told).trials;
  expect(outcome).toEqual({ state: 'finished' });
  expect(results.length).toBeGreaterThan(0);
});

test('the files that the help speaks of are brought by init, and are valid there', () => {
  const help = run('npx', 'oneshot', '--help');
  expect(help).toContain('oneshot init --examples');
  const written = run('npx', 'oneshot', 'init', '--examples').trim().split('\n');
  expect(written).toContain(join('experiments', 'quickstart.yaml'));
  const commands = ['--help', ...['validate', 'plan', 'run', 'evaluate'].map((name) => `${name} --help`)];
  const named = commands.flatMap((command) => [
    ...run('npx', 'oneshot', ...command.split(' ')).matchAll(/experiments\/[\w-]+\.yaml/g),
  ]);
  expect(named.length).toBeGreaterThan(3);
  for (const [file] of named) expect(existsSync(join(project, file))).toBe(true);
  const files = readdirSync(join(project, 'experiments')).filter((name) => name.endsWith('.yaml'));
  run('npx', 'oneshot', 'validate', ...files.map((name) => `experiments/${name}`));
});

test('the library is found, and nothing else', () => {
  const code = `
    import { planExperiment } from 'oneshot-runner';
    console.log(planExperiment('my/experiment.yaml').trials.length);
    await import('oneshot-runner/dist/programs/main.js').catch((error) => console.log(error.code));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: project,
    encoding: 'utf8',
  });
  expect([stdout, stderr]).toEqual(['1\nERR_PACKAGE_PATH_NOT_EXPORTED\n', '']);
});

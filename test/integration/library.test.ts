// The library as other programs have it: the examples of its document, its types, the results of the command, progress,
// an abort, and nothing that can be imported besides.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { drawGlyphs } from '../../src/data/glyphs/glyphs-data-set.js';
import { writeGlyphFiles } from '../support/glyph-files.js';
import { DEVICE_FOLDER, newFolder, runCommand, runFoldersOf } from '../support/run-command.js';

const ROOT = resolve(import.meta.dirname, '../..');
const TINY = join(ROOT, 'test/fixtures/tiny.yaml');
const place = newFolder();

const examples = [...readFileSync(join(ROOT, 'docs/library.md'), 'utf8').matchAll(/^```js\n(.*?)^```$/gms)].map(
  ([, code]) => code!,
);

/** Runs a program beside the installed package. */
function run(code: string): { status: number | null; stdout: string; stderr: string } {
  const file = join(place, 'program.mjs');
  writeFileSync(file, code);
  return spawnSync(process.execPath, [file], {
    cwd: place,
    encoding: 'utf8',
    env: { ...process.env, ONESHOT_DEVICES: DEVICE_FOLDER, MLFLOW_TRACKING_URI: '' },
  });
}

beforeAll(() => {
  mkdirSync(join(place, 'node_modules'));
  symlinkSync(ROOT, join(place, 'node_modules/oneshot-runner'), 'dir');
  writeFileSync(
    join(place, 'letters.yaml'),
    `extends: ${TINY}\nname: letters\ndata: {validationAlphabets: 2}\ntraining: {maxEpochs: 1}\n`,
  );
  const drawn = drawGlyphs({
    dataset: 'glyphs',
    seed: 1,
    trainAlphabets: 3,
    validationAlphabets: 2,
    testAlphabets: 2,
    charactersPerAlphabet: 8,
    drawers: 6,
    imageSize: 16,
    inkGain: 1,
  });
  writeGlyphFiles(drawn, join(place, 'known'), { alphabet: 'test-01', characters: 5, drawers: [0] });
  writeGlyphFiles(drawn, join(place, 'new'), { alphabet: 'test-01', characters: 5, drawers: [1, 2] });
  copyFileSync(join(place, 'new/character01/1.png'), join(place, 'new/a.png'));
  copyFileSync(join(place, 'new/character02/1.png'), join(place, 'new/b.png'));
});

describe('the examples of docs/library.md run, one after the other', () => {
  test('check and plan', () => {
    const { status, stdout, stderr } = run(examples[0]!);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^seed=1 new \d+\nseed=2 new \d+\n$/);
  });

  test('run', () => {
    const { status, stdout, stderr } = run(examples[1]!);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('seed=1 finished\n');
    expect(stdout).toMatch(/test\/within-alphabet\/2-way-1-shot\S* network 20 /);
    expect(stdout).toMatch(/\{ step: 1, value: [\d.]+ \}/);
  });

  test('name pictures, as `oneshot classify --json` does', async () => {
    const { status, stdout, stderr } = run(examples[2]!);
    expect([status, stderr]).toEqual([0, '']);
    const told = await runCommand(['classify', 'runs/letters', '--support', 'known', 'new', '--json', '--top', '2'], {
      cwd: place,
    });
    const { threshold, answers } = JSON.parse(told.stdout);
    const lines = answers.map(
      ({ picture, name, classes }: { picture: string; name: string | null; classes: { probability: number }[] }) =>
        `${picture} ${name ?? 'unknown'} ${classes[0]!.probability}`,
    );
    expect(stdout.split('\n').slice(0, 1 + lines.length)).toEqual([`unknown below ${threshold}`, ...lines]);
    expect(stdout).toContain('new/character01/1.png 32\n');
  });
});

test('results are those that the command prints, of an object as of a file', async () => {
  const { status, stdout, stderr } = run(`
    import { planExperiment, runExperiment, validateExperiment } from 'oneshot-runner';
    const source = { extends: 'letters.yaml', name: 'object' };
    console.log(JSON.stringify({
      plan: planExperiment(source),
      outcome: await runExperiment(source).outcome,
      bad: validateExperiment({ ...source, data: { imageSize: 'large' } }),
    }));`);
  expect([status, stderr]).toEqual([0, '']);
  const told = JSON.parse(stdout);
  const set = ['letters.yaml', '--set', 'name=object', '--json'];
  expect(JSON.parse((await runCommand(['run', ...set], { cwd: place })).stdout)).toEqual(told.outcome);
  const { trials, ...head } = JSON.parse((await runCommand(['plan', ...set], { cwd: place })).stdout);
  const [{ folder, progress, ...trial }] = told.plan.trials;
  expect([progress, trials[0].progress]).toEqual(['new', 'finished']);
  expect({ ...head, trial }).toMatchObject({ experiment: 'object', time: null, trial: { id: trials[0].id } });
  expect(told.plan.trials[0].cost).toEqual(trials[0].cost);
  expect(folder).toBe(told.outcome.trials[0].folder);
  expect(told.bad).toMatchObject({
    isValid: false,
    problems: [{ file: 'experiment', line: 5, column: 18, code: 'wrong-type', path: 'data.imageSize' }],
  });
});

test('an abort ends the trial with a checkpoint, and the next run goes on from there', () => {
  const { status, stdout, stderr } = run(`
    import { runExperiment } from 'oneshot-runner';
    const set = ['name=long', 'training.maxEpochs=100000'];
    const interrupt = new AbortController();
    const run = runExperiment('letters.yaml', { set, signal: interrupt.signal });
    for await (const { type, progress } of run) if (type === 'progress' && progress.epoch >= 1) interrupt.abort();
    console.log((await run.outcome).interrupted, (await run.outcome).trials[0].outcome.state);
    const again = new AbortController();
    const next = runExperiment('letters.yaml', { set, signal: again.signal });
    for await (const event of next) {
      if (event.type === 'started') console.log(event.progress);
      if (event.type === 'progress' && event.progress.epoch >= 1) again.abort();
    }`);
  expect([status, stderr, stdout]).toEqual([0, '', 'true stopped\nbegun\n']);
  expect(runFoldersOf(join(place, 'runs'), 'long')).toHaveLength(1);
});

test('what keeps an experiment from beginning rejects, and is thrown to who reads events alone', () => {
  const { status, stdout, stderr } = run(`
    import { InputError, OneshotError, loadModel, openRun, runExperiment } from 'oneshot-runner';
    try { for await (const _ of runExperiment('nowhere.yaml')); } catch (error) {
      console.log(error instanceof InputError, error.problems[0].found);
    }
    await runExperiment('letters.yaml', { engine: 'webgpu', set: ['name=none'] }).outcome.catch((error) => console.log(error.code));
    try { openRun('known'); } catch (error) { console.log(error instanceof OneshotError, error.code); }
    await loadModel('letters.yaml').catch((error) => console.log(error.code));
    await import('oneshot-runner/dist/programs/main.js').catch((error) => console.log(error.code));
    await import('oneshot-runner/src/library/open-run.js').catch((error) => console.log(error.code));`);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout.split('\n')).toEqual([
    'true no such file',
    'usage',
    'true usage',
    'usage',
    'ERR_PACKAGE_PATH_NOT_EXPORTED',
    'ERR_PACKAGE_PATH_NOT_EXPORTED',
    '',
  ]);
});

test.each(['nodenext', 'bundler'])('types are found and sound: --strict, no skipLibCheck, %s', (resolution) => {
  const file = join(place, 'program.mts');
  const code = `${examples.join('\n')}
import type { Experiment, RunEvent } from 'oneshot-runner';
import { type Model, loadModel as loadInPage } from 'oneshot-runner/browser';
const inPage: Promise<Model> = loadInPage(new Uint8Array());
const experiment: Experiment | undefined = validateExperiment('a.yaml').experiment;
const seeds: readonly number[] | undefined = experiment?.seeds;
const describe = (event: RunEvent): string => (event.type === 'note' ? event.message : event.type);
// @ts-expect-error: no such option
planExperiment('a.yaml', { sets: [] });
export { describe, inPage, seeds };
`;
  writeFileSync(file, code);
  symlinkSync(join(ROOT, 'node_modules/@types'), join(place, `types-${resolution}`), 'dir');
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      join(ROOT, 'node_modules/typescript/bin/tsc'),
      ...['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false', '--target', 'es2023'],
      ...['--module', resolution === 'nodenext' ? 'nodenext' : 'preserve', '--moduleResolution', resolution],
      ...['--typeRoots', `types-${resolution}`, '--types', 'node', file],
    ],
    { cwd: place, encoding: 'utf8' },
  );
  expect([status, stdout]).toEqual([0, '']);
});

// Algorithms of convolutions that the embedded engine has measured: fixed in the run folder, whatever the machine measures later.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { findTuningFile } from 'tfjs-backend-onnxruntime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadPlan } from '../../src/check/load-plan.js';
import { compareReproduction } from '../../src/cli/commands/compare-reproduction.js';
import { prepareRun } from '../../src/launch/prepare-run.js';
import { findReproductionDrift, planReproduction } from '../../src/launch/reproduce-run.js';
import { runTrial } from '../../src/run/run-trial.js';
import type { TrialArguments } from '../../src/run/trial-messages.js';
import { readFinishedRun } from '../../src/run-folder/read-finished-run.js';
import { newFolder, repeatablePartOf } from '../support/run-command.js';

const TINY = resolve(import.meta.dirname, '../fixtures/tiny.yaml');
const sets = [
  // Wide enough for measurements: 4.7 million operations for each picture.
  'model.encoder[conv1].filters=64',
  'model.encoder[conv2].filters=64',
  'training.stepsPerEpoch=2',
  'training.maxEpochs=3',
];
const WANTED = { engine: 'onnxruntime', threads: 1, autoThreads: 1 } as const;

/** A new run folder, and what its trial's process is given. */
function prepareTrial(): TrialArguments {
  const [trial] = loadPlan(TINY, { sets }).trials;
  const { folder } = prepareRun(newFolder(), trial!);
  return { folder, experiment: trial!.experiment, baseFolder: folder, allowDrift: false, ...WANTED };
}

/** Runs a trial to its end, or to a stop once an epoch is done. */
async function runTo(end: 'finished' | 'stopped', trial: TrialArguments): Promise<void> {
  let epoch = 0;
  const outcome = await runTrial(trial, {
    onProgress: (progress) => {
      epoch = Math.max(epoch, progress.epoch ?? 0);
    },
    stopRequested: () => end === 'stopped' && epoch > 0,
    log: () => undefined,
  });
  expect(outcome).toBe(end);
}

type Algorithms = Readonly<Record<string, string>>;

const readAlgorithms = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'tuning.json'), 'utf8')).choices as Algorithms;

/** The machine has measured these algorithms from now on. */
function setMachine(choices: Algorithms): void {
  process.env.XDG_CACHE_HOME = newFolder();
  mkdirSync(dirname(findTuningFile()), { recursive: true });
  writeFileSync(findTuningFile(), JSON.stringify({ version: 1, choices }));
}

const cacheFolder = process.env.XDG_CACHE_HOME;
const finished = prepareTrial();
let measured: Algorithms = {};
/** The other algorithm of each shape. */
let others: Algorithms = {};

beforeAll(async () => {
  setMachine({});
  await runTo('finished', finished);
  measured = readAlgorithms(finished.folder);
  const change = (key: string, algorithm: string) => {
    const other = key.startsWith('filterGradient') ? 'images' : 'blocked';
    return algorithm === other ? 'winograd' : other;
  };
  others = Object.fromEntries(Object.entries(measured).map(([key, algorithm]) => [key, change(key, algorithm)]));
});

afterAll(() => {
  if (cacheFolder === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = cacheFolder;
});

// Elsewhere there are no generated kernels, and one algorithm for each convolution.
describe.skipIf(process.arch !== 'x64' || process.platform === 'win32')('Measured algorithms', () => {
  test('are those of the machine for a new trial; other ones give other bytes', async () => {
    expect(Object.keys(measured)).toHaveLength(3);
    setMachine(others);
    const trial = prepareTrial();
    await runTo('finished', trial);
    expect(readAlgorithms(trial.folder)).toEqual(others);
    expect(repeatablePartOf(trial.folder).weights).not.toBe(repeatablePartOf(finished.folder).weights);
  });

  test('are those of the run on resume, though the machine has others now; lost ones are not measured again', async () => {
    setMachine(measured);
    const trial = prepareTrial();
    await runTo('stopped', trial);
    setMachine(others);
    const path = join(trial.folder, 'tuning.json');
    const kept = readFileSync(path);
    rmSync(path);
    for (const _ of ['first', 'second']) {
      await expect(runTo('finished', trial)).rejects.toThrow(/tuning\.json was kept and is missing/);
    }
    writeFileSync(path, '{"ver');
    await expect(runTo('finished', trial)).rejects.toThrow(/tuning\.json is not readable JSON/);
    writeFileSync(path, kept);
    await runTo('finished', trial);
    expect(repeatablePartOf(trial.folder)).toEqual(repeatablePartOf(finished.folder));
  });

  test('are those of the first run when it is reproduced', async () => {
    setMachine(others);
    const run = readFinishedRun(finished.folder);
    const reproduction = planReproduction(run, newFolder(), WANTED);
    expect(await findReproductionDrift(run, reproduction)).toEqual([]);
    const again = { ...prepareTrial(), ...reproduction.engine };
    await runTo('finished', again);
    expect(compareReproduction(finished.folder, again.folder).differences).toEqual([]);
  });
});

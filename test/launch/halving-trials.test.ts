// Successive halving of sweeps whose trials are made up: what is halted, promoted, told and remembered.
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadPlan } from '../../src/check/load-plan.js';
import type { Launcher, TrialOutcome } from '../../src/launch/launcher.js';
import { type RunPlanOptions, runPlan } from '../../src/launch/run-plan.js';
import { type LoggedEvent, readSearchLog } from '../../src/launch/search-log.js';
import { summarizeSweep } from '../../src/launch/summarize-sweep.js';
import type { Plan } from '../../src/plan/plan-trials.js';
import type { Trial } from '../../src/plan/trial.js';
import { findRuns } from '../../src/run-folder/find-runs.js';
import { RUN_FOLDER_VERSION, readTrialRecord, runFiles } from '../../src/run-folder/run-folder.js';
import { readSweepManifest, sweepFiles } from '../../src/run-folder/sweep-folder.js';
import { openJournal } from '../../src/tracking/journal.js';
import { endRun } from '../support/end-run.js';
import { newFolder } from '../support/run-command.js';

const TINY = resolve(import.meta.dirname, '../fixtures/tiny.yaml');
const METRIC = 'validation/one-shot-accuracy';

/** Nine points of a grid, rungs after 1, 3 and 9 epochs. */
const RATES = [0.5, 0.9, 0.1, 0.8, 0.3, 0.7, 0.2, 0.6, 0.4];
const GRID = `{method: grid, parameters: {training.optimizer.learningRate: [${RATES}]}, halving: {}}`;
const TPE =
  '{method: tpe, maxTrials: 9, startupPoints: 3, parameters: {training.optimizer.learningRate: {uniform: [0.1, 0.9]}}, halving: {}}';
const planOf = (sweep: string, ...sets: string[]) =>
  loadPlan(TINY, { sets: [`sweep=${sweep}`, 'training.maxEpochs=9', ...sets] });

/** What a trial does other than train on: end by patience after an epoch, or not end well. */
type Fate = number | TrialOutcome | undefined;

/** A launcher whose trials have an accuracy of half their learning rate, a little more with each epoch. */
function fakeLauncher(fate: (rate: number, launch: number) => Fate = () => undefined) {
  const launches: { rate: number; haltAfterEpoch: number | undefined }[] = [];
  const launcher: Launcher = ({ folder, haltAfterEpoch }) => {
    const { assignments, fingerprints } = readTrialRecord(folder)!;
    const rate = assignments[0]!.value as number;
    const special = fate(rate, launches.length);
    launches.push({ rate, haltAfterEpoch });
    const ends = typeof special === 'number' ? special : 9;
    const epoch = Math.min(haltAfterEpoch ?? 9, ends);
    let outcome: TrialOutcome = { state: epoch < ends ? 'halted' : 'finished' };
    if (typeof special === 'object') outcome = special;
    else writeTraining(folder, { epoch, rate, state: outcome.state as 'halted' | 'finished', fingerprints });
    return { pid: undefined, outcome: Promise.resolve(outcome), stop: () => undefined, kill: () => undefined };
  };
  return { launcher, launches };
}

function writeTraining(
  folder: string,
  {
    epoch,
    rate,
    state,
    fingerprints,
  }: { epoch: number; rate: number; state: 'halted' | 'finished'; fingerprints: Trial['fingerprints'] },
): void {
  const accuracyAt = (after: number) => rate / 2 + after / 100;
  mkdirSync(dirname(folder), { recursive: true });
  const journal = openJournal(runFiles(folder).journal, { now: () => 0 });
  for (let step = 1; step <= epoch; step++)
    journal.append({ type: 'metric', key: METRIC, step, value: accuracyAt(step) });
  journal.close();
  endRun(folder, {
    version: RUN_FOLDER_VERSION,
    state,
    fingerprints,
    attempt: 1,
    trained: state === 'finished',
    epoch,
    maxEpochs: 9,
    metrics: { [METRIC]: accuracyAt(epoch) },
    startedAt: '',
    updatedAt: '',
    seconds: 1,
    processorSeconds: 1,
    peakMemoryBytes: 0,
  });
}

const options = (launcher: Launcher, runsFolder: string, change: Partial<RunPlanOptions> = {}): RunPlanOptions => ({
  runsFolder,
  baseFolder: runsFolder,
  launcher,
  engine: { engine: 'auto', threads: 'auto', autoThreads: 1 },
  parallel: 1,
  retries: 0,
  retryWaitFactor: 0,
  failFast: false,
  allowDrift: false,
  stop: new AbortController().signal,
  kill: new AbortController().signal,
  onEvent: () => undefined,
  ...change,
});

const filesOf = (plan: Plan, runs: string) => sweepFiles(join(runs, 'tiny'), plan.fingerprint.slice(0, 8));
/** The log without its times. */
const eventsOf = (plan: Plan, runs: string) =>
  readSearchLog(filesOf(plan, runs).events).map(({ seconds: _, ...event }) => event as Omit<LoggedEvent, 'seconds'>);

describe('a grid under successive halving', () => {
  test('trains every point to the first rung, one in three further, and the best to the end', async () => {
    const [plan, runs] = [planOf(GRID), newFolder()];
    const { launcher, launches } = fakeLauncher();
    const { outcomes } = await runPlan(plan, options(launcher, runs));
    const at = (epochs: number | undefined) =>
      launches.filter(({ haltAfterEpoch }) => haltAfterEpoch === epochs).map(({ rate }) => rate);
    expect(at(1)).toEqual(RATES);
    // One of the first three, one more of the first six, one more of all.
    expect(at(3)).toEqual([0.9, 0.8, 0.7]);
    expect(at(undefined)).toEqual([0.9]);
    const states = [...outcomes].map(([{ assignments }, { state }]) => [assignments[0]?.value, state]);
    expect(states).toEqual(RATES.map((rate) => [rate, rate === 0.9 ? 'finished' : 'halted']));
    const { halving } = readSweepManifest(filesOf(plan, runs).manifest)!;
    expect(halving).toEqual({ metric: METRIC, goal: 'maximize', reductionFactor: 3, rungEpochs: [1, 3, 9] });
  });

  test('says how many points have reached each rung, and halted ones as such', async () => {
    const [plan, runs] = [planOf(GRID), newFolder()];
    await runPlan(plan, options(fakeLauncher().launcher, runs));
    const manifest = readSweepManifest(filesOf(plan, runs).manifest)!;
    const { rungs, counts, best } = summarizeSweep(join(runs, 'tiny'), manifest, findRuns(join(runs, 'tiny')).runs);
    expect(rungs).toEqual([
      { epochs: 1, points: 9 },
      { epochs: 3, points: 3 },
      { epochs: 9, points: 1 },
    ]);
    expect(counts).toMatchObject({ finished: 1, halted: 8, failed: 0, waiting: 0 });
    expect(best?.value).toBeCloseTo(0.9 / 2 + 0.09, 12);
  });

  test('runs nothing more when it is over', async () => {
    const [plan, runs] = [planOf(GRID), newFolder()];
    await runPlan(plan, options(fakeLauncher().launcher, runs));
    const before = eventsOf(plan, runs);
    const again = fakeLauncher();
    await runPlan(planOf(GRID), options(again.launcher, runs));
    expect(again.launches).toEqual([]);
    expect(eventsOf(plan, runs)).toEqual(before);
  });

  test.each([GRID, TPE])('takes the same decisions when it is interrupted after each trial: %s', async (sweep) => {
    const [quiet, broken] = [newFolder(), newFolder()];
    const plan = planOf(sweep);
    const { launcher, launches } = fakeLauncher();
    await runPlan(plan, options(launcher, quiet));
    for (let session = 0; session < launches.length; session++) {
      const stop = new AbortController();
      const once = fakeLauncher((_, launch) => {
        if (launch === 0) return undefined;
        stop.abort();
        return { state: 'stopped' };
      });
      await runPlan(plan, options(once.launcher, broken, { stop: stop.signal }));
    }
    expect(eventsOf(plan, broken)).toEqual(eventsOf(plan, quiet));
  });

  test('counts a trial that ended by patience at every rung, and trains it no further', async () => {
    const [plan, runs] = [planOf(GRID), newFolder()];
    const { launcher, launches } = fakeLauncher((rate) => (rate === 0.9 ? 1 : undefined));
    await runPlan(plan, options(launcher, runs));
    expect(launches.filter(({ rate }) => rate === 0.9)).toHaveLength(1);
    const rung = eventsOf(plan, runs).find((event) => event.type === 'rung' && event.index === 1);
    expect(rung).toMatchObject({ rung: 0, values: [0.46, 0.46, 0.46] });
  });

  test('never promotes a diverged trial, and tries a killed one again in the next session', async () => {
    const [plan, runs] = [planOf(GRID), newFolder()];
    const { launcher } = fakeLauncher((rate) => {
      if (rate === 0.9) return { state: 'failed', code: 'non-finite', message: 'NaN' };
      return rate === 0.1 ? { state: 'failed', code: 'killed', message: 'SIGKILL' } : undefined;
    });
    await runPlan(plan, options(launcher, runs));
    const rungs = eventsOf(plan, runs).filter(({ type }) => type === 'rung');
    expect(rungs).toContainEqual({ type: 'rung', index: 1, rung: 0, values: [null] });
    expect(rungs.some((event) => 'index' in event && event.index === 2)).toBe(false);
    const next = fakeLauncher();
    await runPlan(plan, options(next.launcher, runs));
    expect(next.launches[0]).toEqual({ rate: 0.1, haltAfterEpoch: 1 });
    expect(next.launches.some(({ rate }) => rate === 0.9)).toBe(false);
  });

  test('of other rungs is another sweep, which takes from the journals what is there', async () => {
    const runs = newFolder();
    await runPlan(planOf(GRID), options(fakeLauncher().launcher, runs));
    const other = planOf(GRID.replace('halving: {}', 'halving: {reductionFactor: 9}'));
    expect(other.fingerprint).not.toBe(planOf(GRID).fingerprint);
    expect(other.trials.map(({ fingerprints }) => fingerprints)).toEqual(
      planOf(GRID).trials.map(({ fingerprints }) => fingerprints),
    );
    const { launcher, launches } = fakeLauncher();
    await runPlan(other, options(launcher, runs));
    expect(launches).toEqual([]);
    const values = eventsOf(other, runs).flatMap((event) =>
      event.type === 'rung' ? [(event as Extract<LoggedEvent, { type: 'rung' }>).values[0]] : [],
    );
    expect(values.slice(0, 9)).toEqual(RATES.map((rate) => rate / 2 + 0.01));
  });

  test('averages the seeds of a point, and sends all of them on', async () => {
    const [plan, runs] = [planOf(GRID, 'seeds=[1, 2]'), newFolder()];
    const { launcher, launches } = fakeLauncher();
    const { outcomes } = await runPlan(plan, options(launcher, runs));
    expect(outcomes.size).toBe(18);
    expect(launches).toHaveLength(2 * (9 + 3 + 1));
    expect(eventsOf(plan, runs).filter(({ type }) => type === 'rung')).toHaveLength(9 + 3 + 1);
  });
});

describe('a search under successive halving', () => {
  test('is told of halted points with their epochs, and again when they have gone on', async () => {
    const [plan, runs] = [planOf(TPE), newFolder()];
    await runPlan(plan, options(fakeLauncher().launcher, runs));
    const tells = eventsOf(plan, runs).flatMap((event) =>
      event.type === 'tell' ? [event as Extract<LoggedEvent, { type: 'tell' }>] : [],
    );
    expect(tells.length).toBeGreaterThan(9);
    const last = new Map(tells.map(({ index, outcome }) => [index, outcome]));
    expect(last.size).toBe(9);
    expect([...last.values()].filter(({ status }) => status === 'finished').length).toBeGreaterThan(0);
    for (const outcome of last.values())
      expect(outcome).toMatchObject(
        outcome.status === 'halted'
          ? { n: 1, epochs: expect.toSatisfy((epochs: number) => epochs === 1 || epochs === 3) }
          : { status: 'finished', n: 1 },
      );
  });
});

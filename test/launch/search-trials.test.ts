import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadPlan } from '../../src/check/load-plan.js';
import type { Launcher, TrialOutcome } from '../../src/launch/launcher.js';
import { type RunPlanOptions, runPlan } from '../../src/launch/run-plan.js';
import { readSearchLog } from '../../src/launch/search-log.js';
import type { Plan } from '../../src/plan/plan-trials.js';
import { RUN_FOLDER_VERSION, readTrialRecord } from '../../src/run-folder/run-folder.js';
import { sweepFiles } from '../../src/run-folder/sweep-folder.js';
import { endRun } from '../support/end-run.js';
import { newFolder } from '../support/run-command.js';

const SWEEP = resolve(import.meta.dirname, '../fixtures/sweep.yaml');
const planOf = (...sets: string[]) =>
  loadPlan(SWEEP, { sets: ['sweep.maxTrials=16', 'sweep.startupPoints=2', ...sets] });

/** A launcher that finishes each trial at once with a value that depends on its learning rate, unless `fate` says otherwise. */
function fakeLauncher(fate: (launch: number) => TrialOutcome | undefined = () => undefined) {
  let launches = 0;
  const launcher: Launcher = ({ folder }) => {
    const special = fate(launches++);
    if (special === undefined) finish(folder);
    const outcome = Promise.resolve(special ?? { state: 'finished' as const });
    return { pid: undefined, outcome, stop: () => undefined, kill: () => undefined };
  };
  return { launcher, launches: () => launches };
}

function finish(folder: string): void {
  const { fingerprints, assignments, seed } = readTrialRecord(folder)!;
  const rate = assignments.find(({ path }) => path.endsWith('optimizer.learningRate'))?.value as number;
  endRun(folder, {
    version: RUN_FOLDER_VERSION,
    state: 'finished',
    fingerprints,
    attempt: 1,
    trained: true,
    epoch: 3,
    maxEpochs: 3,
    metrics: { 'validation/one-shot-accuracy': 0.1, 'best/validation-one-shot-accuracy': 0.5 + rate + seed / 1000 },
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
  parallel: 2,
  retries: 0,
  retryWaitFactor: 0,
  failFast: false,
  allowDrift: false,
  stop: new AbortController().signal,
  kill: new AbortController().signal,
  onEvent: () => undefined,
  ...change,
});

const eventsOf = (plan: Plan, runs: string) =>
  readSearchLog(sweepFiles(join(runs, 'sweep'), plan.fingerprint.slice(0, 8)).events);
const asksOf = (plan: Plan, runs: string) =>
  eventsOf(plan, runs).flatMap((event) => (event.type === 'ask' ? [event.point] : []));
const tellsOf = (plan: Plan, runs: string) =>
  eventsOf(plan, runs).flatMap((event) => (event.type === 'tell' ? [[event.index, event.outcome] as const] : []));

describe('a search', () => {
  test('asks for as many points as its trials allow, and is told the mean over the seeds of the best epoch', async () => {
    const [plan, runs] = [planOf(), newFolder()];
    const result = await runPlan(plan, options(fakeLauncher().launcher, runs));
    expect(result.outcomes.size).toBe(16);
    const asks = asksOf(plan, runs);
    expect(asks).toHaveLength(8);
    for (const [index, outcome] of tellsOf(plan, runs)) {
      const rate = asks[index]?.['training.optimizer.learningRate'] as number;
      expect(outcome).toMatchObject({ status: 'finished', n: 2 });
      expect(outcome).toHaveProperty('value', expect.closeTo(0.5015 + rate, 12));
    }
  });

  test('goes on after a stop with the same points, and runs nothing twice', async () => {
    const plan = planOf();
    const [quiet, broken] = [newFolder(), newFolder()];
    await runPlan(plan, options(fakeLauncher().launcher, quiet));
    for (const after of [3, 4, 1, 2]) {
      const stop = new AbortController();
      const { launcher } = fakeLauncher((launch) => {
        if (launch === after) stop.abort();
        return launch >= after ? { state: 'stopped' } : undefined;
      });
      await runPlan(plan, options(launcher, broken, { stop: stop.signal }));
    }
    const last = fakeLauncher();
    await runPlan(plan, options(last.launcher, broken));
    expect(last.launches()).toBe(16 - 3 - 4 - 1 - 2);
    expect(asksOf(plan, broken)).toEqual(asksOf(plan, quiet));
    expect(new Map(tellsOf(plan, broken))).toEqual(new Map(tellsOf(plan, quiet)));
    expect(tellsOf(plan, broken)).toHaveLength(8);
  });

  test('is told of a diverged point, not of a killed trial, which the next session runs again', async () => {
    const [plan, runs] = [planOf(), newFolder()];
    const { launcher } = fakeLauncher((launch) => {
      if (launch === 0) return { state: 'failed', code: 'non-finite', message: 'NaN' };
      return launch === 2 ? { state: 'failed', code: 'killed', message: 'SIGKILL' } : undefined;
    });
    await runPlan(plan, options(launcher, runs, { parallel: 1 }));
    expect(new Map(tellsOf(plan, runs)).get(0)).toEqual({ status: 'failed' });
    // The killed one keeps its batch of four open, so nothing behind it was asked for.
    expect(asksOf(plan, runs)).toHaveLength(4);
    expect(new Map(tellsOf(plan, runs)).has(1)).toBe(false);
    const next = fakeLauncher();
    await runPlan(plan, options(next.launcher, runs));
    expect(next.launches()).toBe(1 + 8);
    expect(new Map(tellsOf(plan, runs)).get(0)).toEqual({ status: 'failed' });
    expect(new Map(tellsOf(plan, runs)).get(1)).toMatchObject({ status: 'finished' });
  });

  test('goes on where more trials are allowed later', async () => {
    const runs = newFolder();
    await runPlan(planOf(), options(fakeLauncher().launcher, runs));
    const more = fakeLauncher();
    await runPlan(planOf('sweep.maxTrials=20'), options(more.launcher, runs));
    expect(more.launches()).toBe(4);
    expect(planOf('sweep.maxTrials=20').fingerprint).toBe(planOf().fingerprint);
  });

  test('of another file is another one, which runs again only what is not there', async () => {
    const runs = newFolder();
    await runPlan(planOf(), options(fakeLauncher().launcher, runs));
    const other = planOf('sweep.candidates=30', 'sweep.maxTrials=4');
    expect(other.fingerprint).not.toBe(planOf().fingerprint);
    const events: string[] = [];
    const { launcher, launches } = fakeLauncher();
    await runPlan(other, options(launcher, runs, { onEvent: (event) => events.push(event.type) }));
    // Before anything is known, both propose the same points.
    expect(launches()).toBe(0);
    expect(events.filter((type) => type === 'skipped')).toHaveLength(4);
    expect(tellsOf(other, runs)).toHaveLength(2);
  });
});

test('a sweep that another process runs says which', async () => {
  const [plan, runs] = [planOf(), newFolder()];
  let release: () => void = () => undefined;
  const held = new Promise<TrialOutcome>((done) => {
    release = () => done({ state: 'stopped' });
  });
  const stop = new AbortController();
  const waiting: Launcher = () => ({ pid: undefined, outcome: held, stop: release, kill: release });
  const first = runPlan(plan, options(waiting, runs, { stop: stop.signal }));
  await expect(runPlan(plan, options(waiting, runs))).rejects.toMatchObject({
    code: 'locked',
    message: expect.stringContaining(`process ${process.pid} on `),
  });
  stop.abort();
  await first;
});

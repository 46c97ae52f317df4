import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { acquireProcessLock, type ProcessLock } from '../../src/base/process-lock.js';
import { loadExperiment } from '../../src/check/load-experiment.js';
import type { Launcher, TrialOutcome } from '../../src/launch/launcher.js';
import { createMemoryBudget } from '../../src/launch/memory-budget.js';
import type { PlanEvent } from '../../src/launch/plan-event.js';
import { findRun, prepareRun } from '../../src/launch/prepare-run.js';
import { type RunPlanOptions, runPlan } from '../../src/launch/run-plan.js';
import { planTrials } from '../../src/plan/plan-trials.js';
import { RUN_FOLDER_VERSION, runFiles } from '../../src/run-folder/run-folder.js';
import { endRun } from '../support/end-run.js';
import { newFolder } from '../support/run-command.js';

const TINY = resolve(import.meta.dirname, '../fixtures/tiny.yaml');
const planOf = (...sets: string[]) =>
  planTrials(loadExperiment(TINY, { sets }).experiment, { digestData: () => 'data', isFeasible: () => true });
const FOUR_SEEDS = 'seeds=[1, 2, 3, 4]';

/** A launcher whose trials end with the outcomes of the script, one after the other. */
function scripted(outcomes: (string: string) => TrialOutcome | Promise<TrialOutcome>) {
  const launched: string[] = [];
  let running = 0;
  let mostAtOnce = 0;
  const launcher: Launcher = ({ folder }) => {
    launched.push(folder);
    running++;
    mostAtOnce = Math.max(mostAtOnce, running);
    let stop: () => void = () => undefined;
    const stopped = new Promise<TrialOutcome>((done) => {
      stop = () => done({ state: 'stopped' });
    });
    const outcome = Promise.race([Promise.resolve(folder).then(outcomes), stopped]).finally(() => {
      running--;
    });
    return { pid: undefined, outcome, stop, kill: stop };
  };
  return { launcher, launched, mostAtOnce: () => mostAtOnce };
}

function options(
  launcher: Launcher,
  runsFolder: string,
  change: Partial<RunPlanOptions> = {},
): RunPlanOptions & { events: PlanEvent[] } {
  const events: PlanEvent[] = [];
  return {
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
    onEvent: (event) => events.push(event),
    events,
    ...change,
  };
}

/** The status of a finished run. */
const status = (fingerprints: Parameters<typeof endRun>[1]['fingerprints']) => ({
  version: RUN_FOLDER_VERSION,
  state: 'finished' as const,
  fingerprints,
  attempt: 1,
  trained: true,
  epoch: 1,
  maxEpochs: 1,
  metrics: {},
  startedAt: '',
  updatedAt: '',
  seconds: 0,
  processorSeconds: 0,
  peakMemoryBytes: 0,
});

const failure = (code: 'internal' | 'non-finite'): TrialOutcome => ({ state: 'failed', code, message: 'x' });

describe('running a plan', () => {
  test('a failed trial does not hide the others', async () => {
    const { launcher, launched } = scripted((folder) =>
      folder.includes('seed=2') ? failure('internal') : { state: 'finished' },
    );
    const result = await runPlan(planOf(FOUR_SEEDS), options(launcher, newFolder()));
    expect(launched).toHaveLength(4);
    expect([...result.outcomes.values()].map(({ state }) => state)).toEqual([
      'finished',
      'failed',
      'finished',
      'finished',
    ]);
  });

  test('a run folder that cannot be read fails its own trial alone', async () => {
    const [runs, plan] = [newFolder(), planOf(FOUR_SEEDS)];
    const broken = join(runs, 'tiny', plan.trials[1]!.folder);
    mkdirSync(broken, { recursive: true });
    writeFileSync(join(broken, 'trial.json'), '{"ver');
    const { launcher } = scripted(() => ({ state: 'finished' }));
    const result = await runPlan(plan, options(launcher, runs));
    expect(result.outcomes.get(plan.trials[1]!)).toMatchObject({ state: 'failed', code: 'corrupt' });
    expect([...result.outcomes.values()].filter(({ state }) => state === 'finished')).toHaveLength(3);
  });

  test('with failFast the first failure ends everything', async () => {
    const { launcher, launched } = scripted((folder) =>
      folder.includes('seed=1') ? failure('internal') : { state: 'finished' },
    );
    const result = await runPlan(planOf(FOUR_SEEDS), options(launcher, newFolder(), { failFast: true }));
    expect(launched).toHaveLength(1);
    expect(result.outcomes.size).toBe(1);
  });

  test('failures are retried in the same folder, those that would come again are not', async () => {
    const tries = new Map<string, number>();
    const { launcher, launched } = scripted((folder) => {
      tries.set(folder, (tries.get(folder) ?? 0) + 1);
      if (folder.includes('seed=1')) return tries.get(folder) === 3 ? { state: 'finished' } : failure('internal');
      return failure('non-finite');
    });
    const chosen = options(launcher, newFolder(), { retries: 5 });
    const result = await runPlan(planOf('seeds=[1, 2]'), chosen);
    expect(launched).toHaveLength(4);
    expect([...result.outcomes.values()].map(({ state }) => state)).toEqual(['finished', 'failed']);
    expect(chosen.events.filter((event) => event.type === 'ended').map(({ retrying }) => retrying)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test('as many trials run at once as are asked for', async () => {
    const { launcher, mostAtOnce } = scripted(
      () => new Promise((done) => setTimeout(() => done({ state: 'finished' }), 5)),
    );
    await runPlan(planOf(FOUR_SEEDS), options(launcher, newFolder(), { parallel: 3 }));
    expect(mostAtOnce()).toBe(3);
  });

  test('a stop ends the running trial and starts no other', async () => {
    const stop = new AbortController();
    const { launcher, launched } = scripted(() => new Promise(() => setTimeout(() => stop.abort(), 5)));
    const result = await runPlan(planOf(FOUR_SEEDS), options(launcher, newFolder(), { stop: stop.signal }));
    expect(launched).toHaveLength(1);
    expect([...result.outcomes.values()]).toEqual([{ state: 'stopped' }]);
    expect(result.interrupted).toBe(true);
  });

  test('a trial that takes too long is stopped and counts as failed', async () => {
    const { launcher } = scripted(() => new Promise(() => undefined));
    const result = await runPlan(planOf(), options(launcher, newFolder(), { timeoutMinutes: 0.0001 }));
    expect([...result.outcomes.values()][0]).toMatchObject({ state: 'failed', code: 'timeout' });
  });
});

describe('a trial that another process runs', () => {
  test('is waited for and not run again when the other finishes it', async () => {
    const [runs, plan] = [newFolder(), planOf()];
    const { folder } = prepareRun(join(runs, 'tiny'), plan.trials[0]!);
    const lock = acquireProcessLock(runFiles(folder).lock) as ProcessLock;
    const { launcher, launched } = scripted(() => ({ state: 'finished' }));
    const chosen = options(launcher, runs, {
      onEvent: (event) => {
        if (event.type !== 'waiting') return;
        expect(event.reason).toMatchObject({ type: 'elsewhere', holder: { pid: process.pid } });
        endRun(folder, status(plan.trials[0]!.fingerprints));
        lock.release();
      },
    });
    const result = await runPlan(plan, chosen);
    expect(launched).toEqual([]);
    expect(result.skipped).toBe(1);
  });

  test('is resumed when the other leaves it', async () => {
    const [runs, plan] = [newFolder(), planOf()];
    const { folder } = prepareRun(join(runs, 'tiny'), plan.trials[0]!);
    const lock = acquireProcessLock(runFiles(folder).lock) as ProcessLock;
    const { launcher, launched } = scripted(() => ({ state: 'finished' }));
    const onEvent = (event: PlanEvent) => {
      if (event.type === 'waiting') lock.release();
    };
    const result = await runPlan(plan, options(launcher, runs, { onEvent }));
    expect(launched).toEqual([folder]);
    expect([...result.outcomes.values()]).toEqual([{ state: 'finished' }]);
  });
});

test('a trial that does not fit into memory waits until another has ended', async () => {
  const { launcher, mostAtOnce } = scripted(
    () => new Promise((done) => setTimeout(() => done({ state: 'finished' }), 20)),
  );
  const chosen = options(launcher, newFolder(), { parallel: 4, memory: createMemoryBudget(() => 500e6) });
  await runPlan(planOf(FOUR_SEEDS), chosen);
  // Each is estimated at 190 MB and some.
  expect(mostAtOnce()).toBe(2);
  expect(chosen.events.filter(({ type }) => type === 'waiting').length).toBeGreaterThan(0);
});

describe('a run folder', () => {
  test('is made whole, with the experiment and the trial in it', () => {
    const runs = newFolder();
    const [trial] = planOf().trials;
    const { folder, progress } = prepareRun(runs, trial!);
    expect(progress).toBe('new');
    expect(readdirSync(runs)).toEqual([trial!.folder]);
    expect(readdirSync(folder).sort()).toEqual(['experiment.yaml', 'trial.json']);
    expect(JSON.parse(readFileSync(join(folder, 'trial.json'), 'utf8'))).toMatchObject({ id: trial!.id, seed: 1 });
    expect(prepareRun(runs, trial!)).toEqual({ folder, progress: 'begun' });
  });

  test('is found by its fingerprint under another readable name', () => {
    const runs = newFolder();
    const [alone] = planOf('training.maxEpochs=2').trials;
    const { folder } = prepareRun(runs, alone!);
    endRun(folder, status(alone!.fingerprints));
    const swept = planOf('sweep={method: grid, parameters: {training.maxEpochs: [1, 2]}}').trials;
    expect(findRun(runs, swept[1]!)).toEqual({ folder, progress: 'finished' });
    expect(findRun(runs, swept[0]!).progress).toBe('new');
  });

  test('of a changed evaluation is trained, not finished', () => {
    const runs = newFolder();
    const { folder } = prepareRun(runs, planOf().trials[0]!);
    endRun(folder, status(planOf().trials[0]!.fingerprints));
    expect(findRun(runs, planOf('baselines=[]').trials[0]!)).toEqual({ folder, progress: 'trained' });
    expect(findRun(runs, planOf('description=x').trials[0]!)).toEqual({ folder, progress: 'finished' });
  });

  test('proves nothing by its existence, and one of another version is refused', () => {
    const runs = newFolder();
    const [trial] = planOf().trials;
    mkdirSync(join(runs, trial!.folder));
    expect(findRun(runs, trial!).progress).toBe('new');
    writeFileSync(join(runs, trial!.folder, 'trial.json'), '{"version": 99}');
    expect(() => findRun(runs, trial!)).toThrow(/version 99/);
    writeFileSync(join(runs, trial!.folder, 'trial.json'), '{"ver');
    expect(() => findRun(runs, trial!)).toThrow(/not readable JSON/);
  });
});

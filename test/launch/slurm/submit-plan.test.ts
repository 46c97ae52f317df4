import { readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadPlan } from '../../../src/check/load-plan.js';
import { findOpenTasks } from '../../../src/launch/slurm/find-tasks.js';
import { listSubmissions, writeTaskRecord } from '../../../src/launch/slurm/submission.js';
import { type SubmitPlanOptions, submitPlan } from '../../../src/launch/slurm/submit-plan.js';
import { RUN_FOLDER_VERSION, readTrialRecord, runFiles } from '../../../src/run-folder/run-folder.js';
import { endRun } from '../../support/end-run.js';
import { type FakeSlurm, makeFakeSlurm } from '../../support/fake-slurm.js';
import { newFolder, runFoldersOf } from '../../support/run-command.js';

const TINY = resolve(import.meta.dirname, '../../fixtures/tiny.yaml');
const planOf = (...sets: string[]) => loadPlan(TINY, { sets: ['seeds=[1, 2, 3, 4, 5]', ...sets] });

const path = process.env.PATH;
let slurm: FakeSlurm;

beforeEach(() => {
  slurm = makeFakeSlurm({ maxArraySize: 2 });
  process.env.PATH = `${slurm.bin}:${path}`;
});

afterEach(() => {
  process.env.PATH = path;
});

function optionsOf(plan: ReturnType<typeof planOf>, runsFolder: string, change: Partial<SubmitPlanOptions> = {}) {
  return {
    slurm: plan.experiment.resources.slurm,
    settings: {
      runsFolder,
      baseFolder: runsFolder,
      engine: { engine: 'auto', threads: 'auto', autoThreads: 1 },
      cpus: 1,
      retries: 0,
      failFast: false,
      allowDrift: false,
      maxRequeues: 100,
    },
    parallel: 1,
    stop: new AbortController().signal,
    onSubmitted: () => undefined,
    ...change,
  } satisfies SubmitPlanOptions;
}

const arrayOf = (script: string) => /^#SBATCH --array=(.*)$/m.exec(script)?.[1];
const finish = (folder: string) =>
  endRun(folder, {
    version: RUN_FOLDER_VERSION,
    state: 'finished',
    fingerprints: readTrialRecord(folder)!.fingerprints,
    attempt: 1,
    trained: true,
    epoch: 4,
    maxEpochs: 4,
    metrics: {},
    startedAt: '',
    updatedAt: '',
    seconds: 1,
    processorSeconds: 1,
    peakMemoryBytes: 0,
  });

describe('a plan', () => {
  test('is submitted in arrays no larger than the cluster allows, each with the numbers of its trials', async () => {
    const [plan, runs] = [planOf(), newFolder()];
    const result = await submitPlan(plan, optionsOf(plan, runs));
    expect(result.jobs).toEqual([
      { id: '101', tasks: 2 },
      { id: '102', tasks: 2 },
      { id: '103', tasks: 1 },
    ]);
    expect(result.counts).toEqual({ finished: 0, queued: 0, elsewhere: 0, submitted: 5, left: 0 });
    expect(slurm.scripts().map(arrayOf)).toEqual(['0-1', '0-1', '0-0']);
    expect(slurm.scripts().map((script) => script.trimEnd().split(' ').at(-1))).toEqual(['0', '2', '4']);
    const [{ submission }] = listSubmissions(join(runs, 'tiny')) as [ReturnType<typeof listSubmissions>[number]];
    expect(submission.trials.map(({ folder }) => folder)).toEqual(plan.trials.map(({ folder }) => folder));
    expect(submission.arrays).toEqual([
      { first: 0, tasks: 2, job: '101' },
      { first: 2, tasks: 2, job: '102' },
      { first: 4, tasks: 1, job: '103' },
    ]);
  });

  test('is submitted again only as far as nobody has it in hand', async () => {
    const [plan, runs] = [planOf(), newFolder()];
    await submitPlan(plan, optionsOf(plan, runs));
    const [{ submission }] = listSubmissions(join(runs, 'tiny')) as [ReturnType<typeof listSubmissions>[number]];
    // The first has finished, the second and fifth are gone from the queue, the others are there.
    finish(runFoldersOf(runs, 'tiny')[0] as string);
    slurm.setQueue([`102_0|RUNNING|n1|None|${submission.jobName}`, `102_1|PENDING||Priority|${submission.jobName}`]);
    const again = await submitPlan(plan, optionsOf(plan, runs));
    expect(again.counts).toEqual({ finished: 1, queued: 2, elsewhere: 0, submitted: 2, left: 0 });
    const second = listSubmissions(join(runs, 'tiny')).find((one) => one.submission.id !== submission.id);
    expect(second?.submission.trials.map(({ folder }) => folder)).toEqual([
      plan.trials[1]?.folder,
      plan.trials[4]?.folder,
    ]);
  });

  test('keeps its limit on running trials over all of its jobs', async () => {
    const runs = newFolder();
    const plan = planOf('resources.slurm.maxRunning=1');
    await submitPlan(plan, optionsOf(plan, runs));
    expect(slurm.scripts().map(arrayOf)).toEqual(['0-1%1', '0-1%1', '0-0']);
    expect(slurm.scripts().map((script) => /--dependency=(.*)/.exec(script)?.[1])).toEqual([
      undefined,
      'afterany:101',
      'afterany:101:102',
    ]);
  });

  test('that is refused leaves nothing behind', async () => {
    const [plan, runs] = [planOf(), newFolder()];
    slurm.answer('refuse');
    await expect(submitPlan(plan, optionsOf(plan, runs))).rejects.toMatchObject({
      code: 'usage',
      message: 'sbatch ended with 1: sbatch: error: QOSMaxSubmitJobPerUserLimit',
    });
    expect(readdirSync(join(runs, 'tiny', 'slurm'))).toEqual([]);
  });

  test('that is refused in the middle says how much of it is submitted, and the rest follows later', async () => {
    const [plan, runs] = [planOf(), newFolder()];
    const options = optionsOf(plan, runs, { onSubmitted: () => slurm.answer('refuse') });
    await expect(submitPlan(plan, options)).rejects.toThrow(/^2 of 5 trials are submitted; then sbatch ended with 1/);
    slurm.answer('accept');
    const rest = await submitPlan(plan, optionsOf(plan, runs));
    expect(rest.counts).toMatchObject({ queued: 2, submitted: 3 });
  });

  test('is submitted once where the answer of sbatch was lost', async () => {
    const [plan, runs] = [planOf(), newFolder()];
    slurm.answer('lost');
    const result = await submitPlan(plan, optionsOf(plan, runs));
    expect(result.jobs.map(({ id }) => id)).toEqual(['101', '102', '103']);
    expect(slurm.scripts()).toHaveLength(3);
  });

  test('is left after the array during which a stop was asked for', async () => {
    const [plan, runs, stop] = [planOf(), newFolder(), new AbortController()];
    const result = await submitPlan(
      plan,
      optionsOf(plan, runs, { stop: stop.signal, onSubmitted: () => stop.abort() }),
    );
    expect(result.counts).toMatchObject({ submitted: 2, left: 3 });
    expect(listSubmissions(join(runs, 'tiny'))[0]?.submission.arrays).toEqual([{ first: 0, tasks: 2, job: '101' }]);
  });

  test('of a search is one job, and is not submitted while that is there', async () => {
    const runs = newFolder();
    const plan = loadPlan(resolve(import.meta.dirname, '../../fixtures/sweep.yaml'));
    const first = await submitPlan(plan, optionsOf(plan, runs));
    expect(first).toMatchObject({ controller: '101', jobs: [{ id: '101', tasks: 1 }] });
    expect(slurm.scripts()[0]).not.toContain('--array');
    expect(await submitPlan(plan, optionsOf(plan, runs))).toMatchObject({ controller: '101', jobs: [] });
    const [{ folder }] = listSubmissions(join(runs, 'sweep')) as [ReturnType<typeof listSubmissions>[number]];
    // The controller reads the same plan from its copy.
    expect(loadPlan(join(folder, 'experiment.yaml')).fingerprint).toBe(plan.fingerprint);
  });
});

describe('a trial whose job is gone', () => {
  const holder = (job: string) =>
    JSON.stringify({ host: `not-${hostname()}`, boot: 'b', pid: 1, started: '1', job: `slurm:fake:${job}` });

  test('is submitted again although its machine left a lock, unless the job is in the queue', async () => {
    const runs = newFolder();
    const plan = planOf('seeds=[1]');
    await submitPlan(plan, optionsOf(plan, runs));
    const lock = runFiles(runFoldersOf(runs, 'tiny')[0] as string).lock;
    writeFileSync(lock, holder('101_0'));
    slurm.setQueue(['101_0|RUNNING|n1|None|somebody-elses']);
    expect((await submitPlan(plan, optionsOf(plan, runs))).counts).toMatchObject({ elsewhere: 1, submitted: 0 });
    slurm.setQueue([]);
    expect((await submitPlan(plan, optionsOf(plan, runs))).counts).toMatchObject({ elsewhere: 0, submitted: 1 });
  });
});

test('without squeue, the tasks that have not said that they ended count as open', async () => {
  const [plan, runs] = [planOf(), newFolder()];
  await submitPlan(plan, optionsOf(plan, runs));
  const [{ folder }] = listSubmissions(join(runs, 'tiny')) as [ReturnType<typeof listSubmissions>[number]];
  const record = { version: 1, node: 'n1', restarts: 0, updatedAt: '' };
  writeTaskRecord(folder, 0, { ...record, state: 'ended', job: '101_0', outcome: { state: 'finished' } });
  writeTaskRecord(folder, 3, { ...record, state: 'running', job: '102_1' });
  const { trials } = findOpenTasks(join(runs, 'tiny'), undefined);
  expect([...trials.values()].map(({ job, state, node }) => [job, state, node])).toEqual([
    ['101_1', 'queued', undefined],
    ['102_0', 'queued', undefined],
    ['102_1', 'running', 'n1'],
    ['103_0', 'queued', undefined],
  ]);
});

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadExperiment } from '../../../src/check/load-experiment.js';
import type { Launcher } from '../../../src/launch/launcher.js';
import { findOpenTasks } from '../../../src/launch/slurm/find-tasks.js';
import { watchQueue } from '../../../src/launch/slurm/queue-watch.js';
import { describeOwnJob } from '../../../src/launch/slurm/requeue-own-job.js';
import { listQueue } from '../../../src/launch/slurm/slurm-commands.js';
import { createSlurmLauncher } from '../../../src/launch/slurm/slurm-launcher.js';
import {
  makeSubmissionFolder,
  readSubmission,
  type Submission,
  type TaskRecord,
  writeSubmission,
  writeTaskRecord,
} from '../../../src/launch/slurm/submission.js';
import { type FakeSlurm, makeFakeSlurm } from '../../support/fake-slurm.js';
import { newFolder, waitFor } from '../../support/run-command.js';

const path = process.env.PATH;
let slurm: FakeSlurm;

beforeEach(() => {
  slurm = makeFakeSlurm();
  process.env.PATH = `${slurm.bin}:${path}`;
});

afterEach(() => {
  process.env.PATH = path;
});

const { experiment } = loadExperiment(join(import.meta.dirname, '../../fixtures/tiny.yaml'));

/** A controller's submission, and launchers as it and the next start of it would make them. */
function makeController() {
  const experimentFolder = join(newFolder(), 'sweep');
  mkdirSync(experimentFolder);
  const { folder, id } = makeSubmissionFolder(experimentFolder, new Date(0), 'ab12');
  const submission: Submission = {
    version: 1,
    id,
    jobName: `sweep.${id}`,
    cluster: 'fake',
    createdAt: '',
    experimentName: 'sweep',
    fingerprint: 'f',
    settings: {
      runsFolder: join(experimentFolder, '..'),
      baseFolder: '/',
      engine: { engine: 'auto', threads: 1, autoThreads: 1 },
      cpus: 1,
      retries: 0,
      failFast: false,
      allowDrift: false,
      maxRequeues: 1,
    },
    trials: [],
    arrays: [],
    controller: { job: '7', parallel: 2 },
  };
  writeSubmission(folder, submission);
  const start = async (): Promise<Launcher> =>
    createSlurmLauncher({
      folder,
      submission: readSubmission(folder) as Submission,
      slurm: {
        gpus: 0,
        signalSeconds: 120,
        maxRequeues: 1,
        pollSeconds: 1,
        options: [],
        setup: [],
        controllerMemory: '2G',
      },
      after: [],
      open: findOpenTasks(experimentFolder, await listQueue()).trials,
      queue: watchQueue(20),
    });
  const launch = (launcher: Launcher, name: string) =>
    launcher({
      folder: join(experimentFolder, name),
      experiment,
      baseFolder: '/',
      allowDrift: false,
      engine: 'auto',
      threads: 1,
      autoThreads: 1,
      onProgress: () => undefined,
    });
  const record = (index: number, change: Partial<TaskRecord>) =>
    writeTaskRecord(folder, index, {
      version: 1,
      state: 'ended',
      job: `10${index + 1}_0`,
      node: 'n1',
      restarts: 0,
      updatedAt: '',
      ...change,
    });
  return { folder, start, launch, record };
}

describe('a trial that a controller launches', () => {
  test('is a job of its own, and ends as its task has recorded', async () => {
    const { folder, start, launch, record } = makeController();
    const launcher = await start();
    const trials = [launch(launcher, 'a'), launch(launcher, 'b')];
    await waitFor(() => (slurm.scripts().length === 2 ? true : undefined));
    record(0, { outcome: { state: 'finished' } });
    record(1, { outcome: { state: 'failed', code: 'non-finite', message: 'NaN' } });
    expect(await Promise.all(trials.map(({ outcome }) => outcome))).toEqual([
      { state: 'finished' },
      { state: 'failed', code: 'non-finite', message: 'NaN' },
    ]);
    expect(readSubmission(folder)).toMatchObject({
      trials: [{ folder: 'a' }, { folder: 'b' }],
      arrays: [
        { first: 0, tasks: 1, job: '101' },
        { first: 1, tasks: 1, job: '102' },
      ],
    });
  });

  test('goes on without it, and is followed, not submitted again, by its next start', async () => {
    const { start, launch, record } = makeController();
    const first = launch(await start(), 'a');
    await waitFor(() => (slurm.scripts().length === 1 ? true : undefined));
    first.stop();
    expect(await first.outcome).toEqual({ state: 'stopped' });
    const second = launch(await start(), 'a');
    record(0, { outcome: { state: 'finished' } });
    expect(await second.outcome).toEqual({ state: 'finished' });
    expect(slurm.scripts()).toHaveLength(1);
  });

  test('is lost when its job leaves the queue without a word', async () => {
    const { start, launch, record } = makeController();
    const trial = launch(await start(), 'a');
    await waitFor(() => (slurm.scripts().length === 1 ? true : undefined));
    record(0, { state: 'running' });
    slurm.setQueue([]);
    expect(await trial.outcome).toMatchObject({
      state: 'failed',
      code: 'killed',
      message: expect.stringMatching(/^job 101_0 left the queue/),
    });
  });

  test('that a job stopped in the middle is not over while Slurm has it', async () => {
    const { start, launch, record } = makeController();
    const trial = launch(await start(), 'a');
    await waitFor(() => (slurm.scripts().length === 1 ? true : undefined));
    record(0, { outcome: { state: 'stopped' } });
    let hasEnded = false;
    void trial.outcome.then(() => {
      hasEnded = true;
    });
    await new Promise((done) => setTimeout(done, 1500));
    expect(hasEnded).toBe(false);
    slurm.setQueue([]);
    expect(await trial.outcome).toEqual({ state: 'stopped' });
  });

  test('fails with what sbatch says where it is refused', async () => {
    const { folder, start, launch } = makeController();
    slurm.answer('refuse');
    const trial = launch(await start(), 'a');
    expect(await trial.outcome).toMatchObject({
      state: 'failed',
      code: 'engine',
      message: expect.stringMatching(/QOSMaxSubmitJobPerUserLimit/),
    });
    expect(readSubmission(folder)?.arrays).toEqual([]);
  });
});

test('a task knows its job by the array and its number in it', () => {
  const env = { SLURM_JOB_ID: '3', SLURM_ARRAY_JOB_ID: '3', SLURM_ARRAY_TASK_ID: '1', SLURMD_NODENAME: 'n1' };
  expect(describeOwnJob(env)).toEqual({ id: '3_1', node: 'n1', restarts: 0 });
  expect(describeOwnJob({ SLURM_JOB_ID: '7', SLURM_RESTART_COUNT: '2' })).toEqual({ id: '7', node: '', restarts: 2 });
  expect(() => describeOwnJob({})).toThrow(/started by the jobs of `oneshot run --launcher slurm`/);
});

// Trials as jobs of a real Slurm: whatever happens to the jobs, results equal those of a local run, byte for byte.
import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { diagnosePrograms } from '../../src/doctor/diagnose-programs.js';
import { listSubmissions, readTaskRecord } from '../../src/launch/slurm/submission.js';
import { readRunStatus, readTrialRecord } from '../../src/run-folder/run-folder.js';
import { findLeftovers } from '../support/interrupt-runs.js';
import { describeSweepResult } from '../support/kill-sweep.js';
import {
  newFolder,
  repeatablePartOf,
  runCommand,
  runFoldersOf,
  startCommand,
  trialProcessOf,
  waitFor,
} from '../support/run-command.js';
import { requireSlurm, startSlurm, type TestSlurm } from './support/start-slurm.js';

const TINY = resolve(import.meta.dirname, '../fixtures/tiny.yaml');
const SEARCH = resolve(import.meta.dirname, '../fixtures/sweep.yaml');
/** Six trials, each a few seconds long. */
const SEEDS = [1, 2, 3, 4, 5, 6];
const SETS = [
  `seeds=${JSON.stringify(SEEDS)}`,
  'training.maxEpochs=12',
  'evaluation=[{protocol: within-alphabet, nWay: 4, episodes: 5}]',
  'baselines=[]',
  'resources.slurm={time: 20, signalSeconds: 25, pollSeconds: 1}',
];
/** Of a job with a time limit of a minute: 25 seconds before it and up to 30 earlier, Slurm gives notice. */
const NOTICE_MS = 42_000;
/** A job that is started again sooner may meet what is left of its last start, and Slurm drops it. */
const REQUEUE_MS = 3000;
/** Tasks of one array at most, here. */
const MAX_ARRAY_SIZE = 4;
const LIMIT_MS = 180_000;

const withSets = (sets: readonly string[]) => sets.flatMap((value) => ['--set', value]);

let slurm: TestSlurm;

beforeAll(async () => {
  requireSlurm();
  slurm = await startSlurm({ maxArraySize: MAX_ARRAY_SIZE });
});

afterEach(async () => {
  slurm.ask('scancel', `--user=${userInfo().username}`);
  await waitFor(() => (readQueue().size === 0 ? true : undefined));
});

afterAll(async () => {
  await slurm?.stop();
});

const submit = (args: readonly string[]) =>
  runCommand(['run', ...args, '--launcher', 'slurm', '--json'], { env: slurm.env });

interface Submitted {
  readonly jobName?: string;
  readonly jobs: readonly { readonly id: string; readonly tasks: number }[];
  readonly controller?: string;
  readonly counts: Readonly<Record<string, number>>;
}

async function submitted(args: readonly string[]): Promise<Submitted> {
  const { code, stdout, stderr } = await submit(args);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Submitted;
}

/** The tasks in the queue and their states. */
function readQueue(): Map<string, string> {
  const lines = slurm.ask('squeue', '-h', '-r', '-o', '%i %T').trim().split('\n');
  return new Map(lines.filter((line) => line !== '').map((line) => line.split(' ') as [string, string]));
}

const requeuedAt = new Map<string, number>();

/** A requeued job waits two minutes in a real cluster; not here. */
function releaseRequeued(): void {
  const lines = slurm.ask('squeue', '-h', '-r', '-o', '%i %r').trim().split('\n');
  for (const line of lines) {
    const [id, reason] = line.split(' ') as [string, string];
    if (reason !== 'BeginTime') {
      requeuedAt.delete(id);
      continue;
    }
    const since = requeuedAt.get(id) ?? performance.now();
    requeuedAt.set(id, since);
    if (performance.now() - since < REQUEUE_MS) continue;
    try {
      slurm.ask('scontrol', 'update', `JobId=${id}`, 'StartTime=now');
    } catch {
      // Its last start is not cleared away yet.
    }
  }
}

/** Resolves when the look succeeds, while requeued jobs go on. */
async function until<T>(look: () => T | undefined): Promise<T> {
  for (const start = performance.now(); ; ) {
    const value = look();
    if (value !== undefined) return value;
    if (performance.now() - start > LIMIT_MS) throw new Error(`nothing came; in the queue: ${[...readQueue()]}`);
    releaseRequeued();
    await sleep(300);
  }
}

const folderOfSeed = (runs: string, seed: number) =>
  runFoldersOf(runs, 'tiny').find((folder) => readTrialRecord(folder)?.seed === seed) as string;

/** Does something to a trial that has trained for an epoch, so that there is something to lose. */
async function disturb<T>(runs: string, seed: number, act: (pid: number) => T): Promise<T> {
  const pid = await until(() => {
    const status = readRunStatus(folderOfSeed(runs, seed));
    return status?.state === 'running' && status.epoch >= 1 ? trialProcessOf(folderOfSeed(runs, seed)) : undefined;
  });
  return act(pid);
}

/** What the last task that ran a trial has recorded. */
function recordOfSeed(runs: string, seed: number) {
  const name = folderOfSeed(runs, seed).split('/').at(-1);
  return listSubmissions(join(runs, 'tiny'))
    .map(({ folder, submission }) =>
      readTaskRecord(
        folder,
        submission.trials.findIndex((one) => one.folder === name),
      ),
    )
    .filter((record) => record !== undefined)
    .at(-1);
}

const parentOf = (pid: number) => Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

test('doctor finds the cluster', async () => {
  process.env.SLURM_CONF = slurm.env.SLURM_CONF;
  try {
    const findings = await diagnosePrograms(process.env);
    expect(findings.find(({ name }) => name === 'Slurm')).toMatchObject({ state: 'works' });
  } finally {
    delete process.env.SLURM_CONF;
  }
});

describe('a sweep as job arrays', () => {
  test(
    'ends like a local one, through kills, cancellations, requeues, a time limit and preemption',
    async () => {
      const [quiet, runs] = [newFolder(), newFolder()];
      const local = await runCommand(['run', TINY, '--runs', quiet, '--parallel', '2', ...withSets(SETS)]);
      expect(local.code, local.stderr).toBe(0);

      // More trials than an array may have tasks.
      const args = [TINY, '--runs', runs, ...withSets(SETS)];
      const first = await submitted(args);
      expect(first.jobs.map(({ tasks }) => tasks)).toEqual([4, 2]);
      expect(first.counts).toMatchObject({ submitted: 6, queued: 0, left: 0 });
      const second = await submitted(args);
      expect(second.jobs).toEqual([]);
      expect(second.counts).toMatchObject({ submitted: 0, queued: 6 });
      const array = first.jobs[0] as { readonly id: string };

      // One stands still until Slurm has given notice of its time limit.
      const standing = await disturb(runs, 4, (pid) => {
        process.kill(pid, 'SIGSTOP');
        slurm.ask('scontrol', 'update', `JobId=${array.id}_3`, 'TimeLimit=1');
        return pid;
      });
      await disturb(runs, 1, (pid) => process.kill(pid, 'SIGKILL'));
      await disturb(runs, 2, () => slurm.ask('scontrol', 'requeue', `${array.id}_1`));
      await disturb(runs, 3, () => slurm.ask('scancel', `${array.id}_2`));
      await disturb(runs, 5, (pid) => process.kill(parentOf(pid), 'SIGKILL'));

      const gone = [`${array.id}_0`, `${array.id}_2`, `${first.jobs[1]?.id}_0`];
      await until(() => (gone.some((id) => readQueue().has(id)) ? undefined : true));
      expect(recordOfSeed(runs, 1)).toMatchObject({ state: 'ended', outcome: { state: 'failed', code: 'killed' } });
      expect(recordOfSeed(runs, 3)).toMatchObject({ state: 'ended', outcome: { state: 'stopped' } });
      const status = await runCommand(['status', join(runs, 'tiny'), '--json'], { env: slurm.env });
      const [{ slurm: told }] = JSON.parse(status.stdout);
      expect(told).toMatchObject({ cluster: 'test', from: 'squeue' });
      expect(told.tasks.map(({ job }: { job: string }) => job)).toContain(`${array.id}_3`);
      expect(told.tasks.map(({ job }: { job: string }) => job)).not.toContain(`${array.id}_2`);

      // Only what nobody has in hand any more is submitted again.
      const third = await submitted(args);
      expect(third.counts).toMatchObject({ submitted: 3 });
      expect(third.counts.queued! + third.counts.finished!).toBe(3);

      const startedAt = Date.parse(recordOfSeed(runs, 4)?.updatedAt as string);
      await until(() => (Date.now() - startedAt > NOTICE_MS ? true : undefined));
      process.kill(standing, 'SIGCONT');
      await waitFor(() => (recordOfSeed(runs, 4)?.state === 'requeued' ? true : undefined));
      await until(() => (recordOfSeed(runs, 4)?.state === 'running' ? true : undefined));
      expect(recordOfSeed(runs, 4)).toMatchObject({ job: `${array.id}_3`, restarts: 1 });

      // Somebody more urgent takes the machine.
      await until(() => (readQueue().get(`${array.id}_3`) === 'RUNNING' ? true : undefined));
      const urgent = ['--partition=urgent', '--cpus-per-task=4', '--output=/dev/null', '--wrap=true'];
      slurm.ask('sbatch', ...urgent);
      await until(() => ((recordOfSeed(runs, 4)?.restarts ?? 0) >= 2 ? true : undefined));

      await until(() => (readQueue().size === 0 ? true : undefined));
      const last = await runCommand(['run', ...args, '--launcher', 'slurm', '--wait', '--json'], { env: slurm.env });
      expect(last.code, last.stderr).toBe(0);
      for (const seed of SEEDS) {
        expect(repeatablePartOf(folderOfSeed(runs, seed)), `seed ${seed}`).toEqual(
          repeatablePartOf(folderOfSeed(quiet, seed)),
        );
      }
      expect(readRunStatus(folderOfSeed(runs, 4))?.attempt).toBeGreaterThanOrEqual(3);
      expect(findLeftovers(runs)).toEqual([]);
      expect((await submitted(args)).counts).toMatchObject({ finished: 6, submitted: 0 });
    },
    2 * LIMIT_MS,
  );

  test('is submitted whole or in whole arrays when Ctrl-C is pressed', async () => {
    const runs = newFolder();
    const held = ['resources.slurm.arraySize=1', 'resources.slurm.options=[--hold]'];
    const args = [TINY, '--runs', runs, ...withSets([...SETS, ...held])];
    const { child, result } = startCommand(['run', ...args, '--launcher', 'slurm', '--json'], { env: slurm.env });
    child.stderr?.once('data', () => child.kill('SIGINT'));
    const { code, stdout } = await result;
    expect(code).toBe(130);
    const { jobs, counts, jobName } = JSON.parse(stdout) as Submitted;
    expect(jobs.length).toBeGreaterThan(0);
    expect(counts).toMatchObject({ submitted: jobs.length, left: SEEDS.length - jobs.length });
    const expected = jobs.map(({ id }) => `${id}_0`);
    expect([...readQueue().keys()].sort()).toEqual(expected.sort());
    expect(findLeftovers(runs)).toEqual([]);

    const rest = await submitted(args);
    expect(rest.counts).toMatchObject({ queued: jobs.length, submitted: SEEDS.length - jobs.length, left: 0 });
    for (const name of [jobName, rest.jobName]) if (name !== undefined) slurm.ask('scancel', `--name=${name}`);
    await until(() => (readQueue().size === 0 ? true : undefined));
    expect((await submitted(args)).counts).toMatchObject({ queued: 0, submitted: SEEDS.length });
  });

  test('takes options with spaces as one, and `oneshot cancel` ends its jobs', async () => {
    const runs = newFolder();
    const sets = [
      ...SETS,
      'training.maxEpochs=2000',
      'resources.slurm.options=["--comment=two words, a \\"quote\\" # and more"]',
    ];
    const { jobs } = await submitted([TINY, '--runs', runs, ...withSets(sets)]);
    const told = slurm.ask('scontrol', 'show', 'job', '--oneliner', `${jobs[0]?.id}_0`);
    expect(told).toContain(' Comment=two words, a "quote" # and more ');
    const folder = await until(() =>
      runFoldersOf(runs, 'tiny').find((each) => readRunStatus(each)?.state === 'running'),
    );
    const { code, stdout } = await runCommand(['cancel', join(runs, 'tiny')], { env: slurm.env });
    expect([code, stdout]).toEqual([0, expect.stringContaining(`cancelled ${SEEDS.length} jobs of trials on `)]);
    await until(() => (readQueue().size === 0 ? true : undefined));
    // The trial that ran has written its checkpoint and waits for another `run`.
    expect(readRunStatus(folder)?.state).toBe('stopped');
    expect(existsSync(join(folder, 'last.safetensors'))).toBe(true);
    const again = await runCommand(['cancel', join(runs, 'tiny')], { env: slurm.env });
    expect(again.stdout).toContain('has nothing of it in hand');
  });

  test('says what sbatch says when it refuses, and leaves nothing behind', async () => {
    const runs = newFolder();
    const refused = await submit([TINY, '--runs', runs, '--set', 'resources.slurm.partition=nowhere']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/sbatch ended with 1: .*invalid partition/i);
    expect(listSubmissions(join(runs, 'tiny'))).toEqual([]);
  });
});

test(
  'a search goes on after its controller was requeued, with the proposals and results of a local one',
  async () => {
    const [quiet, runs] = [newFolder(), newFolder()];
    const sets = [
      'seeds=[1]',
      'sweep.maxTrials=6',
      'sweep.startupPoints=2',
      'sweep.batchSize=2',
      'resources.slurm.pollSeconds=1',
    ];
    const local = await runCommand(['run', SEARCH, '--runs', quiet, ...withSets(sets)]);
    expect(local.code, local.stderr).toBe(0);

    const args = [SEARCH, '--runs', runs, ...withSets(sets)];
    const { controller } = await submitted(args);
    expect(controller).toMatch(/^\d+$/);
    await until(() => (runFoldersOf(runs, 'sweep').some((folder) => readRunStatus(folder)) ? true : undefined));
    expect(await submitted(args)).toMatchObject({ controller, jobs: [] });
    slurm.ask('scontrol', 'requeue', controller as string);
    await until(() => (readQueue().size === 0 ? true : undefined));

    const expected = describeSweepResult(quiet);
    const found = describeSweepResult(runs);
    expect(found.trials.size).toBe(6);
    expect(found.trials).toEqual(expected.trials);
    expect(found.asks).toEqual(expected.asks);
    expect(found.outcomes).toEqual(expected.outcomes);
    expect(found.states).toEqual(expected.states);
    expect(found.leftovers).toEqual([]);
    expect(existsSync(join(runs, 'sweep', 'slurm'))).toBe(true);
  },
  2 * LIMIT_MS,
);

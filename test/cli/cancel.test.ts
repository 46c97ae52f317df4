import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadPlan } from '../../src/check/load-plan.js';
import { describeStops } from '../../src/cli/cluster-status.js';
import { cancelCommand } from '../../src/cli/commands/cancel.js';
import { findRequeueProblem } from '../../src/launch/slurm/requeue-own-job.js';
import { listSubmissions, SUBMISSION_VERSION, writeTaskRecord } from '../../src/launch/slurm/submission.js';
import { submitPlan } from '../../src/launch/slurm/submit-plan.js';
import { findRuns } from '../../src/run-folder/find-runs.js';
import { RUN_FOLDER_VERSION, readTrialRecord, writeRunStatus } from '../../src/run-folder/run-folder.js';
import { type FakeSlurm, makeFakeSlurm } from '../support/fake-slurm.js';
import { newFolder, runFoldersOf } from '../support/run-command.js';

const path = process.env.PATH;
let slurm: FakeSlurm;
let runs: string;
const write = process.stdout.write;
let printed = '';

beforeEach(() => {
  slurm = makeFakeSlurm({ maxArraySize: 2 });
  process.env.PATH = `${slurm.bin}:${path}`;
  runs = newFolder();
  printed = '';
  process.stdout.write = ((text: string) => {
    printed += text;
    return true;
  }) as typeof write;
});

afterEach(() => {
  process.env.PATH = path;
  process.stdout.write = write;
});

/** Three trials as jobs 101 (two tasks) and 102 (one). */
async function submitThree(): Promise<void> {
  const sets = ['seeds=[1, 2, 3]'];
  const plan = loadPlan(resolve(import.meta.dirname, '../fixtures/tiny.yaml'), { sets });
  await submitPlan(plan, {
    slurm: plan.experiment.resources.slurm,
    settings: {
      runsFolder: runs,
      baseFolder: runs,
      engine: { engine: 'auto', threads: 1, autoThreads: 1 },
      cpus: 1,
      retries: 0,
      failFast: false,
      allowDrift: false,
      maxRequeues: 1,
    },
    parallel: 1,
    stop: new AbortController().signal,
    onSubmitted: () => undefined,
  });
}

describe('cancel', () => {
  test('ends all jobs of a sweep, whole arrays by their number', async () => {
    await submitThree();
    expect(await cancelCommand(join(runs, 'tiny'), {})).toBe(0);
    expect(slurm.cancelled().sort()).toEqual(['101', '102']);
    expect(printed).toContain('cancelled 3 jobs of trials on fake');
  });

  test('ends the job of one run alone, by its task', async () => {
    await submitThree();
    const second = runFoldersOf(runs, 'tiny')[1] as string;
    expect(await cancelCommand(second, { json: true })).toBe(0);
    expect(slurm.cancelled()).toEqual(['101_1']);
    expect(JSON.parse(printed)).toMatchObject([{ cluster: 'fake', tasks: ['101_1'], controllers: [] }]);
  });

  test('says where the cluster has nothing of it, and where nothing was ever submitted', async () => {
    await submitThree();
    slurm.setQueue([]);
    expect(await cancelCommand(runs, {})).toBe(0);
    expect(printed).toContain('has nothing of it in hand');
    expect(slurm.cancelled()).toEqual([]);
    await expect(cancelCommand(newFolder(), {})).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('Ctrl-C'),
    });
    await expect(cancelCommand('/nowhere/runs', {})).rejects.toThrow('no such folder');
  });
});

describe('a machine without scontrol', () => {
  const job = { id: '101_0', node: 'n1', restarts: 0 };

  test('is known before the time limit comes', () => {
    expect(findRequeueProblem(job, { PATH: slurm.bin })).toBeUndefined();
    expect(findRequeueProblem(job, { PATH: newFolder() })).toMatch(/^node n1 has no scontrol on PATH/);
  });

  test('is why a run is stopped, until it is submitted again', async () => {
    await submitThree();
    const [folder = ''] = runFoldersOf(runs, 'tiny');
    writeRunStatus(folder, {
      version: RUN_FOLDER_VERSION,
      state: 'stopped',
      fingerprints: readTrialRecord(folder)!.fingerprints,
      attempt: 1,
      trained: false,
      epoch: 1,
      maxEpochs: 4,
      metrics: {},
      startedAt: '',
      updatedAt: '',
      seconds: 1,
      processorSeconds: 1,
      peakMemoryBytes: 0,
    });
    const [submission] = listSubmissions(join(runs, 'tiny'));
    const record = { version: SUBMISSION_VERSION, job: '101_0', node: 'n1', restarts: 0, updatedAt: '' };
    const problem = 'node n1 has no scontrol on PATH';
    const stops = () => describeStops(join(runs, 'tiny'), findRuns(runs).runs).map((stop) => stop.problem);
    writeTaskRecord(submission!.folder, 0, { ...record, state: 'running', problem });
    expect(stops()).toEqual([]);
    writeTaskRecord(submission!.folder, 0, { ...record, state: 'ended', outcome: { state: 'stopped' }, problem });
    expect(stops()).toEqual([`job 101_0: ${problem}`]);
    slurm.setQueue([]);
    await submitThree();
    expect(stops()).toEqual([]);
  });
});

import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadPlan } from '../../src/check/load-plan.js';
import { updateSubmittedSweeps } from '../../src/cli/sync-journals.js';
import { submitPlan } from '../../src/launch/slurm/submit-plan.js';
import { RUN_FOLDER_VERSION, readTrialRecord, writeRunStatus } from '../../src/run-folder/run-folder.js';
import { makeFakeSlurm } from '../support/fake-slurm.js';
import { newFolder, runFoldersOf } from '../support/run-command.js';

const path = process.env.PATH;
const slurm = makeFakeSlurm();

beforeEach(() => {
  process.env.PATH = `${slurm.bin}:${path}`;
});

afterEach(() => {
  process.env.PATH = path;
});

const statusesOf = (journal: string) =>
  readFileSync(journal, 'utf8')
    .split('\n')
    .flatMap((line) => /"status":"(\w+)"/.exec(line)?.[1] ?? []);

test('a submitted sweep is over in its journal when the cluster has nothing of it in hand any more', async () => {
  const runsFolder = newFolder();
  const plan = loadPlan(resolve(import.meta.dirname, '../fixtures/tiny.yaml'), { sets: ['seeds=[1, 2]'] });
  await submitPlan(plan, {
    slurm: plan.experiment.resources.slurm,
    settings: {
      runsFolder,
      baseFolder: runsFolder,
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
  const journal = join(runsFolder, 'tiny', 'journal.jsonl');
  await updateSubmittedSweeps(runsFolder);
  expect(statusesOf(journal)).toEqual(['RUNNING']);

  for (const folder of runFoldersOf(runsFolder, 'tiny')) {
    writeRunStatus(folder, {
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
  }
  slurm.setQueue([]);
  await updateSubmittedSweeps(runsFolder);
  await updateSubmittedSweeps(join(runsFolder, 'tiny'));
  expect(statusesOf(journal)).toEqual(['RUNNING', 'FINISHED']);
});

test('runs that were never submitted are left as they are', async () => {
  const runsFolder = newFolder();
  mkdirSync(join(runsFolder, 'tiny'));
  await expect(updateSubmittedSweeps(runsFolder)).resolves.toBeUndefined();
});

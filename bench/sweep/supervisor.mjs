// What the supervisor itself costs per trial, and whether its memory grows: a sweep whose trials are over as soon as they start.
//   node --expose-gc bench/sweep/supervisor.mjs [TRIALS]         (default 1000)
// Prints its processor time per trial and the live heap after each fifth. Starting the processes is no part of it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadPlan } from '../../dist/check/load-plan.js';
import { runPlan } from '../../dist/launch/run-plan.js';
import { RUN_FOLDER_VERSION, readTrialRecord, writeRunStatus } from '../../dist/run-folder/run-folder.js';

const trials = Number(process.argv[2] ?? 1000);
const runsFolder = mkdtempSync(join(tmpdir(), 'oneshot-supervisor-'));
const seeds = Array.from({ length: trials }, (_, at) => at + 1);
const plan = loadPlan(resolve(import.meta.dirname, '../../test/fixtures/tiny.yaml'), {
  sets: [`seeds=[${seeds}]`, 'training.maxEpochs=0', 'evaluation=[]', 'baselines=[]'],
});

let ended = 0;
const start = process.cpuUsage();
function launchNothing({ folder }) {
  writeRunStatus(folder, {
    version: RUN_FOLDER_VERSION,
    state: 'finished',
    fingerprints: readTrialRecord(folder).fingerprints,
    attempt: 1,
    trained: true,
    epoch: 0,
    maxEpochs: 0,
    metrics: {},
    startedAt: '',
    updatedAt: '',
    seconds: 1,
    processorSeconds: 1,
    peakMemoryBytes: 0,
  });
  if (++ended % Math.ceil(trials / 5) === 0) printCosts();
  return { pid: undefined, outcome: Promise.resolve({ state: 'finished' }), stop: () => {}, kill: () => {} };
}

function printCosts() {
  globalThis.gc?.();
  const { user, system } = process.cpuUsage(start);
  const milliseconds = ((user + system) / 1000 / ended).toFixed(1);
  console.log(
    `${ended} trials: ${milliseconds} ms per trial, heap ${(process.memoryUsage().heapUsed / 1e6).toFixed(1)} MB`,
  );
}

await runPlan(plan, {
  runsFolder,
  baseFolder: runsFolder,
  launcher: launchNothing,
  engine: { engine: 'auto', threads: 'auto', autoThreads: 1 },
  parallel: 2,
  retries: 0,
  failFast: false,
  allowDrift: false,
  stop: new AbortController().signal,
  kill: new AbortController().signal,
  onEvent: () => {},
});
rmSync(runsFolder, { recursive: true, force: true });

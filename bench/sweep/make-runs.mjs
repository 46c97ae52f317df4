// Makes the run folders of a finished sweep without running it, to measure what planning and status cost:
//   node bench/sweep/make-runs.mjs FILE RUNS [SHARE]
// Every trial of FILE gets its folder in RUNS; SHARE of them (default 0.9) say that they have finished, the rest failed.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadPlan } from '../../dist/check/load-plan.js';
import { openSweep } from '../../dist/launch/open-sweep.js';

const [file, runs, share = '0.9'] = process.argv.slice(2);
const plan = loadPlan(file);
const experimentFolder = join(runs, plan.experiment.name);
mkdirSync(experimentFolder, { recursive: true });
openSweep(plan, experimentFolder, { parallel: 2, now: () => performance.now() }).close();
for (const [at, trial] of plan.trials.entries()) {
  const folder = join(experimentFolder, trial.folder);
  mkdirSync(folder);
  const { experiment: _, folder: __, ...record } = trial;
  const isFinished = (at * 0.618) % 1 < Number(share);
  const accuracy = 0.05 + 0.9 * ((at * 0.41) % 1);
  writeFileSync(
    join(folder, 'trial.json'),
    JSON.stringify({ version: 1, uid: String(at), experimentName: plan.experiment.name, ...record }),
  );
  const status = {
    version: 1,
    state: isFinished ? 'finished' : 'failed',
    fingerprints: trial.fingerprints,
    attempt: 1,
    trained: isFinished,
    epoch: 4,
    maxEpochs: 4,
    metrics: { 'train/loss': 1 - accuracy, 'validation/one-shot-accuracy': accuracy },
    startedAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:10.000Z',
    seconds: 10,
    processorSeconds: 10,
    peakMemoryBytes: 2e8,
    ...(isFinished ? {} : { failure: { code: 'non-finite', message: 'the loss is NaN at epoch 2, step 3 of 4' } }),
  };
  writeFileSync(join(folder, 'status.json'), JSON.stringify(status));
}
console.log(`${plan.trials.length} run folders in ${experimentFolder}`);

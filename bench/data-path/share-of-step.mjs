// How much of a training step goes to making its batch, on all cores:
//   node bench/data-path/share-of-step.mjs [FILE] [STEPS] [DIST]   (default experiments/omniglot-small.yaml, 60, dist/)
// Trains STEPS steps and times how long the loop waits for each batch, besides the processor time that a batch takes in its
// thread. With all cores computing, that time comes out of the step, whether the loop waits or not.
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const [file = `${root}/experiments/omniglot-small.yaml`, given = '60', build = `${root}/dist`] = process.argv.slice(2);
const threads = availableParallelism();
const dist = (path) => import(`${resolve(build)}/${path}.js`);
const { loadExperiment } = await dist('check/load-experiment');
const { loadData } = await dist('data/data-sets');
const { userDataFolder } = await dist('base/environment');
const { openBatchFeed } = await dist('tasks/batch-feed');
const { createBatchMaker } = await dist('tasks/batch-maker');
const { startEngine } = await dist('engine/start-engine');
const { describeBatch } = await dist('tasks/describe-batch');
const { chooseMicroBatchSize } = await dist('model/micro-batch-size');
const { placeEncoder } = await dist('model/encoder-shape');
const { train } = await dist('training/train');

/** Steps at the start that are not counted: graphs are compiled, code is optimised. */
const WARM_UP = 10;
const TICK_MS = 10; // of /proc: 100 a second

const steps = Number(given) + WARM_UP;
const sets = ['training.maxEpochs=1', `training.stepsPerEpoch=${steps}`, 'evaluation=[]', 'seeds=[1]'];
const { experiment } = loadExperiment(file, { sets });
const { model, augmentation, training } = experiment;
const data = await loadData(experiment.data, {
  env: process.env,
  baseFolder: root,
  cacheFolder: join(dirname(userDataFolder(process.env)), 'pictures'),
  report: () => undefined,
});
const { units, picturesPerUnit } = describeBatch(training);
const spec = {
  seed: 1,
  task: training.task,
  augmentation,
  selection: data.split.train,
  source: data.source,
  batchSize: units,
};

const engine = await startEngine('auto', { threads });
const threadsBefore = new Set(listThreads());
const batches = openBatchFeed(spec, { stepsPerEpoch: steps });
const waits = [];
const stepTimes = [];
let lastAt = 0;
let madeAhead;
let batchThread;
const { imageSize } = data.description;
await train({
  engine,
  model,
  imageSize,
  training: { ...training, validation: undefined },
  seed: 1,
  stepsPerEpoch: steps,
  microBatchSize: chooseMicroBatchSize(
    training.microBatchSize,
    units,
    picturesPerUnit,
    placeEncoder(model.encoder, imageSize),
  ),
  async batches(epoch, step) {
    const askedAt = performance.now();
    if (step > 0) stepTimes.push(askedAt - lastAt);
    lastAt = askedAt;
    const batch = await batches.next(epoch - 1, step);
    waits.push(performance.now() - askedAt);
    if (step === 0) batchThread = listThreads().find((id) => !threadsBefore.has(id) && readThreadMs(id) > 0);
    if (step === WARM_UP) madeAhead = { batches: step, ms: readThreadMs(batchThread), all: readProcessMs() };
    if (step === steps - 1) {
      // Then training is over, and batches are made for nobody.
      const made = step - madeAhead.batches;
      madeAhead = {
        batches: made,
        ms: readThreadMs(batchThread) - madeAhead.ms,
        all: readProcessMs() - madeAhead.all,
      };
    }
    return { images: batch.images, labels: batch.isSame, classes: batch.classes };
  },
  hooks: {
    log: () => undefined,
    saveLast: () => undefined,
    saveBest: () => undefined,
    stopRequested: () => false,
    progress: () => undefined,
    now: () => performance.now(),
  },
});
await batches.close();
engine.dispose();

const step = median(stepTimes.slice(WARM_UP));
const wait = mean(waits.slice(WARM_UP));
const batchMs = madeAhead.ms / madeAhead.batches;
const stepMs = madeAhead.all / madeAhead.batches;
print('step', `${step.toFixed(1)} ms, median of ${stepTimes.length - WARM_UP}; ${threads} threads, all cores`);
print('first batch', `waited ${waits[0].toFixed(0)} ms for`);
print('wait for a batch', `${wait.toFixed(2)} ms, mean: ${percent(wait / step)} of the step`);
print(
  'processor time',
  `${stepMs.toFixed(1)} ms a step, of it ${batchMs.toFixed(1)} ms in the thread of batches: ${percent(batchMs / stepMs)}`,
);

// The same batches without an engine beside them.
const makeBatch = createBatchMaker(spec);
const alone = [];
for (let at = 0; at < steps; at++) {
  const before = process.cpuUsage();
  makeBatch(0, at);
  const { user, system } = process.cpuUsage(before);
  alone.push((user + system) / 1000);
}
print('a batch alone', `${median(alone.slice(WARM_UP)).toFixed(1)} ms of processor time`);

function listThreads() {
  return readdirSync('/proc/self/task');
}

// Fields of stat behind the name: utime and stime.
function readThreadMs(id) {
  const stat = readFileSync(`/proc/self/task/${id}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

function readProcessMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}

function print(name, text) {
  console.log(`${name.padEnd(20)}${text}`);
}

// What processor time a report over many runs takes and how large its page is: 200 runs (40 configurations of a random search by 5
// seeds, 200 epochs, four tasks with 400 episodes of 20 ways among them) are written to a temporary folder and reported.
// Run after `npm run build`: node bench/report/report-many-runs.mjs [RUNS]
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomStream } from '../../dist/base/random-stream.js';
import { stableHash } from '../../dist/base/stable-hash.js';
import { sealPictureSet } from '../../dist/data/pictures/picture-file.js';
import { evaluate } from '../../dist/evaluation/evaluate.js';
import { writeResults } from '../../dist/evaluation/records/evaluation-result.js';
import { writePredictions } from '../../dist/evaluation/records/predictions.js';
import { scorePairs } from '../../dist/evaluation/scorers/score-pairs.js';
import { RUN_FOLDER_VERSION, runFiles, writeRunStatus } from '../../dist/run-folder/run-folder.js';
import { openJournal } from '../../dist/tracking/journal.js';

const RUNS = Number(process.argv[2] ?? 200);
const SEEDS = 5;
const EPOCHS = 200;
const SECTIONS = [
  { protocol: 'within-alphabet', nWay: [5, 10, 20], kShot: 1, episodes: 100, selection: 'test', seed: 1 },
  { protocol: 'cross-alphabet', nWay: 20, kShot: 1, episodes: 400, selection: 'test', seed: 1 },
];

const parent = mkdtempSync(join(tmpdir(), 'report-many-runs-'));
try {
  const data = drawData();
  const evaluated = await evaluateNetworks(data, 5);
  for (let run = 0; run < RUNS; run++) writeRun(evaluated, Math.floor(run / SEEDS), (run % SEEDS) + 1);
  const started = performance.now();
  const before = process.cpuUsage();
  const { writeReport } = await import('../../dist/report/write-report.js');
  await writeReport([parent], { outFolder: parent });
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - started) / 1000;
  const megabytes = statSync(join(parent, 'report.html')).size / 1e6;
  console.log(
    `${RUNS} runs: ${(user / 1e6).toFixed(1)} s of user time and ${(system / 1e6).toFixed(1)} s of system time in ${seconds.toFixed(1)} s, page of ${megabytes.toFixed(1)} MB`,
  );
} finally {
  rmSync(parent, { recursive: true });
}

/** 10 alphabets of 20 characters by 4 people, pictures of noise. */
function drawData() {
  const alphabets = Array.from({ length: 10 }, (_, i) => `alphabet-${i + 1}`);
  const characters = alphabets.flatMap((_, alphabet) =>
    Array.from({ length: 20 }, (__, i) => ({ alphabet, name: `character${i + 1}` })),
  );
  const count = characters.length * 4;
  const random = randomStream(1, 'pictures');
  const pixels = Uint8Array.from({ length: count * 28 * 28 }, () => (random.chance(0.15) ? 255 : 0));
  const set = sealPictureSet({
    name: 'noise',
    height: 28,
    width: 28,
    pixels,
    alphabets,
    characters,
    character: Int32Array.from({ length: count }, (_, i) => Math.floor(i / 4)),
    drawer: Int32Array.from({ length: count }, (_, i) => i % 4),
  });
  const selection = (purpose) => ({ set, purpose, pictures: Int32Array.from({ length: count }, (_, i) => i) });
  const split = { train: selection('train'), validation: selection('validation'), test: selection('test') };
  return { split, source: set };
}

function writeRun(evaluated, configuration, seed) {
  const random = randomStream(configuration, 'settings');
  const assignments = [
    { path: 'training.optimizer.learningRate', value: 10 ** random.between(-4, -1) },
    { path: 'training.optimizer.momentum', value: random.between(0, 1) },
    { path: 'training.batchSize', value: random.pick([32, 64, 128]) },
    { path: 'model.encoder[conv1].filters', value: random.pick([16, 32, 64]) },
    { path: 'augmentation.affine.copies', value: random.pick([0, 8]) },
  ];
  const folder = join(parent, 'many', `run-${configuration}-${seed}`);
  mkdirSync(folder, { recursive: true });
  const files = runFiles(folder);
  const fingerprints = {
    training: stableHash([configuration, seed]),
    evaluation: stableHash([configuration, seed, 1]),
    config: stableHash(configuration),
  };
  const name = `configuration=${configuration},seed=${seed}`;
  const id = fingerprints.training.slice(0, 8);
  const trial = {
    version: RUN_FOLDER_VERSION,
    uid: id,
    experimentName: 'many',
    name,
    id,
    seed,
    assignments,
    fingerprints,
  };
  writeFileSync(files.trial, JSON.stringify(trial));
  writeJournal(files.journal, trial);
  const now = new Date(0).toISOString();
  writeRunStatus(folder, {
    version: RUN_FOLDER_VERSION,
    state: 'finished',
    fingerprints,
    attempt: 1,
    trained: true,
    epoch: EPOCHS,
    maxEpochs: EPOCHS,
    metrics: {},
    startedAt: now,
    updatedAt: now,
    seconds: 3600,
    processorSeconds: 3600,
    peakMemoryBytes: 1e9,
  });
  const source = evaluated[(configuration + seed) % evaluated.length];
  cpSync(source, folder, { recursive: true });
}

/** Results and predictions of networks of different skill, in folders of their own: runs take copies of these. */
async function evaluateNetworks(data, count) {
  const folders = [];
  for (let skill = 0; skill < count; skill++) {
    const folder = join(parent, '.evaluated', String(skill));
    const files = runFiles(folder);
    mkdirSync(files.predictions, { recursive: true });
    const { set } = data.split.test;
    const noise = randomStream(skill, 'noise');
    const network = {
      name: 'network',
      combineShots: 'mean',
      constantByDesign: false,
      embed: () =>
        scorePairs((a, b) => (set.character[a] === set.character[b] ? 2 + skill : 0) - 2 + noise.between(-3, 3)),
    };
    const keep = (record) => writePredictions(files.predictions, record);
    writeResults(files.results, await evaluate({ data, sections: SECTIONS, baselines: ['chance'], network, keep }));
    folders.push(folder);
  }
  return folders;
}

function writeJournal(path, { uid, name, assignments }) {
  const journal = openJournal(path, { now: () => 0 });
  journal.append({ type: 'run', uid, name, experiment: 'many' });
  const values = Object.fromEntries(
    assignments.map(({ path: key, value }) => [key.replace(/[[\]]/g, '.'), String(value)]),
  );
  journal.append({ type: 'params', values });
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    const metrics = {
      'train/loss': 1 / epoch,
      'train/learning-rate': 0.01 * 0.99 ** epoch,
      'validation/one-shot-accuracy': 1 - 1 / epoch,
    };
    for (const [key, value] of Object.entries(metrics)) journal.append({ type: 'metric', key, step: epoch, value });
  }
  journal.close();
}

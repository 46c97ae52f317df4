// Networks that begin with what a run has learned: trained on, and measured on other pictures by `oneshot evaluate`.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { readResults } from '../../src/evaluation/records/evaluation-result.js';
import { readProvenance } from '../../src/run-folder/provenance.js';
import { DATA_DOUBTS_TAG, runFiles } from '../../src/run-folder/run-folder.js';
import { readWeightsCheckpoint } from '../../src/training/checkpoint.js';
import { drawOwnPictures } from '../support/draw-own-pictures.js';
import { newFolder, runCommand, runFoldersOf } from '../support/run-command.js';

const TINY = resolve(import.meta.dirname, '../fixtures/tiny.yaml');
const runs = newFolder();
const pictures = newFolder();
let origin = '';

const withSets = (...sets: string[]) => [...sets.flatMap((set) => ['--set', set]), '--runs', runs];
const evaluate = (...args: string[]) => runCommand(['evaluate', ...args, '--runs', runs]);
const weightsOf = (folder: string) => readWeightsCheckpoint(runFiles(folder).best);

beforeAll(async () => {
  drawOwnPictures(pictures, { groups: 5, classes: 8, pictures: 5 });
  const file = join(newFolder(), 'origin.yaml');
  writeFileSync(
    file,
    `extends: ${TINY}
name: origin
data: {dataset: folder, path: ${pictures}, imageSize: 16, validation: 0.2, test: 0.4, seed: 1}
training: {maxEpochs: 2}
`,
  );
  const { code, stderr } = await runCommand(['run', file, '--runs', runs]);
  expect([code, stderr]).toEqual([0, expect.stringContaining('finished')]);
  [origin = ''] = runFoldersOf(runs, 'origin');
}, 240_000);

test('a run on other pictures begins with them; frozen layers and their statistics stay to the bit', async () => {
  const given = `model.initialWeights={run: ${origin}, frozen: [conv1, batchNorm1]}`;
  const { code } = await runCommand(['run', TINY, ...withSets(given, 'name=further')]);
  expect(code).toBe(0);
  const [folder] = runFoldersOf(runs, 'further');
  const [before, after] = [weightsOf(origin), weightsOf(folder!)];
  const isSame = (path: string) =>
    Buffer.from(before.arrays.get(path)!.values.buffer).equals(Buffer.from(after.arrays.get(path)!.values.buffer));
  expect([...after.arrays.keys()].filter(isSame)).toEqual(
    ['kernel', 'scale', 'offset', 'runningMean', 'runningVariance'].map((name) =>
      name === 'kernel' ? 'conv1/kernel' : `batchNorm1/${name}`,
    ),
  );
  expect(readProvenance(runFiles(folder!).provenance)[0]!.initialWeights).toMatchObject({
    digest: before.weightHash,
    experiment: 'origin',
    dataset: 'folder',
  });
});

test('evaluate measures what the run itself measured, to the digit, in a run of its own', async () => {
  const { code, stdout } = await evaluate(origin, '--json');
  expect(code).toBe(0);
  const { experiment, trials } = JSON.parse(stdout);
  const [{ folder, results }] = trials;
  expect([experiment, dirname(folder)]).toEqual(['origin-evaluated', join(runs, 'origin-evaluated')]);
  expect(results).toEqual(readResults(runFiles(origin).results));
  expect(weightsOf(folder).weightHash).toBe(weightsOf(origin).weightHash);
  expect(readProvenance(runFiles(folder).provenance)[0]!.initialWeights!.digest).toBe(weightsOf(origin).weightHash);
  const page = newFolder();
  expect((await runCommand(['report', folder, '--out', page])).code).toBe(0);
  expect(readFileSync(join(page, 'report.md'), 'utf8')).toContain(
    `begins with: origin/seed=1, weights ${weightsOf(origin).weightHash.slice(0, 8)}`,
  );
  const compared = await runCommand(['compare', origin, folder, '--json']);
  expect(compared.code).toBe(0);
});

test('evaluate takes the data and protocols of another file, and says what of it is not used', async () => {
  const sets = ['data.imageSize=16', 'evaluation=[{protocol: within-alphabet, nWay: 3, episodes: 5}]'];
  const { code, stderr, stdout } = await evaluate(origin, TINY, '--json', ...sets.flatMap((set) => ['--set', set]));
  expect([code, stderr]).toEqual([0, expect.stringContaining('model, training, augmentation of')]);
  const [{ folder, results }] = JSON.parse(stdout).trials;
  expect(results.map(({ task }: { task: string }) => task)).toContain('test/within-alphabet/3-way-1-shot');
  expect(weightsOf(folder).weightHash).toBe(weightsOf(origin).weightHash);
});

test('classes that the network was trained on are no test, whatever the split calls them', async () => {
  const { code, stderr } = await evaluate(origin, '--set', 'data.seed=2', '--set', 'name=leaking');
  expect(code).toBe(1);
  const [folder] = runFoldersOf(runs, 'leaking');
  const { failure } = JSON.parse(readFileSync(runFiles(folder!).status, 'utf8'));
  expect(failure.message).toMatch(
    /^the (test|validation) selection holds .* that the initial weights of origin\/\S+ were (learned from|chosen by): /,
  );
  expect(stderr).toContain(failure.message.slice(0, 40));
});

test('of weights from an exported file nobody can say that, and the run says so', async () => {
  const file = join(newFolder(), 'network.safetensors');
  expect((await runCommand(['export', origin, '--format', 'safetensors', '--out', file])).code).toBe(0);
  const { code, stdout } = await evaluate(file, TINY, '--set', 'data.imageSize=16', '--set', 'name=of-file', '--json');
  expect(code).toBe(0);
  const [{ folder }] = JSON.parse(stdout).trials;
  expect(readFileSync(runFiles(folder).journal, 'utf8')).toContain(
    `"${DATA_DOUBTS_TAG}":"the initial weights come from a file`,
  );
});

test.each([
  [['--set', 'model.head.type=l1'], 'a trained network is measured as it is'],
  [['--set', 'data.imageSize=20'], 'data.imageSize is 20, and origin/seed=1 sees pictures of 16'],
  [['--set', 'data.color=rgb'], 'gives pictures in colour, and origin/seed=1 sees ink'],
])('evaluate with %s is refused before anything is written', async (args, message) => {
  const { code, stderr } = await evaluate(origin, ...args, '--set', 'name=refused');
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  expect(runFoldersOf(runs, 'refused')).toEqual([]);
});

test('a run of another version of the numerics can be used, which is said, and not be reproduced', async () => {
  const { code } = await runCommand(['run', TINY, ...withSets('name=older')]);
  expect(code).toBe(0);
  const [folder] = runFoldersOf(runs, 'older');
  const older = join(newFolder(), basename(folder!));
  cpSync(folder!, older, { recursive: true });
  const { fingerprints } = JSON.parse(readFileSync(runFiles(older).trial, 'utf8'));
  for (const path of [runFiles(older).trial, runFiles(older).status])
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(fingerprints.training, 'a'.repeat(64)));
  const evaluated = await evaluate(older, '--set', 'name=of-older', '--json');
  expect([evaluated.code, evaluated.stderr]).toEqual([0, expect.stringContaining('another version of this program')]);
  expect(JSON.parse(evaluated.stdout).trials[0].results).toEqual(readResults(runFiles(folder!).results));
  const again = await runCommand(['reproduce', older]);
  expect([again.code, again.stderr]).toEqual([
    1,
    expect.stringContaining('classify, embed, export and evaluate take it'),
  ]);
});

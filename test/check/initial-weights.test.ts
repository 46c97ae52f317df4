// What a file is told whose network is to begin with weights that another one has learned.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { InputError } from '../../src/base/problem.js';
import { loadExperiment } from '../../src/check/load-experiment.js';
import { loadPlan } from '../../src/check/load-plan.js';
import { sizeOf } from '../../src/layers/shape.js';
import { hashArrays, type NamedArrays } from '../../src/model/named-arrays.js';
import { writeWeightsCheckpoint } from '../../src/training/checkpoint.js';

const folder = mkdtempSync(join(tmpdir(), 'oneshot-weights-'));
const run = join(folder, 'run');
const file = join(folder, 'experiment.yaml');

/** Conv [3, 3, 1, 4] on pictures of 8, then dense [144, 6], without a head that learned. */
const arrays: NamedArrays = new Map(
  (
    [
      ['conv1/kernel', [3, 3, 1, 4]],
      ['conv1/bias', [4]],
      ['embedding/kernel', [144, 6]],
      ['embedding/bias', [6]],
    ] as const
  ).map(([path, shape]) => {
    const values = new Float32Array(sizeOf(shape)).fill(0.5);
    return [path, { shape, values }];
  }),
);

function writeRun(place: string, state: string, weights: NamedArrays): void {
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'trial.json'), '{}');
  writeFileSync(join(place, 'status.json'), JSON.stringify({ state }));
  writeWeightsCheckpoint(join(place, 'best.safetensors'), {
    epoch: 1,
    weightHash: hashArrays(weights),
    arrays: weights,
  });
}

beforeAll(() => {
  writeRun(run, 'finished', arrays);
  writeRun(join(folder, 'failed'), 'failed', arrays);
  writeFileSync(
    file,
    `name: t
data: {dataset: glyphs, imageSize: 8}
model:
  encoder:
    - {name: conv1, type: conv, filters: 4, kernelSize: 3}
    - {name: embedding, type: dense, units: 6}
  head: {type: l2}
  initialWeights: {run: run, layers: [conv1, embedding]}
evaluation: [{protocol: within-alphabet}]
`,
  );
});

function problemsOf(...sets: string[]): string[] {
  try {
    loadExperiment(file, { sets });
    return [];
  } catch (error) {
    return (error as InputError).problems.map(
      ({ file: place, line, column, code, path, found, nearest }) =>
        `${place.startsWith('--set') ? place : 'file'} ${line}:${column} ${code} ${path}: ${found}${nearest ? ` (${nearest})` : ''}`,
    );
  }
}

test('a network that begins with learned weights needs no training, and paths are relative to the file', () => {
  expect(problemsOf()).toEqual([]);
  expect(loadExperiment(file).experiment.model!.initialWeights!.run).toBe(run);
});

test.each([
  [
    ['model.initialWeights.run=/nowhere'],
    ['--set 1 1:26 unreadable model.initialWeights.run: "/nowhere": no such folder'],
  ],
  [
    [`model.initialWeights.run=${folder}/failed`],
    [`--set 1 1:26 unreadable model.initialWeights.run: "${folder}/failed": a run that is not finished: it is failed`],
  ],
  [
    [`model.initialWeights.run=${folder}`],
    [`--set 1 1:26 unreadable model.initialWeights.run: "${folder}": no run folder`],
  ],
  [
    [`model.initialWeights.file=${folder}/run/best.safetensors`],
    ['--set 1 1:22 conflict model.initialWeights.file: file beside run'],
  ],
  [['model.initialWeights.run=null'], ['file 8:3 missing-key model.initialWeights: neither run nor file']],
  [
    ['model.initialWeights.layers=[conv1, embeding]'],
    ['--set 1 1:37 conflict model.initialWeights.layers[1]: "embeding" (embedding)'],
  ],
  [['model.initialWeights.frozen=[head]'], ['--set 1 1:30 conflict model.initialWeights.frozen[0]: "head"']],
  [
    ['model.encoder[embedding].units=5'],
    [
      'file 8:46 shape model.initialWeights.layers[1]: embedding/kernel of shape [144, 6], where this network has [144, 5]',
    ],
  ],
  [['model.initialWeights.layers=null'], ['file 8:25 shape model.initialWeights.run: no layer head']],
  [
    [`model.initialWeights.digest="${'0'.repeat(64)}"`],
    [
      `--set 1 1:29 conflict model.initialWeights.digest: 0000000000000000…, and the weights there have ${hashArrays(arrays).slice(0, 16)}…`,
    ],
  ],
])('%s', (sets, expected) => {
  expect(problemsOf(...sets)).toEqual(expected);
});

test('the fingerprint is of the weights, not of where they lie', () => {
  const moved = join(folder, 'elsewhere', 'other');
  writeRun(moved, 'finished', arrays);
  const changed = join(folder, 'changed');
  writeRun(changed, 'finished', new Map([...arrays, ['conv1/bias', { shape: [4], values: new Float32Array(4) }]]));
  const idOf = (...sets: string[]) => loadPlan(file, { sets }).trials[0]!.id;
  const id = idOf();
  expect(idOf(`model.initialWeights.run=${moved}`)).toBe(id);
  expect(idOf(`model.initialWeights.run=${changed}`)).not.toBe(id);
  expect(idOf('model.initialWeights.frozen=[conv1]')).not.toBe(id);
  expect(loadPlan(file).trials[0]!.experiment.model!.initialWeights!.digest).toBe(hashArrays(arrays));
});

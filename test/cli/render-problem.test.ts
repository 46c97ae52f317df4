// The words of problems: a golden text for each kind of mistake, and the three formats.
import { describe, expect, test } from 'vitest';
import type { Problem, ProblemCode } from '../../src/base/problem.js';
import { renderProblemLine, renderProblems } from '../../src/cli/render-problem.js';
import { type BrokenFile, findProblems } from '../config/broken-file.js';

const golden: [ProblemCode, Omit<BrokenFile, 'title' | 'expected'>, string][] = [
  ['unreadable', { path: 'nothing.yaml' }, 'nothing.yaml:1:1 found no such file; allowed: an experiment file (YAML)'],
  ['syntax', { add: 'seeds: [1, 2' }, 't.yaml:15:8 seeds: found [ that is never closed; allowed: ] at its end'],
  [
    'unknown-key',
    { change: { 8: '  head: {type: weightedL1, L2: 0.1}' } },
    't.yaml:8:28 model.head: found key L2; allowed: type, weightInitializer, biasInitializer, learningRate, momentum, l2; nearest: l2',
  ],
  [
    'missing-key',
    { change: { 7: '    - {name: embedding, type: dense}' } },
    't.yaml:7:7 model.encoder[2]: found no units; allowed: units: an integer from 1 to 65536',
  ],
  [
    'wrong-type',
    { change: { 12: '  maxEpochs: "2"' } },
    't.yaml:12:14 training.maxEpochs: found "2"; allowed: an integer from 0 to 1000000 (epochs)',
  ],
  [
    'wrong-value',
    { change: { 11: '  optimizer: {type: adamX}' } },
    't.yaml:11:21 training.optimizer.type: found "adamX"; allowed: sgd, adamW, adam; nearest: adam',
  ],
  [
    'extends',
    { add: 'extends: https://example.org/base.yaml' },
    't.yaml:15:10 extends: found "https://example.org/base.yaml"; allowed: local files',
  ],
  [
    'shape',
    { change: { 6: '    - {type: maxPool, size: 8}\n    - {type: conv, filters: 8, kernelSize: 4}' } },
    't.yaml:7:7 model.encoder[2]: found kernel 4x4 is larger than the 3x3 picture that reaches it; allowed: a layer that fits what reaches it, [3, 3, 8]',
  ],
  [
    'episode',
    { change: { 14: '  - {protocol: within-alphabet, nWay: [5, 21]}' } },
    't.yaml:14:43 evaluation[0].nWay[1]: found 21 ways; allowed: at most 20: no alphabet of the test selection has more characters (test-01)',
  ],
  [
    'leak',
    { change: { 2: 'data: {dataset: omniglot, validationAlphabets: [Tengwar]}' } },
    't.yaml:2:49 data.validationAlphabets[0]: found the evaluation alphabet Tengwar; allowed: background alphabets: the test uses the others',
  ],
  [
    'metric',
    { change: { 12: '  maxEpochs: 2\n  earlyStopping: {metric: train/los}' } },
    't.yaml:13:27 training.earlyStopping.metric: found "train/los"; allowed: train/loss; nearest: train/loss',
  ],
  [
    'sweep',
    { add: 'sweep: {method: grid, parameters: {training.optimizer.learningRat: [1]}}' },
    't.yaml:15:36 sweep.parameters: found key learningRat in training.optimizer; allowed: type, learningRate, beta1, beta2, epsilon, weightDecay; nearest: learningRate',
  ],
  [
    'conflict',
    { add: 'augmentation: {affine: {copies: 8, probability: 0.9}}' },
    't.yaml:15:36 augmentation.affine.probability: found probability beside copies; allowed: one of copies, probability',
  ],
];

test.each(golden)('%s reads as it should', (code, row, text) => {
  const problems = findProblems(row);
  expect(problems.map((problem) => [problem.code, renderProblemLine(problem)])).toEqual([[code, text]]);
});

const problem: Problem = {
  code: 'unknown-key',
  file: 'experiments/koch.yaml',
  line: 2,
  column: 3,
  path: 'training.schedule',
  found: 'key decayPerEpoc',
  allowed: 'type, decayPerEpoch',
  nearest: 'decayPerEpoch',
  hint: 'units: 100 % per epoch',
};
const readText = () => 'schedule:\r\n  decayPerEpoc: 0.9\r\n';

describe('renderProblems', () => {
  test('shows the line with a caret under the word, and the hint', () => {
    expect(renderProblems([problem], 'text', { readText })).toBe(
      [
        'experiments/koch.yaml:2:3 training.schedule: found key decayPerEpoc; allowed: type, decayPerEpoch; nearest: decayPerEpoch',
        '  2 |   decayPerEpoc: 0.9',
        '    |   ^^^^^^^^^^^^',
        '  hint: units: 100 % per epoch',
      ].join('\n'),
    );
  });

  test('shows a part of a long line', () => {
    const line = `key: ${'x'.repeat(150)} wrong ${'y'.repeat(150)}`;
    const text = renderProblems([{ ...problem, line: 1, column: 157 }], 'text', { readText: () => line });
    const [, excerpt, caret] = text.split('\n');
    expect(excerpt).toMatch(/\| …x{49} wrong y+…$/);
    expect(caret!.indexOf('^')).toBe(excerpt!.indexOf('wrong'));
    expect(caret).toMatch(/ \^{5}$/);
  });

  test('names a --set argument by number and column and shows it', () => {
    const place = { file: '--set 2', line: 1, column: 20 };
    const text = renderProblems([{ ...problem, ...place, hint: undefined }], 'text', {
      sets: ['a=1', 'training.maxEpochs=x'],
    });
    expect(text.split('\n')).toEqual([
      '--set 2:20 training.schedule: found key decayPerEpoc; allowed: type, decayPerEpoch; nearest: decayPerEpoch',
      '   | training.maxEpochs=x',
      '   |                    ^',
    ]);
  });

  test('lets no control character through to the terminal', () => {
    const text = renderProblems([{ ...problem, found: 'key \u001b[31mred\u202e' }], 'text', {
      readText: () => '\n\u001b]0;title\u0007',
    });
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  test('colours only when asked to', () => {
    expect(renderProblems([problem], 'text', { readText })).not.toContain('\u001b[');
    expect(renderProblems([problem], 'text', { readText, colors: true })).toContain('\u001b[');
  });

  test('gives JSON with all fields', () => {
    expect(JSON.parse(renderProblems([problem], 'json'))).toEqual([problem]);
  });

  test('gives GitHub annotations, escaped', () => {
    expect(renderProblems([{ ...problem, file: 'a,b:c.yaml' }], 'github')).toBe(
      '::error file=a%2Cb%3Ac.yaml,line=2,col=3,title=unknown-key::training.schedule: found key decayPerEpoc; allowed: type, decayPerEpoch; nearest: decayPerEpoch%0Ahint: units: 100 %25 per epoch',
    );
    expect(renderProblems([{ ...problem, file: '--set 1', hint: undefined }], 'github')).toMatch(
      /^::error title=unknown-key::--set 1:3 training/,
    );
  });
});

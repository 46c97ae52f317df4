// Mistakes in the successive halving of a sweep, at their places.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/problem.js';
import { loadExperiment } from '../../src/check/load-experiment.js';

const TINY = resolve(import.meta.dirname, '../fixtures/tiny.yaml');
const folder = mkdtempSync(join(tmpdir(), 'oneshot-halving-'));
const file = join(folder, 'halving.yaml');

/** The problems of a file whose sweep is on line 3 and on, its halving on line 6. */
function problemsOf(
  halving: string,
  { parameters, base = TINY, besides = '' }: { parameters: string; base?: string; besides?: string },
): string[] {
  const sweep = ['sweep:', '  method: grid', `  parameters: {${parameters}}`, `  halving: {${halving}}`];
  writeFileSync(file, [`name: halving`, `extends: ${base}`, ...sweep, besides, ''].join('\n'));
  try {
    loadExperiment(file);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(
      ({ line, column, code, path, found, nearest }) =>
        `${line}:${column} ${code} ${path}: ${found}${nearest === undefined ? '' : `; nearest: ${nearest}`}`,
    );
  }
  return [];
}

const parameters = 'training.optimizer.learningRate: [0.1, 0.2]';

describe('the check of successive halving', () => {
  test.each<[string, string, { parameters: string; besides?: string }, string[]]>([
    ['nothing of what is right', 'metric: train/loss, minEpochs: 2, reductionFactor: 2', { parameters }, []],
    [
      'a metric that nobody logs, with the nearest',
      'metric: train/los',
      { parameters },
      ['6:21 sweep sweep.halving.metric: "train/los"; nearest: train/loss'],
    ],
    ['a first rung that is the last', 'minEpochs: 4', { parameters }, ['6:24 sweep sweep.halving.minEpochs: 4']],
    [
      'a default of the first rung that is the last, at the halving',
      '',
      { parameters, besides: 'training: {maxEpochs: 1}' },
      ['6:3 sweep sweep.halving.minEpochs: 1'],
    ],
    [
      'a first rung before the first validation',
      'minEpochs: 1',
      { parameters, besides: 'training: {validation: {everyEpochs: 2}}' },
      ['6:24 sweep sweep.halving.minEpochs: 1'],
    ],
    [
      'trainings of several lengths',
      '',
      { parameters: 'training.maxEpochs: [3, 9]' },
      ['5:16 sweep sweep.parameters: training.maxEpochs beside halving'],
    ],
    [
      'a factor out of range',
      'reductionFactor: 1',
      { parameters },
      ['6:30 wrong-value sweep.halving.reductionFactor: 1'],
    ],
    [
      'a key that it does not have, with the nearest',
      'minEpoch: 1',
      { parameters },
      ['6:13 unknown-key sweep.halving: key minEpoch; nearest: minEpochs'],
    ],
  ])('finds %s', (_, halving, given, problems) => {
    expect(problemsOf(halving, given)).toEqual(problems);
  });

  test('finds an accuracy where nothing is validated, and takes the loss where no metric is named', () => {
    const base = join(folder, 'unvalidated.yaml');
    writeFileSync(base, readFileSync(TINY, 'utf8').replace(/^ {2}validation: .*$/m, ''));
    expect(problemsOf('metric: validation/one-shot-accuracy', { parameters, base })).toEqual([
      '6:21 sweep sweep.halving.metric: "validation/one-shot-accuracy"',
    ]);
    expect(problemsOf('', { parameters, base })).toEqual([]);
  });

  test('finds halving where nothing is trained', () => {
    const base = resolve(import.meta.dirname, '../../experiments/baselines.yaml');
    expect(problemsOf('', { parameters: 'data.seed: [1, 2]', base })).toContain('6:3 sweep sweep: halving');
  });
});

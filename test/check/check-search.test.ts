// Mistakes in searched sweeps, at their places.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/problem.js';
import { loadExperiment } from '../../src/check/load-experiment.js';

const TINY = resolve(import.meta.dirname, '../fixtures/tiny.yaml');
const file = join(mkdtempSync(join(tmpdir(), 'oneshot-search-')), 'search.yaml');

/** The problems of a file whose lines 3 and on are these. */
function problemsOf(lines: string): string[] {
  writeFileSync(file, `name: search\nextends: ${TINY}\n${lines}\n`);
  try {
    loadExperiment(file);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(({ line, column, code, path, found }) => `${line}:${column} ${code} ${path}: ${found}`);
  }
  return [];
}

/** A sweep on lines 3 to 6, its parameters from line 7 on, from column 5. */
const search = (parameters: readonly string[], settings: readonly string[] = ['method: random', 'maxTrials: 8']) =>
  `sweep:\n  ${settings.join('\n  ')}\n  parameters:\n${parameters.map((line) => `    ${line}`).join('\n')}`;

describe('the check of a searched sweep', () => {
  test.each<[string, string, string[]]>([
    [
      'a domain with a mistake',
      search(['training.optimizer.learningRate: {logUniform: [0, 1]}']),
      ['7:52 sweep sweep.parameters.training.optimizer.learningRate.logUniform[0]: 0'],
    ],
    [
      'a path that does not exist',
      search(['training.optimizer.learningRat: [0.1]']),
      ['7:5 sweep sweep.parameters: key learningRat in training.optimizer'],
    ],
    [
      'a bound that the schema does not allow',
      search(['model.encoder[conv1].filters: {integer: [0, 16]}']),
      ['7:46 sweep model.encoder[0].filters: 0'],
    ],
    ['a choice of the wrong type', search(['training.maxEpochs: [1, two]']), ['7:29 sweep training.maxEpochs: "two"']],
    [
      'a range in which nothing fits',
      search(['model.encoder[conv2].kernelSize: {integer: [40, 50]}', 'model.encoder[conv2].padding: [valid]']),
      ['6:3 sweep sweep: no valid experiment among 1000 points'],
    ],
    [
      'a mistake that no point can mend, at its own place',
      `${search(['training.maxEpochs: [1, 2]'])}\nevaluation: [{protocol: within-alphabet, nWay: 21}]`,
      ['8:48 episode evaluation[0].nWay: 21 ways'],
    ],
    [
      'fewer trials than seeds',
      `${search(['training.maxEpochs: [1, 2]'], ['method: sobol', 'maxTrials: 2'])}\nseeds: [1, 2, 3]`,
      ['5:14 sweep sweep.maxTrials: 2'],
    ],
    [
      'no number of trials',
      search(['training.maxEpochs: [1, 2]'], ['method: tpe']),
      ['3:1 missing-key sweep: no maxTrials'],
    ],
    [
      'a metric that nobody logs',
      `${search(['training.maxEpochs: [1, 2]'])}\ntraining: {validation: null}`,
      ['3:1 sweep sweep.metric: "validation/one-shot-accuracy"'],
    ],
  ])('reports %s', (_, lines, expected) => {
    expect(problemsOf(lines)).toEqual(expected);
  });

  test('lets points through that do not fit as long as others do', () => {
    expect(problemsOf(search(['model.encoder[conv2].kernelSize: {integer: [3, 50]}']))).toEqual([]);
  });

  test('lets keys of a kind through that the sweep chooses', () => {
    const parameters = [
      'training.optimizer.type: [sgd, adamW]',
      'training.optimizer.momentum: {uniform: [0, 0.9], when: {training.optimizer.type: sgd}}',
    ];
    expect(problemsOf(search(parameters))).toEqual([]);
  });
});

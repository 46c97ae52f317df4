import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadExperiment } from '../../src/check/load-experiment.js';
import type { Experiment } from '../../src/config/experiment.js';
import { planTrials } from '../../src/plan/plan-trials.js';

const TINY = resolve(import.meta.dirname, '../fixtures/tiny.yaml');
const digest = (section: unknown) => JSON.stringify(section);
const plan = (...sets: string[]) =>
  planTrials(loadExperiment(TINY, { sets }).experiment, { digestData: digest, isFeasible: () => true }).trials;

describe('a plan', () => {
  test('lists points in the order of the file with seeds innermost', () => {
    const trials = plan(
      'seeds=[1, 2]',
      'sweep={method: grid, parameters: {training.maxEpochs: [1, 2], "model.encoder[conv1].filters": [8, 16]}}',
    );
    expect(trials.map(({ name }) => name)).toEqual([
      'maxEpochs=1,filters=8,seed=1',
      'maxEpochs=1,filters=8,seed=2',
      'maxEpochs=1,filters=16,seed=1',
      'maxEpochs=1,filters=16,seed=2',
      'maxEpochs=2,filters=8,seed=1',
      'maxEpochs=2,filters=8,seed=2',
      'maxEpochs=2,filters=16,seed=1',
      'maxEpochs=2,filters=16,seed=2',
    ]);
    expect(new Set(trials.map(({ id }) => id)).size).toBe(8);
    expect(trials.map(({ experiment }) => experiment.seeds)).toEqual([[1], [2], [1], [2], [1], [2], [1], [2]]);
    expect(trials.every(({ folder, name, id }) => folder === `${name}-${id}`)).toBe(true);
  });

  test('runs a listed point without a network once, with the sections that it leaves out at their defaults', () => {
    const trials = plan(
      'seeds=[3, 4]',
      'evaluation=[{protocol: within-alphabet, nWay: 5, episodes: 3}]',
      'sweep={method: list, points: [{training.maxEpochs: 2}, {model: null, training: null, augmentation: null, baselines: [modifiedHausdorff]}]}',
    );
    expect(trials.map(({ seed, experiment }) => [seed, experiment.model === undefined])).toEqual([
      [3, false],
      [4, false],
      [3, true],
    ]);
    const { experiment } = trials[2]!;
    expect(experiment).not.toHaveProperty('training');
    expect(experiment.augmentation).toEqual({ rotationClasses: false });
    expect(experiment.baselines).toEqual([{ type: 'modifiedHausdorff' }]);
    expect(trials[0]!.experiment.augmentation.affine).toBeDefined();
  });

  test('names a trial by what the command line changed too, which is in no id', () => {
    const { experiment } = loadExperiment(TINY, { sets: ['training.maxEpochs=2'] });
    const changes = [{ path: 'training.maxEpochs', value: '2' }];
    const [named] = planTrials(experiment, { digestData: digest, isFeasible: () => true, changes }).trials;
    const [alone] = plan('training.maxEpochs=2');
    expect(named).toMatchObject({ name: 'maxEpochs=2,seed=1', id: alone?.id, assignments: [] });
  });

  test('gives a trial the same id whatever else is in the sweep', () => {
    const [alone] = plan('training.maxEpochs=2');
    const swept = plan('sweep={method: grid, parameters: {training.maxEpochs: [1, 2]}}');
    expect(swept[1]?.id).toBe(alone?.id);
    expect(swept[1]?.fingerprints).toEqual(alone?.fingerprints);
  });

  test.each([
    ['description=other', 'nothing'],
    ['tracking={mlflow: {experiment: other}}', 'nothing'],
    ['resources.parallel=2', 'nothing'],
    ['training.checkpointEveryMinutes=3', 'nothing'],
    ['baselines=[chance]', 'evaluation'],
    ['evaluation[0].episodes=11', 'evaluation'],
    ['training.maxEpochs=5', 'training'],
    ['data.seed=2', 'training'],
    ['model.encoder[conv1].filters=9', 'training'],
    ['augmentation.affine.shear=0.2', 'training'],
  ])('%s changes what affects %s', (set, affected) => {
    const before = plan()[0]?.fingerprints;
    const after = plan(set)[0]?.fingerprints;
    expect(after?.training === before?.training).toBe(affected !== 'training');
    expect(after?.config === before?.config).toBe(affected !== 'training');
    expect(after?.evaluation === before?.evaluation).toBe(affected === 'nothing');
  });

  test('groups seeds of a point by their config fingerprint, and another data digest is another trial', () => {
    const [one, two] = plan('seeds=[1, 2]');
    expect(one?.fingerprints.config).toBe(two?.fingerprints.config);
    expect(one?.fingerprints.training).not.toBe(two?.fingerprints.training);
    const { experiment } = loadExperiment(TINY);
    const other = planTrials(experiment as Experiment, { digestData: () => 'other pixels', isFeasible: () => true })
      .trials[0];
    expect(other?.fingerprints.training).not.toBe(one?.fingerprints.training);
  });
});

import { describe, expect, test } from 'vitest';
import { loadExperiment } from '../../src/check/load-experiment.js';
import { getAtPath, parseKeyPath } from '../../src/config/key-path.js';
import { expandSweep } from '../../src/plan/expand-sweep.js';

const expand = (sweep: string) =>
  expandSweep(loadExperiment('experiments/quickstart.yaml', { sets: [`sweep=${sweep}`] }).experiment);
const at = (root: unknown, path: string) => getAtPath(root, parseKeyPath(path).steps);

const cases: [string, string, string[]][] = [
  ['a grid of one parameter', '{method: grid, parameters: {training.maxEpochs: [1, 2, 3]}}', ['1', '2', '3']],
  [
    'a grid of two parameters: the last varies fastest',
    '{method: grid, parameters: {training.maxEpochs: [1, 2], training.stepsPerEpoch: [7, 8]}}',
    ['1 7', '1 8', '2 7', '2 8'],
  ],
  [
    'a grid of three parameters',
    '{method: grid, parameters: {training.maxEpochs: [1, 2], data.seed: [3], training.stepsPerEpoch: [7, 8]}}',
    ['1 3 7', '1 3 8', '2 3 7', '2 3 8'],
  ],
  [
    'a list: the points in order, each with keys of its own',
    '{method: list, points: [{training.maxEpochs: 5}, {training.stepsPerEpoch: 2, training.maxEpochs: 1}]}',
    ['5', '2 1'],
  ],
];

describe('expandSweep', () => {
  test.each(cases)('%s', (_, sweep, expected) => {
    const points = expand(sweep);
    expect(points.map(({ assignments }) => assignments.map(({ value }) => value).join(' '))).toEqual(expected);
    for (const { assignments, experiment } of points) {
      for (const { path, value } of assignments) expect(at(experiment, path)).toBe(value);
      expect(experiment).not.toHaveProperty('sweep');
    }
  });

  test('gives one point without a sweep', () => {
    const { experiment } = loadExperiment('experiments/quickstart.yaml');
    expect(expandSweep(experiment)).toEqual([{ assignments: [], experiment }]);
  });

  test('sets layers by name and number', () => {
    const [point] = expand(
      '{method: list, points: [{"model.encoder[conv1].filters": 5, "model.encoder[13].units": 6}]}',
    );
    expect(point?.experiment.model?.encoder[0]).toMatchObject({ name: 'conv1', filters: 5 });
    expect(point?.experiment.model?.encoder[13]).toMatchObject({ name: 'embedding', units: 6 });
  });

  test('makes maps that are missing, with their defaults', () => {
    const [point] = expand('{method: grid, parameters: {augmentation.elastic.grid: [6]}}');
    expect(point?.experiment.augmentation.elastic).toEqual({ grid: 6, standardDeviation: 0.04 });
  });

  test('merges a map and changes its kind', () => {
    const points = expand(
      '{method: grid, parameters: {training.optimizer: [{type: sgd, momentum: 0.9}, {weightDecay: 0.5}]}}',
    );
    expect(points[0]?.experiment.training?.optimizer).toEqual({
      type: 'sgd',
      learningRate: 0.01,
      momentum: 0.9,
      l2: { value: 0, coupling: 'coupled' },
    });
    expect(points[1]?.experiment.training?.optimizer).toMatchObject({ type: 'adamW', beta2: 0.98, weightDecay: 0.5 });
  });

  test('changes a kind before it sets keys of it, whatever their order', () => {
    const [point] = expand(
      '{method: list, points: [{training.optimizer.momentum: 0.5, training.optimizer.type: sgd}]}',
    );
    expect(point?.experiment.training?.optimizer).toMatchObject({ type: 'sgd', momentum: 0.5 });
    expect(point?.assignments.map(({ path }) => path)).toEqual([
      'training.optimizer.momentum',
      'training.optimizer.type',
    ]);
  });

  test('leaves a key out by null', () => {
    const points = expand('{method: grid, parameters: {augmentation.affine: [null, {rotationDegrees: 20}]}}');
    expect(points.map(({ experiment }) => experiment.augmentation.affine?.rotationDegrees)).toEqual([undefined, 20]);
  });

  test('does not touch the experiment that it expands', () => {
    const { experiment } = loadExperiment('experiments/paper-repro.yaml');
    const before = JSON.stringify(experiment);
    expect(expandSweep(experiment)).toHaveLength(6);
    expect(JSON.stringify(experiment)).toBe(before);
  });

  test('shares sections between points that give them the same values', () => {
    const points = expand('{method: grid, parameters: {training.maxEpochs: [1, 2], data.seed: [3, 4]}}');
    expect(points[0]?.experiment.training).toBe(points[1]?.experiment.training);
    expect(points[0]?.experiment.data).toBe(points[2]?.experiment.data);
    expect(points[0]?.experiment.model).toBe(points[3]?.experiment.model);
  });

  test('freezes the points', () => {
    for (const { experiment } of expand('{method: grid, parameters: {training.maxEpochs: [1, 2]}}')) {
      expect(Object.isFrozen(experiment)).toBe(true);
      expect(Object.isFrozen(experiment.training)).toBe(true);
    }
  });
});

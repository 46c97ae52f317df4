import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { loadExperiment } from '../../src/check/load-experiment.js';
import { listDistinctiveParams } from '../../src/run-folder/distinctive-params.js';

const { experiment } = loadExperiment(resolve(import.meta.dirname, '../fixtures/tiny.yaml'));

test('an experiment becomes flat parameters of what differs from its defaults, in names that MLflow takes', () => {
  const params = listDistinctiveParams(experiment);
  expect(params).toMatchObject({
    'data.dataset': 'glyphs',
    'augmentation.affine.probability': '0.8',
    // Named, and left at its defaults.
    'augmentation.elastic': 'defaults',
    'model.encoder':
      'conv filters=8 kernelSize=3 padding=same useBias=false, batchNorm, relu, maxPool size=2, dropout rate=0.1, ' +
      'conv filters=16 kernelSize=3 padding=same, relu, maxPool size=2, dense units=32, sigmoid',
    'training.optimizer.learningRate': '0.003',
  });
  expect(params).not.toHaveProperty('augmentation.affine.scale');
  expect(params).not.toHaveProperty('training.optimizer.beta2');
  expect(Object.keys(params).length).toBeLessThan(30);
  expect(Object.keys(params).filter((key) => !/^[\w.\- :/]+$/.test(key))).toEqual([]);
  expect(Object.keys(params).filter((key) => /^(evaluation|baselines|resources|name)/.test(key))).toEqual([]);
});

test('what is swept is a parameter at its default too, and in a layer', () => {
  const params = listDistinctiveParams(experiment, [
    { path: 'training.optimizer.beta2', value: 0.999 },
    { path: 'model.encoder[conv1].filters', value: 8 },
    { path: 'augmentation.affine.scale', value: [0.8, 1.2] },
  ]);
  expect(params).toMatchObject({
    'training.optimizer.beta2': '0.999',
    'model.encoder.conv1.filters': '8',
    'augmentation.affine.scale': '[0.8,1.2]',
  });
});

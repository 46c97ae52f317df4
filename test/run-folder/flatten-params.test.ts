import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { loadExperiment } from '../../src/check/load-experiment.js';
import { flattenParams } from '../../src/run-folder/flatten-params.js';

test('an experiment becomes flat parameters with all defaults, in names that MLflow takes', () => {
  const { experiment } = loadExperiment(resolve(import.meta.dirname, '../fixtures/tiny.yaml'));
  const params = flattenParams(experiment);
  expect(params).toMatchObject({
    'data.dataset': 'glyphs',
    'augmentation.affine.scale': '[0.8,1.2]',
    'model.encoder.conv1.filters': '8',
    'model.encoder.1.type': 'batchNorm',
    'training.optimizer.beta2': '0.999',
    'training.optimizer.learningRate': '0.003',
  });
  expect(Object.keys(params).filter((key) => !/^[\w.\- :/]+$/.test(key))).toEqual([]);
  expect(Object.keys(params).filter((key) => /^(evaluation|baselines|resources|name)/.test(key))).toEqual([]);
});

import { expect, test } from 'vitest';
import { loadExperiment } from '../../src/check/load-experiment.js';
import { affectsOf, partition } from '../../src/config/affects.js';
import { branchesOf, experimentSchema, resolveSchema, type SchemaNode } from '../../src/config/schema.js';

const { experiment } = loadExperiment('experiments/presets/koch2015.yaml', {
  sets: ['data.path=/data', 'tracking={mlflow: {}}', 'sweep={method: grid, parameters: {training.maxEpochs: [1]}}'],
});

test.each([
  ['name', 'nothing'],
  ['description', 'nothing'],
  ['seeds', 'nothing'],
  ['data.split', 'training'],
  ['data.path', 'nothing'],
  ['augmentation.affine.copies', 'training'],
  ['model.encoder[conv1].filters', 'training'],
  ['training.optimizer.momentum.from', 'training'],
  ['training.checkpointEveryMinutes', 'nothing'],
  ['evaluation[0].protocol', 'evaluation'],
  ['baselines', 'evaluation'],
  ['resources.threads', 'nothing'],
  ['tracking.mlflow.experiment', 'nothing'],
])('%s affects %s', (path, expected) => {
  expect(affectsOf(path, experiment)).toBe(expected);
});

test('every key of the schema has a mark of its own or around it', () => {
  const unmarked: string[] = [];
  const open = new Set<SchemaNode>(); // a layer may be made of layers
  const walk = (node: SchemaNode, path: string, isMarked: boolean): void => {
    const schema = resolveSchema(node);
    if (open.has(schema)) return;
    open.add(schema);
    const marked = isMarked || schema['x-affects'] !== undefined;
    const kinds = schema.oneOf ? [...branchesOf(schema).values()] : [schema];
    for (const kind of kinds) {
      for (const [key, child] of Object.entries(kind.properties ?? {})) {
        if (!marked && resolveSchema(child)['x-affects'] === undefined) unmarked.push(`${path}.${key}`);
        walk(child, `${path}.${key}`, marked);
      }
    }
    if (schema.items) walk(schema.items, `${path}[]`, marked);
    open.delete(schema);
  };
  for (const [key, child] of Object.entries(experimentSchema.properties!)) {
    if (resolveSchema(child)['x-affects'] === undefined) unmarked.push(key);
    walk(child, key, resolveSchema(child)['x-affects'] !== undefined);
  }
  expect(unmarked).toEqual([]);
});

test('the training part holds data, augmentation, model and training without what changes no result', () => {
  const { training } = partition(experiment);
  expect(Object.keys(training).sort()).toEqual(['augmentation', 'data', 'model', 'training']);
  expect(training.data).toEqual({
    dataset: 'omniglot',
    split: 'koch',
    validationAlphabets: [],
    imageSize: 105,
    inkGain: 1,
  });
  expect(training.training).not.toHaveProperty('checkpointEveryMinutes');
  expect(training.model).toEqual(experiment.model);
});

test('the evaluation part holds evaluation and baselines', () => {
  expect(partition(experiment).evaluation).toEqual({
    evaluation: experiment.evaluation,
    baselines: experiment.baselines,
  });
});

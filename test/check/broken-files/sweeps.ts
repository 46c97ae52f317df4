// Sweeps: paths, values, and trials that do not hold.
import type { BrokenFile } from '../../config/broken-file.js';

export const sweepErrors: readonly BrokenFile[] = [
  {
    title: 'a --set of a key that the sweep sets',
    add: 'sweep: {method: grid, parameters: {training.maxEpochs: [1, 2]}}',
    sets: ['training.maxEpochs=5'],
    expected: ['--set 1:20 conflict training.maxEpochs'],
  },
  {
    title: 'a --set of a key around one that the sweep sets',
    add: 'sweep: {method: grid, parameters: {training.optimizer.learningRate: [0.1, 0.2]}}',
    sets: ['resources.parallel=1', 'training.optimizer={type: sgd, learningRate: 0.5}'],
    expected: ['--set 2:46 conflict training.optimizer.learningRate'],
  },
  {
    title: 'a method that does not exist',
    add: 'sweep: {method: gird, parameters: {training.maxEpochs: [1]}}',
    expected: ['15:17 wrong-value sweep.method'],
  },
  {
    title: 'a value without a list',
    add: 'sweep: {method: grid, parameters: {training.maxEpochs: 5}}',
    expected: ['15:56 wrong-type sweep.parameters.training.maxEpochs'],
  },
  {
    title: 'a parameter without values',
    add: 'sweep: {method: grid, parameters: {training.maxEpochs: []}}',
    expected: ['15:56 wrong-value sweep.parameters.training.maxEpochs'],
  },
  {
    title: 'no parameters',
    add: 'sweep: {method: grid, parameters: {}}',
    expected: ['15:35 wrong-value sweep.parameters'],
  },
  {
    title: 'a path that does not exist',
    add: 'sweep:\n  method: grid\n  parameters:\n    training.optimizer.learningRat: [0.1, 0.2]',
    expected: ['18:5 sweep sweep.parameters'],
  },
  {
    title: 'a path below a single value',
    add: 'sweep:\n  method: grid\n  parameters:\n    training.maxEpochs.value: [1, 2]',
    expected: ['18:5 sweep sweep.parameters'],
  },
  {
    title: 'a path that is none',
    add: 'sweep:\n  method: grid\n  parameters:\n    training..maxEpochs: [1, 2]\n    "model.encoder[": [1]',
    expected: ['18:5 sweep sweep.parameters', '19:5 sweep sweep.parameters'],
  },
  {
    title: 'a layer that does not exist',
    add: 'sweep:\n  method: grid\n  parameters:\n    model.encoder[conv2].filters: [8, 16]\n    model.encoder[3].units: [8]',
    expected: ['18:5 sweep sweep.parameters', '19:5 sweep sweep.parameters'],
  },
  {
    title: 'a key of a list',
    add: 'sweep:\n  method: grid\n  parameters:\n    model.encoder.filters: [8, 16]',
    expected: ['18:5 sweep sweep.parameters'],
  },
  {
    title: 'a key of another kind',
    add: 'sweep:\n  method: grid\n  parameters:\n    training.optimizer.momentum: [0, 0.9]',
    expected: ['18:5 sweep sweep.parameters'],
  },
  {
    title: 'values of the wrong type and range',
    add: 'sweep:\n  method: grid\n  parameters:\n    training.maxEpochs: [1, two, 3.5]\n    training.optimizer.learningRate: [0.1, 100]',
    expected: [
      '18:29 sweep training.maxEpochs',
      '18:34 sweep training.maxEpochs',
      '19:44 sweep training.optimizer.learningRate',
    ],
  },
  {
    title: 'a value that stands twice',
    add: 'sweep:\n  method: grid\n  parameters:\n    training.maxEpochs: [1, 2, 1]',
    expected: ['18:32 sweep sweep.parameters.training.maxEpochs[2]'],
  },
  {
    title: 'keys that cannot be swept',
    add: 'sweep:\n  method: grid\n  parameters:\n    name: [a, b]\n    seeds: [[1], [2]]\n    tracking.mlflow.experiment: [a, b]\n    resources.threads: [1, 2]\n    sweep.method: [grid]\n    evaluation[0].nWay: [5, 10]',
    expected: [
      '18:5 sweep sweep.parameters',
      '19:5 sweep sweep.parameters',
      '20:5 sweep sweep.parameters',
      '21:5 sweep sweep.parameters',
      '22:5 sweep sweep.parameters',
      '23:5 sweep sweep.parameters',
    ],
  },
  {
    title: 'one place by two paths',
    add: 'sweep:\n  method: grid\n  parameters:\n    model.encoder[conv1].filters: [8, 16]\n    model.encoder[0].filters: [8]\n    model.encoder[conv1]: [{filters: 8}]',
    expected: ['19:5 sweep sweep.parameters', '20:5 sweep sweep.parameters'],
  },
  {
    title: 'a value that makes a layer not fit',
    add: 'sweep:\n  method: grid\n  parameters:\n    training.maxEpochs: [1, 2]\n    model.encoder[conv1].kernelSize: [3, 40, 5]',
    expected: ['19:42 shape model.encoder[0]'],
  },
  {
    title: 'a value that makes another place wrong',
    add: 'sweep:\n  method: grid\n  parameters:\n    data.imageSize: [28, 64]',
    change: { 2: 'data: {dataset: glyphs, imageSize: 28, sourceSize: 56}' },
    expected: ['18:26 conflict data.sourceSize'],
  },
  {
    title: 'two values that do not fit together',
    add: 'sweep:\n  method: grid\n  parameters:\n    data.imageSize: [8, 28]\n    model.encoder[conv1].kernelSize: [3, 9]',
    expected: ['19:42 shape model.encoder[0]'],
  },
  {
    title: 'a problem of every trial, at its own place',
    add: 'sweep:\n  method: grid\n  parameters:\n    training.maxEpochs: [1, 2]',
    change: { 14: '  - {protocol: within-alphabet, nWay: 21}' },
    expected: ['14:39 episode evaluation[0].nWay'],
  },
  {
    title: 'a key that one of the swept kinds lacks',
    add: 'sweep:\n  method: grid\n  parameters:\n    training.optimizer.type: [sgd, adamW]\n    training.optimizer.momentum: [0.5, 0.9]',
    expected: ['19:5 sweep training.optimizer'],
  },
  {
    title: 'a kind that lacks what it needs',
    add: 'sweep:\n  method: grid\n  parameters:\n    training.task.type: [allPairs, verification]',
    expected: ['18:36 sweep training.task'],
  },
  {
    title: 'a mistake within a map',
    add: 'sweep:\n  method: grid\n  parameters:\n    training.optimizer:\n      - {type: adamW}\n      - {type: sgd, momentun: 0.9}',
    expected: ['20:21 sweep training.optimizer'],
  },
  {
    title: 'points of a list',
    add: 'sweep:\n  method: list\n  points:\n    - {training.maxEpochs: 3}\n    - {training.maxEpochs: x, foo: 1}\n    - {training.maxEpochs: y}\n    - {training.maxEpochs: 3}\n    - 5',
    expected: [
      '19:28 sweep training.maxEpochs',
      '19:31 sweep sweep.points[1]',
      '20:28 sweep training.maxEpochs',
      '21:7 sweep sweep.points[3]',
      '22:7 wrong-type sweep.points[4]',
    ],
  },
  {
    title: 'more points than can be run',
    add: 'sweep:\n  method: grid\n  parameters:\n    training.maxEpochs: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]\n    training.stepsPerEpoch: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]\n    data.seed: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]\n    data.drawers: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]',
    expected: ['15:1 sweep sweep'],
  },
  {
    title: 'a second point without a network',
    add: 'sweep:\n  method: list\n  points:\n    - {training.maxEpochs: 2}\n    - {model: null, training: null, baselines: [chance]}\n    - {model: null, training: null, baselines: [modifiedHausdorff]}',
    expected: ['20:15 sweep sweep.points[2].model'],
  },
  {
    title: 'a point without a network where points halt',
    add: 'sweep:\n  method: list\n  points:\n    - {training.optimizer.learningRate: 0.1}\n    - {model: null, training: null}\n  halving: {metric: train/loss}',
    expected: ['19:15 sweep sweep.points[1].model', '19:21 sweep sweep.points[1]'],
  },
  {
    title: 'baselines of a point with a network',
    add: 'sweep:\n  method: list\n  points:\n    - {training.maxEpochs: 2}\n    - {training.maxEpochs: 3, baselines: [chance]}',
    expected: ['19:31 sweep sweep.points[1]'],
  },
];

// Values of the wrong type, out of range, or not among the allowed words.
import type { BrokenFile } from '../broken-file.js';

export const valueErrors: readonly BrokenFile[] = [
  {
    title: 'a text where a number belongs',
    change: { 12: '  maxEpochs: many' },
    expected: ['12:14 wrong-type training.maxEpochs'],
  },
  { title: 'a quoted number', change: { 12: '  maxEpochs: "2"' }, expected: ['12:14 wrong-type training.maxEpochs'] },
  {
    title: 'a number with an underscore',
    change: { 12: '  maxEpochs: 1_000' },
    expected: ['12:14 wrong-type training.maxEpochs'],
  },
  {
    title: 'a number with a decimal comma',
    change: { 11: '  optimizer: {type: adamW, learningRate: "0,01"}' },
    expected: ['11:42 wrong-type training.optimizer.learningRate'],
  },
  {
    title: 'a number with a unit',
    change: { 2: 'data: {dataset: glyphs, imageSize: 28px}' },
    expected: ['2:36 wrong-type data.imageSize'],
  },
  {
    title: 'a percentage',
    change: { 11: '  optimizer: {type: adamW, beta1: 90%}' },
    expected: ['11:35 wrong-type training.optimizer.beta1'],
  },
  {
    title: 'a fraction where an integer belongs',
    change: { 12: '  maxEpochs: 2.5' },
    expected: ['12:14 wrong-type training.maxEpochs'],
  },
  {
    title: 'a number below its range',
    change: { 12: '  maxEpochs: -1' },
    expected: ['12:14 wrong-value training.maxEpochs'],
  },
  {
    title: 'a number above its range',
    change: { 2: 'data: {dataset: glyphs, imageSize: 5000}' },
    expected: ['2:36 wrong-value data.imageSize'],
  },
  {
    title: 'a schedule that grows',
    change: { 12: '  maxEpochs: 2\n  schedule: {type: exponential, decayPerEpoch: 1.1}' },
    expected: ['13:48 wrong-value training.schedule.decayPerEpoch'],
  },
  {
    title: 'more warm-up than steps',
    change: { 12: '  maxEpochs: 2\n  schedule: {type: oneCycle, warmupFraction: 1.5}' },
    expected: ['13:46 wrong-value training.schedule.warmupFraction'],
  },
  {
    title: 'a number at the open end of its range',
    change: { 11: '  optimizer: {type: adamW, learningRate: 0, beta1: 1}' },
    expected: ['11:42 wrong-value training.optimizer.learningRate', '11:52 wrong-value training.optimizer.beta1'],
  },
  {
    title: 'infinity, not a number, and a number that is too large',
    change: { 11: '  optimizer: {type: adamW, learningRate: .inf, beta1: .nan, beta2: 1e999}' },
    expected: [
      '11:42 wrong-type training.optimizer.learningRate',
      '11:55 wrong-type training.optimizer.beta1',
      '11:68 wrong-type training.optimizer.beta2',
    ],
  },
  {
    title: 'yes for true',
    add: 'augmentation: {rotationClasses: yes}',
    expected: ['15:33 wrong-type augmentation.rotationClasses'],
  },
  {
    title: 'a quoted truth value',
    add: 'augmentation: {rotationClasses: "true"}',
    expected: ['15:33 wrong-type augmentation.rotationClasses'],
  },
  {
    title: 'a number for a truth value',
    change: { 5: '    - {name: conv1, type: conv, filters: 8, kernelSize: 3, useBias: 1}' },
    expected: ['5:69 wrong-type model.encoder[0].useBias'],
  },
  { title: 'a number for a name', change: { 1: 'name: 2015' }, expected: ['1:7 wrong-type name'] },
  { title: 'a name that leaves its folder', change: { 1: 'name: ../runs' }, expected: ['1:7 wrong-value name'] },
  { title: 'a name with a space', change: { 1: 'name: my experiment' }, expected: ['1:7 wrong-value name'] },
  { title: 'a name that is too long', change: { 1: `name: ${'n'.repeat(101)}` }, expected: ['1:7 wrong-value name'] },
  { title: 'None for nothing', change: { 8: '  head: None' }, expected: ['8:9 wrong-type model.head'] },
  { title: 'null for a section', change: { 8: '  head: null' }, expected: ['8:9 wrong-type model.head'] },
  {
    title: 'a kind that does not exist',
    change: { 7: '    - {name: embedding, type: dens, units: 16}' },
    expected: ['7:31 wrong-value model.encoder[2].type'],
  },
  {
    title: 'a kind in capitals',
    change: { 11: '  optimizer: {type: ADAMW}' },
    expected: ['11:21 wrong-value training.optimizer.type'],
  },
  {
    title: 'a number for a kind',
    change: { 6: '    - {type: 3}' },
    expected: ['6:14 wrong-value model.encoder[1].type'],
  },
  { title: 'a text for a layer', change: { 6: '    - relu' }, expected: ['6:7 wrong-type model.encoder[1]'] },
  { title: 'a list for a map', change: { 10: '  task: [allPairs]' }, expected: ['10:9 wrong-type training.task'] },
  {
    title: 'a map for a list',
    change: { 14: '  protocol: within-alphabet' },
    expected: ['14:3 wrong-type evaluation'],
  },
  {
    title: 'a map for a number',
    change: { 12: '  maxEpochs: {value: 2}' },
    expected: ['12:14 wrong-type training.maxEpochs'],
  },
  { title: 'a number for a list', add: 'seeds: 3', expected: ['15:8 wrong-type seeds'] },
  { title: 'a word for a list', add: 'baselines: chance', expected: ['15:12 wrong-type baselines'] },
  {
    title: 'a list of the wrong length',
    change: { 5: '    - {name: conv1, type: conv, filters: 8, kernelSize: [3, 3, 3]}' },
    expected: ['5:57 wrong-value model.encoder[0].kernelSize'],
  },
  {
    title: 'a wrong item of a list',
    change: { 5: '    - {name: conv1, type: conv, filters: 8, kernelSize: [3, 0]}' },
    expected: ['5:61 wrong-value model.encoder[0].kernelSize[1]'],
  },
  { title: 'an empty list', add: 'seeds: []', expected: ['15:8 wrong-value seeds'] },
  {
    title: 'an empty encoder',
    change: { 4: '  encoder: []', 5: '', 6: '', 7: '' },
    expected: ['4:12 wrong-value model.encoder'],
  },
  { title: 'a value that stands twice', add: 'seeds: [1, 2, 1]', expected: ['15:15 wrong-value seeds[2]'] },
  {
    title: 'a word that is not allowed',
    add: 'baselines: [nearestNeighborEuclidean]',
    expected: ['15:13 wrong-value baselines[0]'],
  },
  {
    title:
      'a kind that is not known, a key that the kind does not have and a value out of range, in a list that takes words too',
    add: 'baselines: [chance, {type: elastic}, {type: elasticMatching, spacin: 3}, {type: elasticMatching, steps: 0}, 3]',
    expected: [
      '15:28 wrong-value baselines[1].type',
      '15:62 unknown-key baselines[2]',
      '15:105 wrong-value baselines[3].steps',
      '15:109 wrong-type baselines[4]',
    ],
  },
  {
    title: 'equal values with a key that all objects of JavaScript have',
    add: 'baselines: [{type: chance, toString: 1}, {type: chance, toString: 1}]',
    expected: ['15:28 unknown-key baselines[0]', '15:42 wrong-value baselines[1]', '15:57 unknown-key baselines[1]'],
  },
  {
    title: 'a kind that stands twice, as a word and as a map',
    add: 'baselines: [chance, {type: chance}]',
    expected: ['15:21 wrong-value baselines[1]'],
  },
  {
    title: 'a word for auto or a number',
    add: 'resources: {threads: all}',
    expected: ['15:22 wrong-value resources.threads'],
  },
  {
    title: 'wrong values beyond an alias, at the alias',
    change: { 5: '    - {name: conv1, type: conv, filters: &many many, kernelSize: *many}' },
    expected: ['5:48 wrong-type model.encoder[0].filters', '5:66 wrong-type model.encoder[0].kernelSize'],
  },
  {
    title: 'a wrong value within an anchor that is used twice',
    change: {
      5: '    - {name: conv1, type: conv, filters: 8, kernelSize: 3, weightInitializer: &init {type: normal, standardDeviation: -1}}',
      7: '    - {name: embedding, type: dense, units: 16, weightInitializer: *init}',
    },
    expected: ['5:119 wrong-value model.encoder[0].weightInitializer.standardDeviation'],
  },
  {
    title: 'values over several lines',
    text: 'name: t\ndata:\n  dataset: glyphs\n  imageSize:\n    28px\nseeds:\n  - 1\n  - two\n  -\n    three\nevaluation: [{protocol: within-alphabet}]\n',
    expected: ['5:5 wrong-type data.imageSize', '8:5 wrong-type seeds[1]', '10:5 wrong-type seeds[2]'],
  },
  {
    title: 'block texts',
    text: 'name: t\ndata: {dataset: glyphs}\nevaluation: [{protocol: within-alphabet}]\nseeds: |\n  1\n',
    expected: ['4:8 wrong-type seeds'],
  },
  {
    title: 'JSON',
    text: '{\n  "name": "t",\n  "data": {"dataset": "glyphs", "imageSize": "28"},\n  "evaluation": [{"protocol": "within-alphabet", "nway": 5}]\n}\n',
    expected: ['3:46 wrong-type data.imageSize', '4:50 unknown-key evaluation[0]'],
  },
  {
    title: 'wide characters before the mistake',
    change: { 2: 'data: {dataset: "글자", imageSize: 28}' },
    expected: ['2:17 wrong-value data.dataset'],
  },
  {
    title: 'mistakes in every section, in file order',
    add: 'seeds: [a]\nresources: {parallel: 0}',
    change: {
      1: 'name: "-"',
      2: 'data: {dataset: glyphs, imageSize: 4}',
      5: '    - {name: 1conv, type: conv, filters: 0, kernelSize: 3}',
      8: '  head: {type: l3}',
      10: '  task: {type: allPairs, negatives: soft}',
      14: '  - {protocol: within-alphabet, selection: tests}',
    },
    expected: [
      '1:7 wrong-value name',
      '2:36 wrong-value data.imageSize',
      '5:14 wrong-value model.encoder[0].name',
      '5:42 wrong-value model.encoder[0].filters',
      '8:16 wrong-value model.head.type',
      '10:37 wrong-value training.task.negatives',
      '14:44 wrong-value evaluation[0].selection',
      '15:9 wrong-type seeds[0]',
      '16:23 wrong-value resources.parallel',
    ],
  },
];

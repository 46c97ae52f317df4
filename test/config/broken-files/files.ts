// Files that cannot be read, `extends`, mistakes in extended files, and `--set`.
import type { BrokenFile } from '../broken-file.js';

export const fileErrors: readonly BrokenFile[] = [
  { title: 'a file that does not exist', path: 'nothing.yaml', expected: ['nothing.yaml:1:1 unreadable'] },
  {
    title: 'bytes that are not UTF-8',
    bytes: [110, 97, 109, 101, 58, 32, 116, 10, 35, 32, 99, 97, 102, 233, 32, 97, 117, 32, 108, 97, 105, 116, 10],
    expected: ['2:6 unreadable'],
  },
  {
    title: 'a broken sequence at the end',
    bytes: [110, 97, 109, 101, 58, 32, 116, 10, 100, 101, 115, 99, 114, 105, 112, 116, 105, 111, 110, 58, 32, 237, 149],
    expected: ['2:14 unreadable'],
  },
  { title: 'UTF-16', bytes: [255, 254, 110, 0, 97, 0], expected: ['1:1 unreadable'] },
  { title: 'a file that is too large', text: `name: t\n#${'x'.repeat(1024 * 1024)}\n`, expected: ['1:1 unreadable'] },
  { title: 'a base that does not exist', add: 'extends: presets/nothing.yaml', expected: ['15:10 extends extends'] },
  { title: 'a base without a name', add: 'extends:', expected: ['15:1 wrong-type extends'] },
  { title: 'a base that is no text', add: 'extends: {file: base.yaml}', expected: ['15:10 wrong-type extends'] },
  { title: 'a base with an empty name', add: 'extends: ""', expected: ['15:10 wrong-type extends'] },
  { title: 'a base that is a number', add: 'extends: 3', expected: ['15:10 wrong-type extends'] },
  {
    title: 'a remote base',
    add: 'extends: [https://example.org/base.yaml, "npm:preset"]',
    expected: ['15:11 extends extends[0]', '15:42 extends extends[1]'],
  },
  { title: 'a base that is the file itself', add: 'extends: ./t.yaml', expected: ['15:10 extends extends'] },
  {
    title: 'bases that lead in a circle',
    add: 'extends: a.yaml',
    files: { 'a.yaml': 'extends: [b.yaml]\n', 'b.yaml': '# a comment\nextends: a.yaml\n' },
    expected: ['b.yaml:2:10 extends extends'],
  },
  {
    title: 'a mistake in a base',
    add: 'extends: base.yaml',
    files: { 'base.yaml': 'seeds: [1]\naugmentation:\n  affine: {copis: 8}\n' },
    expected: ['base.yaml:3:12 unknown-key augmentation.affine'],
  },
  {
    title: 'mistakes in a base of a base, after those of the file',
    add: 'extends: sub/a.yaml',
    change: { 12: '  maxEpochs: -2' },
    files: { 'sub/a.yaml': 'extends: b.yaml\nresources: {retries: x}\n', 'sub/b.yaml': '\n\nseeds: [-1]\n' },
    expected: [
      '12:14 wrong-value training.maxEpochs',
      'sub/a.yaml:2:22 wrong-type resources.retries',
      'sub/b.yaml:3:9 wrong-value seeds[0]',
    ],
  },
  {
    title: 'a mistake of a base that the file mends',
    add: 'extends: base.yaml\nseeds: [1]\nresources: {paralel: 2}',
    files: { 'base.yaml': 'seeds: [x]\nresources: {parallel: 0}\n' },
    expected: ['17:13 unknown-key resources', 'base.yaml:2:23 wrong-value resources.parallel'],
  },
  {
    title: 'a syntax error in a base',
    add: 'extends: base.yaml',
    files: { 'base.yaml': 'seeds: [1\n' },
    expected: ['base.yaml:1:8 syntax seeds'],
  },
  {
    title: 'a base that is a list',
    add: 'extends: base.yaml',
    files: { 'base.yaml': '- 1\n' },
    expected: ['15:10 extends extends'],
  },
  {
    title: 'a key of a kind that the file replaces',
    add: 'extends: base.yaml',
    change: { 11: '  optimizer: {type: sgd, beta1: 0.5}' },
    files: { 'base.yaml': 'training:\n  optimizer: {type: adamW, beta2: 0.9}\n' },
    expected: ['11:26 unknown-key training.optimizer'],
  },
  {
    title: 'a key that is missing in file and base',
    add: 'extends: base.yaml',
    change: { 12: '' },
    files: { 'base.yaml': 'training:\n  batchSize: 64\n' },
    expected: ['9:1 missing-key training', 'base.yaml:2:3 conflict training.batchSize'],
  },
  {
    title: 'layers of a base that do not fit the data of the file',
    text: 'name: t\nextends: base.yaml\ndata: {dataset: glyphs, imageSize: 8}\n',
    files: {
      'base.yaml':
        'model:\n  encoder:\n    - {type: conv, filters: 4, kernelSize: 9}\n  head: {type: weightedL1}\ntraining: {task: {type: allPairs}, optimizer: {type: adamW}, maxEpochs: 1}\n',
    },
    expected: ['base.yaml:3:7 shape model.encoder[0]'],
  },
  {
    title: 'extends of a file that is no experiment',
    before: 'extends: [secrets.yaml, key.pem, settings.env]',
    files: {
      'secrets.yaml': 'apiVersion: v1\nkind: Secret\ndata:\n  password: aHVudGVyMg==\n',
      'key.pem': '-----BEGIN PRIVATE KEY-----\nMIIE: hunter2\n',
      'settings.env': 'PASSWORD=hunter2\n',
    },
    expected: ['1:11 extends extends[0]', '1:25 extends extends[1]', '1:34 extends extends[2]'],
  },
  { title: 'a --set without a value', sets: ['training.maxEpochs'], expected: ['--set 1:1 syntax'] },
  {
    title: 'a --set with an unknown key',
    sets: ['training.maxEpochs=3', 'training.maxEpoch=3'],
    expected: ['--set 2:10 unknown-key training'],
  },
  {
    title: 'a --set with an unknown section',
    sets: ['trainings.optimizer.type=sgd'],
    expected: ['--set 1:1 unknown-key'],
  },
  {
    title: 'a --set with a wrong value',
    sets: ['training.maxEpochs=three', 'model.encoder[conv1].filters="8"'],
    expected: ['--set 1:20 wrong-type training.maxEpochs', '--set 2:30 wrong-type model.encoder[0].filters'],
  },
  {
    title: 'a --set with broken YAML',
    sets: ['seeds=[1, 2', 'data={dataset: glyphs'],
    expected: ['--set 1:7 syntax', '--set 2:6 syntax'],
  },
  {
    title: 'a --set with a layer that does not exist',
    sets: ['model.encoder[conv9].filters=3', 'model.encoder[9].filters=3'],
    expected: ['--set 1:14 unknown-key model.encoder', '--set 2:14 unknown-key model.encoder'],
  },
  {
    title: 'a --set through a list',
    sets: ['model.encoder.filters=3'],
    expected: ['--set 1:15 wrong-type model.encoder'],
  },
  {
    title: 'a --set through a single value',
    sets: ['training.maxEpochs.value=3'],
    expected: ['--set 1:20 wrong-type training.maxEpochs'],
  },
  {
    title: 'a --set of a key path that is none',
    sets: ['=3', 'training..maxEpochs=3', 'model.encoder[=3'],
    expected: ['--set 1:1 syntax', '--set 2:10 syntax', '--set 3:14 syntax'],
  },
  { title: 'a --set of extends', sets: ['extends=base.yaml'], expected: ['--set 1:1 extends'] },
  {
    title: 'a --set that brings a rule about',
    sets: ['data.imageSize=28', 'evaluation[0].nWay=100'],
    expected: ['--set 2:20 episode evaluation[0].nWay'],
  },
  {
    title: 'a --set within a value that a rule refuses',
    change: { 11: '  optimizer: {type: sgd, momentum: {from: 0.5, to: 0.9, rampEpochs: 5}}' },
    sets: ['training.optimizer.momentum.to=0.3'],
    expected: ['11:43 conflict training.optimizer.momentum.from'],
  },
  {
    title: 'a --set of null for a key that the experiment needs',
    sets: ['training.optimizer=null'],
    expected: ['9:1 missing-key training'],
  },
  {
    title: 'mistakes in the file and in a --set',
    change: { 12: '  maxEpochs: x' },
    sets: ['training.batchSise=3'],
    expected: ['12:14 wrong-type training.maxEpochs', '--set 1:10 unknown-key training'],
  },
];

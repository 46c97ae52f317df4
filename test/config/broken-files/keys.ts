// Keys that are unknown, missing, or without a value.
import type { BrokenFile } from '../broken-file.js';

export const keyErrors: readonly BrokenFile[] = [
  { title: 'an unknown key at the root', add: 'sede: [1]', expected: ['15:1 unknown-key'] },
  {
    title: 'an unknown key of a layer',
    change: { 5: '    - {name: conv1, type: conv, filtres: 8, kernelSize: 3}' },
    expected: ['5:33 unknown-key model.encoder[0]'],
  },
  { title: 'an unknown key like no other', add: 'colour: blue', expected: ['15:1 unknown-key'] },
  { title: 'a key in another spelling', change: { 12: '  max_epochs: 2' }, expected: ['12:3 unknown-key training'] },
  {
    title: 'a key of another section',
    change: { 12: '  maxEpochs: 2\n  learningRate: 0.1' },
    expected: ['13:3 unknown-key training'],
  },
  {
    title: 'a key of another kind',
    change: { 6: '    - {type: relu, filters: 3}' },
    expected: ['6:20 unknown-key model.encoder[1]'],
  },
  { title: 'a merge key', add: '<<: {seeds: [1]}', expected: ['15:1 unknown-key'] },
  { title: 'an empty key', add: ': 1', expected: ['15:1 unknown-key'] },
  { title: 'a key with a space', add: 'my name: t', expected: ['15:1 unknown-key'] },
  {
    title: 'keys that objects have',
    add: '__proto__: {name: u}\nconstructor: 1\ntoString: 2',
    expected: ['15:1 unknown-key', '16:1 unknown-key', '17:1 unknown-key'],
  },
  { title: 'a number as a key', add: '1: 2', expected: ['15:1 unknown-key'] },
  {
    title: 'an unknown key deep in a sweep',
    add: 'sweep: {method: grid, parameters: {training.maxEpochs: [1, 2]}, seeds: [1]}',
    expected: ['15:65 unknown-key sweep'],
  },
  { title: 'no name', change: { 1: '# no name' }, expected: ['1:1 missing-key'] },
  {
    title: 'no name and an unknown key in the first line',
    change: { 1: 'colour: blue' },
    expected: ['1:1 unknown-key', '1:1 missing-key'],
  },
  { title: 'a mistyped name', change: { 1: 'nmae: t' }, expected: ['1:1 unknown-key'] },
  { title: 'no type of a layer', change: { 6: '    - {name: relu1}' }, expected: ['6:7 missing-key model.encoder[1]'] },
  { title: 'no type of the head', change: { 8: '  head: {}' }, expected: ['8:3 missing-key model.head'] },
  {
    title: 'no filters and no kernel',
    change: { 5: '    - {name: conv1, type: conv}' },
    expected: ['5:7 missing-key model.encoder[0]'],
  },
  { title: 'no head', change: { 8: '  # no head' }, expected: ['3:1 missing-key model'] },
  {
    title: 'no task, optimizer and epochs',
    change: { 10: '  batchSize: 8', 11: '', 12: '' },
    expected: ['9:1 missing-key training'],
  },
  { title: 'no dataset', change: { 2: 'data: {imageSize: 28}' }, expected: ['2:1 missing-key data'] },
  {
    title: 'no count of pairs',
    change: { 10: '  task: {type: verification, pairs: {redraw: never}}' },
    expected: ['10:30 missing-key training.task.pairs'],
  },
  { title: 'a section without content', change: { 8: '  head:' }, expected: ['8:3 wrong-type model.head'] },
  { title: 'a list without content', add: 'seeds:', expected: ['15:1 wrong-type seeds'] },
  {
    title: 'a momentum ramp with a mistyped and a missing key',
    change: { 11: '  optimizer: {type: sgd, momentum: {from: 0.5, rampepochs: 9}}' },
    expected: ['11:26 missing-key training.optimizer.momentum', '11:48 unknown-key training.optimizer.momentum'],
  },
];

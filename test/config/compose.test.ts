// Merging of files and --set. Mistakes: broken-files/files.ts.
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compose } from '../../src/config/compose.js';
import { Positions } from '../../src/config/positions.js';
import { toPlain } from '../../src/config/source-tree.js';

function read(files: Record<string, string>, sets: string[] = []) {
  const byPath = new Map(Object.entries(files).map(([name, text]) => [resolve(name), new TextEncoder().encode(text)]));
  const readFile = (path: string) => {
    const content = byPath.get(resolve(path));
    if (!content) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    return content;
  };
  const composition = compose('t.yaml', { sets, readFile });
  expect(composition.problems).toEqual([]);
  return { ...composition, value: toPlain(composition.root!), positions: new Positions(composition.root!) };
}

const base = `training:
  task: {type: allPairs, drawers: 3}
  optimizer: {type: sgd, learningRate: 0.5, momentum: 0.9}
  earlyStopping: {metric: train/loss}
seeds: [1, 2]
model:
  encoder:
    - {name: conv1, type: conv, filters: 8}
    - {type: relu}
`;

describe('extends', () => {
  test('merges maps, replaces lists and single values, and is gone', () => {
    const { value } = read({
      't.yaml': 'extends: b.yaml\nseeds: [3]\ntraining: {task: {drawers: 5}}\n',
      'b.yaml': base,
    });
    expect(value).toMatchObject({
      seeds: [3],
      training: { task: { type: 'allPairs', drawers: 5 }, optimizer: { momentum: 0.9 } },
    });
    expect(value).not.toHaveProperty('extends');
  });

  test('takes several files, of which later ones win, and files relative to the file that names them', () => {
    const { value, files } = read({
      't.yaml': 'extends: [sub/a.yaml, b.yaml]\n',
      'sub/a.yaml': 'extends: c.yaml\nname: a\nseeds: [1]\n',
      'sub/c.yaml': 'name: c\ndescription: c\n',
      'b.yaml': 'name: b\n',
    });
    expect(value).toEqual({ name: 'b', description: 'c', seeds: [1] });
    expect(files).toEqual(['t.yaml', 'sub/a.yaml', 'sub/c.yaml', 'b.yaml']);
  });

  test('may name one file twice, which is no cycle', () => {
    const { value } = read({
      't.yaml': 'extends: [a.yaml, b.yaml]\n',
      'a.yaml': 'extends: c.yaml\n',
      'b.yaml': 'extends: c.yaml\n',
      'c.yaml': 'name: c\n',
    });
    expect(value).toEqual({ name: 'c' });
  });

  test('drops the other keys of a map whose kind changes', () => {
    const { value } = read({ 't.yaml': 'extends: b.yaml\ntraining: {optimizer: {type: adamW}}\n', 'b.yaml': base });
    expect(value).toMatchObject({ training: { optimizer: { type: 'adamW' } } });
    expect((value as { training: { optimizer: object } }).training.optimizer).toEqual({ type: 'adamW' });
  });

  test('removes a key of the base by null, but not by an empty value', () => {
    const { value } = read({ 't.yaml': 'extends: b.yaml\ntraining: {earlyStopping: null}\nseeds:\n', 'b.yaml': base });
    expect((value as { training: object }).training).not.toHaveProperty('earlyStopping');
    expect(value).toMatchObject({ seeds: null });
  });

  test('makes data.path absolute, relative to the file that it stands in', () => {
    const { value } = read({
      't.yaml': 'extends: sub/b.yaml\n',
      'sub/b.yaml': 'data: {dataset: omniglot, path: pictures}\n',
    });
    expect(value).toMatchObject({ data: { path: resolve('sub/pictures') } });
  });

  test('keeps the position of each key and value in its file', () => {
    const { positions } = read({ 't.yaml': 'extends: b.yaml\ntraining:\n  task: {drawers: 5}\n', 'b.yaml': base });
    expect(positions.ofValue(['training', 'task', 'drawers'])).toEqual({ file: 't.yaml', line: 3, column: 19 });
    expect(positions.ofValue(['training', 'task', 'type'])).toEqual({ file: 'b.yaml', line: 2, column: 16 });
    expect(positions.ofKey(['training'])).toEqual({ file: 't.yaml', line: 2, column: 1 });
    expect(positions.ofKey(['model', 'encoder', { name: 'conv1' }, 'filters'])).toEqual({
      file: 'b.yaml',
      line: 8,
      column: 33,
    });
    expect(positions.ofKey(['training', 'task', 'alphabets'])).toEqual({ file: 't.yaml', line: 3, column: 3 });
    expect(positions.find(['training', 'task', 'alphabets'])).toBeUndefined();
  });
});

describe('--set', () => {
  const files = { 't.yaml': base };

  test.each<[string, string[], object]>([
    ['replaces a value', ['training.task.drawers=7'], { training: { task: { type: 'allPairs', drawers: 7 } } }],
    [
      'reads its value as YAML',
      ['seeds=[4, 5]', 'training.task={drawers: 6}'],
      { seeds: [4, 5], training: { task: { type: 'allPairs', drawers: 6 } } },
    ],
    ['makes maps that are missing', ['tracking.mlflow.experiment=x'], { tracking: { mlflow: { experiment: 'x' } } }],
    ['finds a layer by name', ['model.encoder[conv1].filters=9'], { model: { encoder: [{ filters: 9 }, {}] } }],
    ['finds a layer by number', ['model.encoder[0].filters=9'], { model: { encoder: [{ filters: 9 }, {}] } }],
    [
      'finds a layer without a name by type and number',
      ['model.encoder[relu1].name=r'],
      { model: { encoder: [{}, { name: 'r' }] } },
    ],
    ['takes the last of two values', ['seeds=[4]', 'seeds=[5]'], { seeds: [5] }],
    [
      'sets the values of a swept key',
      ['sweep.parameters.training.task.drawers=[2, 3]'],
      { sweep: { parameters: { 'training.task.drawers': [2, 3] } } },
    ],
    ['takes a value with an equals sign', ['description=a=b'], { description: 'a=b' }],
  ])('%s', (_, sets, expected) => {
    expect(read(files, sets).value).toMatchObject(expected);
  });

  test('changes a kind and keeps what other arguments set for it, in any order', () => {
    for (const sets of [
      ['training.optimizer.type=adamW', 'training.optimizer.beta1=0.8'],
      ['training.optimizer.beta1=0.8', 'training.optimizer.type=adamW'],
    ]) {
      const { value } = read(files, sets);
      expect((value as { training: { optimizer: object } }).training.optimizer).toEqual({ type: 'adamW', beta1: 0.8 });
    }
  });

  test('removes a key by null, also one that is not there', () => {
    const { value } = read(files, ['training.earlyStopping=null', 'training.validation=null']);
    expect((value as { training: object }).training).not.toHaveProperty('earlyStopping');
    expect((value as { training: object }).training).not.toHaveProperty('validation');
  });

  test('puts a map in place of a single value where the schema allows one', () => {
    const { value } = read(files, ['training.optimizer.momentum.from=0.1']);
    expect(value).toMatchObject({ training: { optimizer: { momentum: { from: 0.1 } } } });
  });

  test('gives positions in its own text', () => {
    const { positions } = read(files, ['seeds=[1]', 'training.task.drawers=7']);
    expect(positions.ofValue(['training', 'task', 'drawers'])).toEqual({ file: '--set 2', line: 1, column: 23 });
    expect(positions.ofKey(['training', 'task', 'drawers'])).toEqual({ file: '--set 2', line: 1, column: 15 });
    expect(positions.ofKey(['training', 'task'])).toEqual({ file: 't.yaml', line: 2, column: 3 });
  });
});

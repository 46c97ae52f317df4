// What an editor with YAML support says and offers in experiment files: a real language server reads the schema that their
// first lines name.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { experimentSchema, resolveSchema } from '../../src/config/schema.js';
import { type LanguageServer, startLanguageServer } from '../support/language-server.js';

const ROOT = resolve(import.meta.dirname, '../..');
const HEAD = '# yaml-language-server: $schema=../schemas/editor.schema.json\n';
/** Where texts that are on no disk are taken to lie. */
const HERE = join(ROOT, 'experiments/unsaved.yaml');

let editor: LanguageServer;
beforeAll(async () => {
  editor = await startLanguageServer();
});
afterAll(() => editor?.stop());

const filesIn = (folder: string) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(folder, name));

/** The YAML blocks of a document that are experiments or parts of one: those whose top keys are an experiment's. */
function fragmentsOf(document: string): string[] {
  const blocks = readFileSync(join(ROOT, document), 'utf8').matchAll(/^```yaml\n(.*?)^```/gms);
  const isKey = (key: string) => Object.hasOwn(experimentSchema.properties ?? {}, key);
  return [...blocks]
    .map(([, text = '']) => text)
    .filter((text) => [...text.matchAll(/^(\w+):/gm)].every(([, key]) => isKey(key!)));
}

/** The values of the key that tells the kinds of a definition apart. */
function kindsOf(definition: string): string[] {
  const { oneOf = [], discriminator } = resolveSchema({ $ref: `#/$defs/${definition}` });
  const tag = discriminator!.propertyName;
  return oneOf.map((kind) => resolveSchema(resolveSchema(kind).properties![tag]!).const as string);
}

describe('an editor underlines', () => {
  test.each([...filesIn('experiments'), ...filesIn('experiments/presets'), ...filesIn('docs')])(
    'nothing in %s',
    async (path) => {
      const text = readFileSync(join(ROOT, path), 'utf8');
      expect(text).toMatch(/^# yaml-language-server: \$schema=(\.\.\/)+schemas\/editor\.schema\.json\n/);
      expect(await editor.diagnose(join(ROOT, path), text)).toEqual([]);
    },
  );

  test.each(['README.md', 'docs/sweeps.md', 'docs/mlflow.md', 'docs/own-images.md', 'docs/slurm.md'])(
    'nothing in the examples of %s',
    async (document) => {
      const fragments = fragmentsOf(document);
      expect(fragments).not.toEqual([]);
      for (const fragment of fragments)
        expect(
          await editor.diagnose(HERE, HEAD + fragment.replace(/^# yaml-language-server.*\n/, '')),
          fragment,
        ).toEqual([]);
    },
  );

  test.each([
    ['training:\n  optimizer: {learningRate: 0.01}'],
    ['training:\n  earlyStopping: null\n  maxEpochs: 40'],
    ['model:\n  head: null'],
    ['sweep:\n  parameters:\n    training.maxEpochs: null'],
    ['data: {imageSize: 35}'],
  ])('nothing in a file that says what differs from a base: %s', async (difference) => {
    expect(await editor.diagnose(HERE, `${HEAD}name: mine\nextends: presets/koch2015.yaml\n${difference}\n`)).toEqual(
      [],
    );
  });

  test.each([
    ['training:\n  optimizer: {type: sgd, learningRat: 1}', 2],
    ['training:\n  optimizer: {learningRate: fast}', 2],
    ['training:\n  maxEpochs: -1', 2],
    ['model:\n  encoder:\n    - {type: convolution}', 3],
    ['model:\n  encoder:\n    - {type: conv, filters: 0}', 3],
    ['sweep:\n  method: grid\n  parameters:\n    training.maxEpochs: [many]', 4],
    ['sweep:\n  method: grid\n  parameters:\n    model.encoder[conv1].filters: [many]', 4],
    ['evaluation:\n  - {protocol: within-alphabet, nWays: 5}', 2],
  ])('a mistake where it stands: %s', async (text, line) => {
    const found = await editor.diagnose(HERE, `${HEAD}${text}\n`);
    expect(found.length).toBeGreaterThan(0);
    expect([...new Set(found.map(({ range }) => range.start.line))]).toEqual([line]);
  });
});

describe('an editor offers', () => {
  test.each([
    ['model:\n  encoder:\n    - type: |', 'layer'],
    ['training:\n  task:\n    type: |', 'task'],
    ['training:\n  optimizer:\n    type: |', 'optimizer'],
    ['training:\n  schedule:\n    type: |', 'schedule'],
    ['model:\n  head:\n    type: |', 'head'],
    ['evaluation:\n  - protocol: |', 'protocol'],
    ['sweep:\n  method: |', 'sweep'],
  ])('all kinds at %j', async (text, definition) => {
    expect((await editor.complete(HERE, `${HEAD}${text}\n`)).toSorted()).toEqual(kindsOf(definition).sort());
  });

  test('all data sets', async () => {
    const data = experimentSchema.properties!.data!.oneOf!.map(
      (kind) => resolveSchema(kind).properties!.dataset!.const,
    );
    expect((await editor.complete(HERE, `${HEAD}data:\n  dataset: |\n`)).toSorted()).toEqual(data.sort());
  });

  test('the keys of the chosen kind, by their own names', async () => {
    const keys = await editor.complete(HERE, `${HEAD}model:\n  encoder:\n    - type: maxPool\n      |\n`);
    expect(keys.toSorted()).toEqual(['name', 'padding', 'size', 'stride']);
  });

  test('the paths and the ranges of a sweep', async () => {
    const paths = await editor.complete(HERE, `${HEAD}sweep:\n  method: tpe\n  parameters:\n    |\n`);
    const expected = ['training.optimizer.learningRate', 'augmentation.affine.copies', 'model.encoder[…].filters'];
    expect(paths).toEqual(expect.arrayContaining(expected));
    const ranges = await editor.complete(
      HERE,
      `${HEAD}sweep:\n  method: tpe\n  parameters:\n    training.optimizer.learningRate:\n      |\n`,
    );
    expect(ranges).toEqual(expect.arrayContaining(['choice', 'uniform', 'logUniform', 'integer', 'step', 'when']));
  });
});

describe('an editor shows', () => {
  test.each([
    [
      'training:\n  optimizer:\n    type: sgd\n    learning|Rate: 1',
      ['Learning rate at the start', 'above 0, at most 10', 'default `0.01`'],
    ],
    ['augmentation:\n  affine:\n    rotation|Degrees: 1', ['from 0 to 180', '(degrees)', 'default `10`']],
    ['model:\n  encoder:\n    - type: conv\n      filt|ers: 1', ['#### filters', 'integer from 1 to 4096']],
    [
      'sweep:\n  method: grid\n  parameters:\n    training.optimizer.learning|Rate: [1]',
      ['Learning rate at the start'],
    ],
  ])('what a key means, its range, unit and default: %j', async (text, words) => {
    const shown = await editor.hover(HERE, `${HEAD}${text}\n`);
    for (const word of words) expect(shown).toContain(word);
    expect(shown).not.toContain('$defs');
  });
});

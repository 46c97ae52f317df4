// What `oneshot explain` says of a key, and what it suggests for a mistyped one.
import { describe, expect, test } from 'vitest';
import { OneshotError } from '../../src/base/problem.js';
import { explainKey, listKeyPaths } from '../../src/config/explain-key.js';

function hintFor(path: string): string | undefined {
  try {
    explainKey(path);
  } catch (error) {
    expect(error).toBeInstanceOf(OneshotError);
    expect((error as OneshotError).code).toBe('usage');
    return (error as OneshotError).hint;
  }
  throw new Error(`${path} was explained`);
}

describe('explainKey', () => {
  test('names the kind that a key belongs to, its default and what it affects', () => {
    expect(explainKey('training.optimizer.momentum')).toMatchObject([
      { path: 'training.optimizer.momentum', kinds: ['type: sgd'], default: 0, affects: 'training', isRequired: false },
    ]);
  });

  test.each(['model.encoder.conv.filters', 'model.encoder[0].filters', 'model.encoder[conv1].filters'])(
    '%s is the filters of convolutions',
    (path) => {
      expect(explainKey(path)).toMatchObject([
        {
          path: 'model.encoder[].filters',
          kinds: ['type: conv'],
          allowed: 'an integer from 1 to 4096',
          isRequired: true,
        },
      ]);
    },
  );

  test('explains a key with other defaults in several kinds once for each, and one that is the same once for all', () => {
    const defaults = explainKey('model.encoder.weightInitializer').map((one) => one.default);
    expect(defaults).toEqual([{ type: 'heNormal' }, { type: 'glorotUniform' }]);
    const [omniglot, others] = explainKey('data.imageSize');
    expect(omniglot?.kinds).toEqual(['dataset: omniglot', 'dataset: omniglot-strokes']);
    expect(others?.kinds.slice(0, 2)).toEqual(['dataset: glyphs', 'dataset: mnist']);
  });

  test('lists the kinds and keys of maps, and takes a kind as a step', () => {
    expect(explainKey('data')[0]?.choices.map(({ name }) => name)).toContain('glyphs');
    expect(explainKey('data.glyphs')[0]?.keys.map(({ name }) => name)).toContain('seed');
    expect(explainKey('training.optimizer.type')[0]?.allowed).toMatch(/sgd.*adamW/);
  });

  test('gives the effect that is inherited from the nearest key around', () => {
    expect(explainKey('evaluation[0].nWay').map(({ affects }) => affects)).not.toContain('training');
    expect(explainKey('data.path').map(({ affects }) => affects)).not.toContain('training');
  });

  test.each([
    ['training.optimzer', 'did you mean training.optimizer?'],
    ['model.encoder.conv.filtres', 'did you mean model.encoder[].filters?'],
    ['momentum', 'it exists at model.encoder[].momentum, model.head.momentum, training.optimizer.momentum'],
    ['training..x', 'a key path reads training.optimizer.learningRate or model.encoder[0].filters'],
    ['training.maxEpochs.x', 'did you mean training.maxEpochs?'],
    ['training[0]', 'did you mean training?'],
  ])('for %s suggests: %s', (path, hint) => {
    expect(hintFor(path)).toBe(hint);
  });

  test('can explain every key path of the schema', () => {
    const paths = listKeyPaths();
    expect(paths.length).toBeGreaterThan(80);
    for (const path of paths) expect(explainKey(path).length, path).toBeGreaterThan(0);
  });
});

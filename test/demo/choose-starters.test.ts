// What the page of `oneshot demo` brings along: drawings of characters that the network was not trained on.
import { expect, test } from 'vitest';
import { createStrokePen } from '../../src/data/glyphs/draw-strokes.js';
import { glyphsDataSet } from '../../src/data/glyphs/glyphs-data-set.js';
import { pictureAt } from '../../src/data/pictures/picture-set.js';
import { chooseStarters, startersOfSupport } from '../../src/demo/choose-starters.js';
import { measurePen } from '../../src/demo/measure-pen.js';
import { newFolder } from '../support/run-command.js';

const SECTION = {
  dataset: 'glyphs',
  seed: 1,
  trainAlphabets: 2,
  validationAlphabets: 1,
  testAlphabets: 2,
  charactersPerAlphabet: 6,
  drawers: 4,
  imageSize: 16,
  sourceSize: 32,
} as never;
const load = (section: object = {}) =>
  glyphsDataSet.load({ ...(SECTION as object), ...section } as never, {
    env: {},
    baseFolder: '/',
    cacheFolder: newFolder(),
  });

test('starters are of the test alphabets, each character by the same people, with the pixels that the network sees', async () => {
  const data = await load();
  const { groups, seen, shown, isUnseen } = chooseStarters(data);
  expect(isUnseen).toBe(true);
  expect(groups.map(({ name }) => name).sort()).toEqual(['test-01', 'test-02']);
  expect([seen.size, shown.size]).toEqual([16, 32]);
  const { set } = data.split.test;
  for (const { name, characters } of groups) {
    expect(characters.map((character) => character.name)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `character0${n}`));
    const drawers = characters.map(({ drawings }) => drawings.map(({ drawer }) => drawer));
    for (const order of drawers) expect(order).toEqual(drawers[0]);
    for (const character of characters) {
      expect(character.examples).toBe(1);
      for (const { picture, drawer } of character.drawings) {
        const number = [...data.split.test.pictures].find((index) => {
          const { alphabet, name: called } = set.characters[set.character[index]!]!;
          return set.alphabets[alphabet] === name && called === character.name && set.drawer[index] === drawer! - 1;
        })!;
        expect(seen.pixels.subarray(picture * 256, (picture + 1) * 256)).toEqual(pictureAt(set, number));
        expect(shown.pixels.subarray(picture * 1024, (picture + 1) * 1024)).toEqual(pictureAt(data.source, number));
      }
    }
  }
});

test('a run that kept nothing for tests starts with what there is, and says no more of it', async () => {
  const { groups, isUnseen } = chooseStarters(await load({ testAlphabets: 0, validationAlphabets: 0 }));
  expect(groups.map(({ name }) => name).sort()).toEqual(['train-01', 'train-02']);
  expect(isUnseen).toBe(false);
});

test('all pictures of a support set are known', () => {
  const values = Float32Array.from({ length: 3 * 4 }, (_, i) => i / 11);
  const { groups, seen } = startersOfSupport({
    labels: ['oak', 'fir'],
    ways: [0, 1, 0],
    embeddings: { shape: [3, 1], values: new Float32Array(3) },
    pictures: { shape: [3, 2, 2, 1], values },
  });
  expect(groups[0]!.characters).toEqual([
    { name: 'oak', examples: 2, drawings: [{ picture: 0 }, { picture: 2 }] },
    { name: 'fir', examples: 1, drawings: [{ picture: 1 }] },
  ]);
  expect(seen.pixels[11]).toBe(255);
});

test.each([0.03, 0.05, 0.08])('the pen of drawings with strokes as wide as %f of the picture', (width) => {
  const size = 64;
  const pen = createStrokePen(size);
  const pixels = new Uint8Array(8 * size * size);
  for (let i = 0; i < 8; i++) {
    const ink = new Float64Array(size * size);
    const angle = (i * Math.PI) / 8;
    const [x, y] = [0.4 * Math.cos(angle), 0.4 * Math.sin(angle)];
    const points = [
      { x: 0.5 - x, y: 0.5 - y },
      { x: 0.5 + x, y: 0.5 + y },
    ];
    pen.draw(ink, [{ points, smooth: false }], (point) => point, width / 2);
    pixels.set(
      Uint8Array.from(ink, (value) => Math.round(255 * value)),
      i * size * size,
    );
  }
  const set = { height: size, width: size, channels: 1, pixels } as never;
  // The ends of a stroke are round, and add to its edge; the formula is that of a long one.
  const measured = measurePen(set, [0, 1, 2, 3, 4, 5, 6, 7]);
  expect(measured / width).toBeGreaterThan(0.85);
  expect(measured / width).toBeLessThan(1.15);
});

import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DataOmniglotStrokes } from '../../src/config/experiment.js';
import { describeData, findDataProblems, loadData } from '../../src/data/data-sets.js';
import type { LoadedData } from '../../src/data/loaded-data.js';
import { lineOfPen, parsePenStrokes, placesOf } from '../../src/data/omniglot-strokes/pen-drawing.js';
import { measureStrokes } from '../../src/data/omniglot-strokes/stroke-statistics.js';
import { pictureAt } from '../../src/data/pictures/picture-set.js';
import { newFolder } from '../support/run-command.js';
import { REAL_DATA } from './support/real-data.js';

const SECTION: DataOmniglotStrokes = {
  dataset: 'omniglot-strokes',
  path: REAL_DATA,
  parts: ['small1'],
  pictures: 'drawn',
  validationAlphabets: ['Greek'],
  testAlphabets: ['Latin'],
  imageSize: 105,
  inkGain: 1,
};
const cacheFolder = newFolder();
const options = { env: {}, baseFolder: '.', cacheFolder };

let drawn: LoadedData;
let painted: LoadedData;
beforeAll(async () => {
  drawn = await loadData(SECTION, options);
  painted = await loadData({ ...SECTION, pictures: 'painted' }, options);
}, 120_000);
afterAll(() => rmSync(cacheFolder, { recursive: true, force: true }));

test('describes both sets without reading them: Greek and Latin count once', () => {
  const { selections } = describeData({ ...SECTION, parts: ['small1', 'small2'], testAlphabets: ['Latin', 'Korean'] });
  const count = (list: (typeof selections)['train']) => list.map(({ name, characters }) => [name, characters]);
  expect(count(selections.train)).toEqual([
    ['Balinese', 24],
    ['Early_Aramaic', 22],
    ['Japanese_(katakana)', 47],
    ['Sanskrit', 42],
    ['Tagalog', 17],
  ]);
  expect(count(selections.validation)).toEqual([['Greek', 24]]);
  expect(count(selections.test)).toEqual([
    ['Latin', 26],
    ['Korean', 40],
  ]);
});

test('names alphabets that are not there, and one that is asked for twice', () => {
  const problems = findDataProblems(
    { ...SECTION, validationAlphabets: ['Latin', 'Sanskrit'], testAlphabets: ['Latin', 'Koraen'] },
    undefined,
  );
  expect(problems.map(({ code, keys, nearest }) => [code, keys[0], nearest])).toEqual([
    ['wrong-value', ['validationAlphabets', 1], undefined],
    ['wrong-value', ['testAlphabets', 1], 'Korean'],
    ['leak', ['validationAlphabets', 0], undefined],
  ]);
});

describe('small1', () => {
  test('has a pen for each picture, whose line lies on the picture’s ink', () => {
    const { pens, source } = drawn;
    expect([pens!.length, source.character.length]).toEqual([2720, 2720]);
    for (let picture = 0; picture < 2720; picture += 136) {
      const { alphabet, character, drawer, strokes } = pens![picture]!;
      const known = source.characters[source.character[picture]!]!;
      expect([source.alphabets[known.alphabet], known.name, source.drawer[picture]]).toEqual([
        alphabet,
        character,
        drawer,
      ]);
      const ink = pictureAt(source, picture);
      const places = placesOf(lineOfPen(strokes)).filter(([x, y]) => x >= 0 && y >= 0 && x < 104.5 && y < 104.5);
      const onInk = places.filter(([x, y]) => ink[Math.round(y) * 105 + Math.round(x)] === 255);
      expect(onInk.length / places.length).toBeGreaterThan(0.9);
    }
  });

  // Measured: 1.004 times the ink, and 94.7 % of what is ink in one of them is ink in both.
  test('painted from the pens has the ink of the drawn pictures, as wide', () => {
    let [both, either, ratio] = [0, 0, 0];
    for (let picture = 0; picture < 2720; picture += 68) {
      const [own, pen] = [pictureAt(drawn.source, picture), pictureAt(painted.source, picture)];
      let [ofDrawn, ofPainted] = [0, 0];
      for (let at = 0; at < own.length; at++) {
        const [a, b] = [own[at] === 255, pen[at] === 255];
        if (a && b) both++;
        if (a || b) either++;
        if (a) ofDrawn++;
        if (b) ofPainted++;
      }
      ratio += ofPainted / ofDrawn / 40;
    }
    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(1.1);
    expect(both / either).toBeGreaterThan(0.92);
  });

  test('is measured: what pens did, and what is read from their pictures', () => {
    const { drawings, characters, strokes, drawingMs, parses } = measureStrokes(drawn.pens!, drawn.source, 136);
    expect([drawings, characters, parses.count]).toEqual([2720, 136, 20]);
    expect(strokes.quartiles[1]).toBe(2);
    // Milliseconds: seconds for a character, not microseconds and not hours.
    expect(drawingMs.mean).toBeGreaterThan(1000);
    expect(drawingMs.mean).toBeLessThan(20_000);
    expect(parses.skeletonToPen.mean).toBeLessThan(0.7);
    expect(parses.nearStrokes).toBeGreaterThan(0.7);
  });
});

test('a file of strokes that is none names its line', () => {
  expect(parsePenStrokes('START\n1,-2,0\n3,-4,9\nBREAK\n5,-6,20\nBREAK\n')).toEqual([
    { x: Float64Array.of(1, 3), y: Float64Array.of(2, 4), ms: Float64Array.of(0, 9) },
    { x: Float64Array.of(5), y: Float64Array.of(6), ms: Float64Array.of(20) },
  ]);
  expect(() => parsePenStrokes('START\n1,-2,0\n3,-4\nBREAK')).toThrow(
    'line 3 is "3,-4"; expected START, BREAK or x,y,ms',
  );
});

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sealPictureSet } from '../../../src/data/pictures/picture-file.js';
import { pictureAt } from '../../../src/data/pictures/picture-set.js';
import { readResults, writeResults } from '../../../src/evaluation/records/evaluation-result.js';
import { composeGalleryPng } from '../../../src/evaluation/records/gallery.js';
import { makePredictionRecord, makeResult, sumCredits } from '../../../src/evaluation/records/make-records.js';
import { readPredictions, writePredictions } from '../../../src/evaluation/records/predictions.js';
import { scoreEpisodes } from '../../../src/evaluation/score-episodes.js';
import { makeBaselineScorer } from '../../../src/evaluation/scorers/registry.js';
import { scorePairs } from '../../../src/evaluation/scorers/score-pairs.js';
import type { Scorer } from '../../../src/evaluation/scorers/scorer.js';
import { drawRandomPictures, makeEpisode, makeTask } from '../support/random-pictures.js';

const set = drawRandomPictures();
// Two episodes of the first alphabet, one of the second.
const task = makeTask(set, [makeEpisode(set), makeEpisode(set, { first: 3 }), makeEpisode(set, { first: 6 })]);
const drawers = 4;

/** Right in the first alphabet; says of the second that all is alike, and NaN of its last character. */
const scorer: Scorer = {
  name: 'network',
  combineShots: 'mean',
  constantByDesign: false,
  embed: () =>
    scorePairs((query, support) => {
      if (query === 8 * drawers) return Number.NaN;
      if (query >= 6 * drawers) return 1 / 3;
      return set.character[query] === set.character[support] ? 0.7 : 0.1;
    }),
};
const answers = await scoreEpisodes(scorer, await scorer.embed(task.pictures, new Int32Array()), task.episodes);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'records-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('makeResult', () => {
  const result = makeResult(task, scorer, answers);

  it('counts credits over queries, episodes and alphabets', () => {
    expect(result).toMatchObject({ task: 'test/within-alphabet/3-way-1-shot', scorer: 'network', n: 9 });
    expect(result.correct).toBeCloseTo(6 + 2 / 3, 12);
    expect(result.accuracy).toBeCloseTo((6 + 2 / 3) / 9, 12);
    expect(result.episodes).toEqual({ queries: [3, 3, 3], credits: [3, 3, 2 / 3] });
    expect(result.perAlphabet.map(({ alphabet, n, correct }) => [alphabet, n, correct])).toEqual([
      ['alphabet-0', 6, 6],
      ['alphabet-1', 3, 2 / 3],
    ]);
  });

  it('carries an alarm for scores that are not finite', () => {
    expect(result.alarm).toEqual({ degenerate: false, constantQueries: 2, nonFiniteQueries: 1, belowChance: false });
  });

  it('holds intervals around the accuracy', () => {
    for (const [low, high] of [result.wilson, result.clustered!]) {
      expect(low).toBeLessThan(result.accuracy);
      expect(high).toBeGreaterThan(result.accuracy);
    }
  });
});

describe('sumCredits', () => {
  it('adds twenty twentieths to exactly one', () => {
    expect(sumCredits(Array.from({ length: 400 }, () => ({ credit: 1 / 20 })))).toBe(20);
    expect(sumCredits(Array.from({ length: 9 }, () => ({ credit: 1 / 3 })))).toBe(3);
  });
});

describe('results.json', () => {
  const results = [
    makeResult(task, scorer, answers),
    makeResult(task, makeBaselineScorer({ type: 'chance' }), answers),
    makeResult({ ...task, mistake: 'tiesRight' }, scorer, answers),
  ];

  it('comes back as it was written', () => {
    const path = join(folder, 'results.json');
    writeResults(path, results);
    expect(readResults(path)).toEqual(results);
  });

  it.each([
    { name: 'half a file', edit: (text: string) => text.slice(0, -40), message: /is not JSON/ },
    {
      name: 'another version',
      edit: (text: string) => text.replace('"version":2', '"version":99'),
      message: /\/version/,
    },
    { name: 'a lost key', edit: (text: string) => text.replace(/"accuracy":[^,]+,/, ''), message: /accuracy/ },
    { name: 'a key too many', edit: (text: string) => text.replace('"n":', '"m":1,"n":'), message: /additional/ },
    {
      name: 'an impossible value',
      edit: (text: string) => text.replace('"nWay":3', '"nWay":1'),
      message: /\/results\/0\/nWay/,
    },
    {
      name: 'an unknown mistake',
      edit: (text: string) => text.replace('"tiesRight"', '"luck"'),
      message: /\/results\/2\/mistake/,
    },
    {
      name: 'a file name that leaves the folder',
      edit: (text: string) => text.replace(/"predictions":"[^"]+"/, '"predictions":"../../secret"'),
      message: /predictions/,
    },
  ])('is refused with its path when it is $name', ({ edit, message }) => {
    const path = join(folder, 'results.json');
    writeResults(path, results);
    writeFileSync(path, edit(readFileSync(path, 'utf8')));
    expect(() => readResults(path)).toThrow(message);
    expect(() => readResults(path)).toThrow(path);
    expect(() => readResults(path)).toThrow(expect.objectContaining({ code: 'corrupt' }));
  });
});

describe('a prediction file', () => {
  const record = makePredictionRecord(task, scorer, answers);
  const write = () => {
    writePredictions(folder, record);
    return join(folder, readdirSync(folder)[0]!);
  };

  it('comes back as it was written, under the name that the result tells', () => {
    const path = write();
    expect(readPredictions(path)).toEqual(record);
    expect(path).toBe(join(folder, makeResult(task, scorer, answers).predictions));
    expect(path.endsWith('test.within-alphabet.3-way-1-shot.network.jsonl')).toBe(true);
  });

  it('holds truth, prediction and float32 scores of every query, and what each way is', () => {
    const [first, , last] = record.answers;
    expect(first!.queries[1]).toEqual({ picture: 4, truth: 1, prediction: 1, credit: 1, scores: [0.1, 0.7, 0.1] });
    expect(last!.queries[0]!.scores).toEqual(Array(3).fill(0.333333333));
    expect(Math.fround(0.333333333)).toBe(Math.fround(1 / 3));
    expect(last!.queries[2]).toMatchObject({ prediction: -1, credit: 0, scores: [null, null, null] });
    expect(last!.ways.map((way) => record.characters[way])).toEqual([
      { alphabet: 'alphabet-1', name: 'character1' },
      { alphabet: 'alphabet-1', name: 'character2' },
      { alphabet: 'alphabet-1', name: 'character3' },
    ]);
  });

  it('holds the pictures of won and lost queries as PNG, ink black', () => {
    const numbers = Object.keys(record.gallery).map(Number);
    // Won: the first query of the first two episodes; lost: the last query of the third.
    expect(numbers).toEqual([0, 1, 5, 9, 12, 13, 17, 21, 25, 29, 32, 33]);
    const png = PNG.sync.read(Buffer.from(record.gallery[5]!, 'base64'));
    expect([png.width, png.height]).toEqual([9, 9]);
    expect(Array.from(pictureAt(set, 5), (_, i) => 255 - png.data[4 * i]!)).toEqual([...pictureAt(set, 5)]);
  });

  it('holds pictures in colour as they are', () => {
    const { digest: _digest, ...grey } = set;
    const pixels = Uint8Array.from({ length: 3 * grey.pixels.length }, (_, i) => (7 * i) % 256);
    const colours = sealPictureSet({ ...grey, channels: 3, pixels });
    const { gallery } = makePredictionRecord(makeTask(colours, task.episodes), scorer, answers);
    const { data } = PNG.sync.read(Buffer.from(gallery[5]!, 'base64'));
    expect(data.filter((_, i) => i % 4 !== 3)).toEqual(Buffer.from(pictureAt(colours, 5)));
  });

  it.each([
    { name: 'a torn end', edit: (text: string) => text.slice(0, -30) },
    { name: 'a lost line', edit: (text: string) => text.split('\n').toSpliced(2, 1).join('\n') },
    { name: 'a truth beyond the ways', edit: (text: string) => text.replace('"truth":1', '"truth":3') },
    { name: 'a lost score', edit: (text: string) => text.replace('[0.1,0.7,0.1]', '[0.1,0.7]') },
    { name: 'another version', edit: (text: string) => text.replace('"version":2', '"version":99') },
  ])('is refused when it has $name', ({ edit }) => {
    const path = write();
    writeFileSync(path, edit(readFileSync(path, 'utf8')));
    expect(() => readPredictions(path)).toThrow(expect.objectContaining({ code: 'corrupt' }));
    expect(() => readPredictions(path)).toThrow(path);
  });
});

describe('composeGalleryPng', () => {
  it('frames each picture of 9 x 9 by 3 pixels between a white edge and itself, the right class green', () => {
    const { gallery } = makePredictionRecord(task, scorer, answers);
    const way = { character: 'c', score: 1, isPrediction: true };
    const png = composeGalleryPng({
      truth: 'c',
      won: false,
      query: gallery[0]!,
      support: [
        { ...way, picture: gallery[1]!, isTruth: true },
        { ...way, picture: gallery[5]!, isTruth: false },
      ],
    });
    const { width, height, data } = PNG.sync.read(png);
    expect([width, height]).toEqual([2 * 17, 2 * 17]);
    const at = (x: number, y: number) => [...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)];
    // The corners of the cells of the query, of the first and of the second support picture.
    for (const [left, top, frame] of [
      [0, 0, [222, 222, 219]],
      [0, 17, [0, 158, 115]],
      [17, 17, [213, 94, 0]],
    ] as const) {
      for (const edge of [0, 16]) expect(at(left + edge, top + edge)).toEqual([255, 255, 255]);
      for (const inner of [1, 3, 13, 15]) expect(at(left + inner, top + inner)).toEqual(frame);
    }
    const ink = pictureAt(set, 5);
    const shown = Array.from(ink, (_, i) => 255 - at(17 + 4 + (i % 9), 17 + 4 + Math.floor(i / 9))[0]!);
    expect(shown).toEqual([...ink]);
  });
});

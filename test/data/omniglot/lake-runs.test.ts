// Exact facts about the 20 official runs; the nearest-neighbour scores were counted on the same files by another program.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { LAKE_RUN_DRAWERS, type PublishedLakeRuns, readLakeRuns } from '../../../src/data/omniglot/lake-runs.js';
import { openOmniglot, readDrawings } from '../../../src/data/omniglot/omniglot.js';
import { LAKE_ALPHABETS } from '../../../src/data/omniglot/omniglot-alphabets.js';
import { packBits } from '../../../src/data/pictures/picture-file.js';
import { pictureAt } from '../../../src/data/pictures/picture-set.js';
import { expectFailure } from '../support/expect-failure.js';
import { REAL_DATA } from '../support/real-data.js';
import { writeZip } from '../support/write-zip.js';

let runs: PublishedLakeRuns;
beforeAll(async () => {
  runs = await readLakeRuns(REAL_DATA);
}, 180_000);

const keyOf = (ink: Uint8Array) => Buffer.from(packBits(ink)!).toString('latin1');

test('there are 20 runs of 20 ways and 20 queries, in 800 pictures', () => {
  expect(runs.episodes).toHaveLength(20);
  expect(runs.set.character).toHaveLength(800);
  for (const { supportSet, queries } of runs.episodes) {
    expect(supportSet.map((pictures) => pictures.length)).toEqual(Array(20).fill(1));
    expect(queries.map(({ truth }) => truth).sort((a, b) => a - b)).toEqual([...Array(20).keys()]);
    for (const { picture, truth } of queries) {
      expect(runs.set.character[picture]).toBe(runs.set.character[supportSet[truth]![0]!]);
    }
  }
});

test('every picture is one of the evaluation set, of the alphabet and by the drawers of the table', async () => {
  const drawings = await readDrawings(openOmniglot(REAL_DATA).evaluation, 'images_evaluation.zip', '');
  const origins = new Map(drawings.map((drawing) => [Buffer.from(drawing.bits).toString('latin1'), drawing]));
  const origin = (picture: number) => origins.get(keyOf(pictureAt(runs.set, picture)))!;
  runs.episodes.forEach(({ alphabet, supportSet, queries }, run) => {
    const [supportDrawer, queryDrawer] = LAKE_RUN_DRAWERS[run]!;
    expect(alphabet).toBe(LAKE_ALPHABETS[run >> 1]);
    for (const { picture, truth } of queries) {
      const [support] = supportSet[truth]!;
      expect(origin(picture)).toMatchObject({ alphabet, drawer: queryDrawer - 1 });
      expect(origin(support!)).toMatchObject({ alphabet, drawer: supportDrawer - 1 });
      expect(origin(support!).character).toBe(origin(picture).character);
      expect([runs.set.drawer[support!], runs.set.drawer[picture]]).toEqual([supportDrawer - 1, queryDrawer - 1]);
    }
  });
});

describe('the nearest neighbour, ties of m counted 1/m', () => {
  const score = (distance: (a: Uint8Array, b: Uint8Array) => number) => {
    let right = 0;
    for (const { supportSet, queries } of runs.episodes) {
      for (const { picture, truth } of queries) {
        const query = pictureAt(runs.set, picture);
        const distances = supportSet.map(([support]) => distance(query, pictureAt(runs.set, support!)));
        const least = Math.min(...distances);
        if (distances[truth] === least) right += 1 / distances.filter((found) => found === least).length;
      }
    }
    return right;
  };
  const dot = (a: Uint8Array, b: Uint8Array) => {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += a[i]! & b[i]! & 1;
    return sum;
  };

  test('by Euclidean distance has 76 of 400', () => {
    expect(score((a, b) => dot(a, a) + dot(b, b) - 2 * dot(a, b))).toBe(76);
  });

  test('by cosine of ink has 87 of 400', () => {
    expect(score((a, b) => -dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)))).toBe(87);
  });
});

test('a zip that lacks a run is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'oneshot-runs-'));
  try {
    writeZip(join(folder, 'all_runs.zip'), [{ name: 'run01/class_labels.txt', bytes: Buffer.from('nothing') }]);
    await expectFailure(() => readLakeRuns(folder), 'data', /run01\/class_labels\.txt does not name a class/);
    await expectFailure(() => readLakeRuns(join(folder, 'none')), 'data', /all_runs\.zip is missing/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadData } from '../../src/data/data-sets.js';
import { loadTrainingStrokes } from '../../src/run/training-strokes.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oneshot-strokes-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('strokes of training pictures are read once, and again where what was kept is damaged', async () => {
  const data = await loadData(
    {
      dataset: 'glyphs',
      trainAlphabets: 1,
      validationAlphabets: 1,
      testAlphabets: 1,
      charactersPerAlphabet: 5,
      drawers: 4,
      seed: 1,
      imageSize: 28,
      inkGain: 1,
    },
    { env: {}, baseFolder: folder, cacheFolder: folder },
  );
  const told: string[] = [];
  const load = () => loadTrainingStrokes(data, { cacheFolder: folder, report: (line) => told.push(line) });
  const strokes = await load();
  // Every picture of glyphs has strokes, and none of another selection is read.
  const numbers = Array.from({ length: strokes.pens.length / 2 }, (_, row) => strokes.pens[2 * row]);
  expect(numbers).toEqual([...data.split.train.pictures]);
  expect(told).toEqual([`reading the strokes of 20 training pictures (once; kept in ${folder})`]);

  expect(await load()).toEqual(strokes);
  expect(told).toHaveLength(1);

  const [kept] = readdirSync(folder).filter((name) => name.startsWith('strokes-'));
  writeFileSync(join(folder, kept!), 'not strokes');
  expect(await load()).toEqual(strokes);
  expect(told[1]).toContain('is damaged; reading strokes again');
});

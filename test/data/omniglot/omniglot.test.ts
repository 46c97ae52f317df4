// Exact facts about the real files: the README of brendenlake/omniglot and counts made on them.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openZipOrFolder } from '../../../src/data/files/unpacked-zip.js';
import { openZip } from '../../../src/data/files/zip-file.js';
import {
  type Drawing,
  gatherDrawings,
  hashDrawings,
  OMNIGLOT_LIMITS,
  openOmniglot,
  readDrawings,
  readOmniglot,
} from '../../../src/data/omniglot/omniglot.js';
import { BACKGROUND_ALPHABETS, EVALUATION_ALPHABETS } from '../../../src/data/omniglot/omniglot-alphabets.js';
import { BACKGROUND, EVALUATION } from '../../../src/data/omniglot/omniglot-files.js';
import { packBits } from '../../../src/data/pictures/picture-file.js';
import { pictureAt } from '../../../src/data/pictures/picture-set.js';
import { expectFailure } from '../support/expect-failure.js';
import { REAL_DATA } from '../support/real-data.js';
import { writeBilevelPng } from '../support/write-png.js';
import { writeZip, type ZipInput } from '../support/write-zip.js';

const folder = mkdtempSync(join(tmpdir(), 'oneshot-omniglot-'));
afterAll(() => rmSync(folder, { recursive: true }));

const read = (path: string) => readDrawings(openZip(path, OMNIGLOT_LIMITS, 'hint'), path, 'hint');
const count = <T>(values: Iterable<T>) => new Set(values).size;
const nameCharacter = ({ alphabet, character }: Drawing) => `${alphabet}/${character}`;

let background: Drawing[];
let evaluation: Drawing[];
beforeAll(async () => {
  background = await read(join(REAL_DATA, BACKGROUND.file));
  evaluation = await read(join(REAL_DATA, EVALUATION.file));
}, 180_000);

describe('the published pictures', () => {
  test('are 19,280 of 964 background characters and 13,180 of 659 evaluation characters, each by 20 drawers', () => {
    expect(background).toHaveLength(19_280);
    expect(count(background.map(nameCharacter))).toBe(964);
    expect(evaluation).toHaveLength(13_180);
    expect(count(evaluation.map(nameCharacter))).toBe(659);
    const perCharacter = new Map<string, Set<number>>();
    for (const drawing of [...background, ...evaluation]) {
      const name = nameCharacter(drawing);
      perCharacter.set(name, (perCharacter.get(name) ?? new Set()).add(drawing.drawer));
    }
    const drawers = JSON.stringify(Array.from({ length: 20 }, (_, d) => d));
    for (const found of perCharacter.values()) expect(JSON.stringify([...found])).toBe(drawers);
  });

  test('have the alphabets and character counts of the tables', () => {
    const countCharacters = (drawings: readonly Drawing[]) => {
      const names = new Map<string, Set<string>>();
      for (const { alphabet, character } of drawings) {
        names.set(alphabet, (names.get(alphabet) ?? new Set()).add(character));
      }
      return [...names].map(([alphabet, characters]) => [alphabet, characters.size]);
    };
    expect(countCharacters(background)).toEqual([...BACKGROUND_ALPHABETS]);
    expect(countCharacters(evaluation)).toEqual([...EVALUATION_ALPHABETS]);
  });

  test('have four background alphabets of fewer than 20 characters: 14, 14, 16, 17', () => {
    const small = [...BACKGROUND_ALPHABETS.values()].filter((characters) => characters < 20);
    expect(small.sort((a, b) => a - b)).toEqual([14, 14, 16, 17]);
  });

  test('are 105 x 105, ink on paper: 0 and 255, mostly 0', () => {
    const set = gatherDrawings(background.slice(0, 400));
    expect([set.height, set.width, set.pixels.length]).toEqual([105, 105, 400 * 105 * 105]);
    let ink = 0;
    for (const value of set.pixels) {
      if (value === 255) ink++;
      else if (value !== 0) throw new Error(`found ${value}`);
    }
    expect(ink / set.pixels.length).toBeGreaterThan(0.02);
    expect(ink / set.pixels.length).toBeLessThan(0.15);
  });

  test('hold one identical pair: Braille/character01 by drawers 03 and 19', () => {
    const seen = new Map<string, Drawing>();
    const pairs: [Drawing, Drawing][] = [];
    for (const drawing of [...background, ...evaluation]) {
      const key = Buffer.from(drawing.bits).toString('latin1');
      const twin = seen.get(key);
      if (twin) pairs.push([twin, drawing]);
      seen.set(key, drawing);
    }
    const names = pairs.map((pair) => pair.map((drawing) => `${nameCharacter(drawing)} ${drawing.drawer + 1}`));
    expect(names).toEqual([['Braille/character01 3', 'Braille/character01 19']]);
  });

  test('have the pinned digests', () => {
    expect(hashDrawings(background)).toBe(BACKGROUND.digest);
    expect(hashDrawings(evaluation)).toBe(EVALUATION.digest);
  });
});

describe('other packings', () => {
  test('have the same digest: another order, stored, in a folder, with litter', async () => {
    const whole = await openOmniglot(REAL_DATA).evaluation.listEntries();
    const entries = whole.filter(({ name }) => /\/(Angelic|Tengwar|ULOG)\//.test(name));
    const path = join(folder, 'repacked.zip');
    writeZip(path, [
      { name: 'omniglot/.DS_Store', bytes: Buffer.from('x') },
      { name: 'omniglot/README.md', bytes: Buffer.from('x') },
      ...entries
        .map(({ name, read }): ZipInput => ({ name: `omniglot/${name}`, bytes: read(), isStored: true }))
        .reverse(),
    ]);
    const alphabets = ['Angelic', 'Tengwar', 'ULOG'];
    const expected = evaluation.filter(({ alphabet }) => alphabets.includes(alphabet));
    expect(hashDrawings(await read(path))).toBe(hashDrawings(expected));
  });

  test('unpacked they are the same, with what desktops leave there; the zip is taken where both are', async () => {
    const whole = await openOmniglot(REAL_DATA).evaluation.listEntries();
    const entries = whole.filter(({ name }) => /\/(Angelic|ULOG)\//.test(name));
    const place = join(folder, 'unpacked');
    for (const { name, read: bytes } of entries) {
      mkdirSync(dirname(join(place, name)), { recursive: true });
      writeFileSync(join(place, name), bytes());
    }
    writeFileSync(join(place, 'images_evaluation', '.DS_Store'), 'x');
    const path = join(place, EVALUATION.file);
    const expected = evaluation.filter(({ alphabet }) => ['Angelic', 'ULOG'].includes(alphabet));
    const found = await readDrawings(openZipOrFolder(path, OMNIGLOT_LIMITS, 'hint'), path, 'hint');
    expect(hashDrawings(found)).toBe(hashDrawings(expected));
    expect(() => openZipOrFolder(path, { ...OMNIGLOT_LIMITS, entries: 100 }, 'hint')).toThrow(
      'holds more than 100 files',
    );
    writeFileSync(path, 'no zip');
    expect(openZipOrFolder(path, OMNIGLOT_LIMITS, 'hint').bytes.toString()).toBe('no zip');
    await expectFailure(
      () => openZipOrFolder(join(folder, 'nowhere', EVALUATION.file), OMNIGLOT_LIMITS, 'hint'),
      'data',
      /images_evaluation\.zip is missing/,
    );
  });

  // The small sets are in the official packing: their pictures are the full set's.
  test.each([
    ['images_background_small1.zip', 2_720],
    ['images_background_small2.zip', 3_120],
  ])('%s holds %i pictures of the background set', async (file, pictures) => {
    const small = await read(join(REAL_DATA, file));
    expect(small).toHaveLength(pictures);
    const alphabets = new Set(small.map(({ alphabet }) => alphabet));
    expect(alphabets.size).toBe(5);
    expect(hashDrawings(small)).toBe(hashDrawings(background.filter(({ alphabet }) => alphabets.has(alphabet))));
  });
});

function greyPng(): Buffer {
  const png = new PNG({ width: 105, height: 105 });
  png.data.fill(200);
  return PNG.sync.write(png);
}

describe('files that are not the published ones', () => {
  const png = writeBilevelPng(
    Uint8Array.from({ length: 105 * 105 }, (_, i) => i % 2),
    105,
    105,
  );
  const good = { name: 'images_background/Greek/character01/0001_01.png', bytes: png };
  const wrong: readonly [name: string, inputs: readonly ZipInput[], message: RegExp][] = [
    ['pictures in other folders', [{ ...good, name: 'Greek/alpha/1.png' }], /alpha\/1\.png is not of the form/],
    ['a picture twice', [good, { ...good, name: `again/${good.name}` }], /is there twice/],
    ['a picture of another size', [{ ...good, bytes: writeBilevelPng(new Uint8Array(64), 8, 8) }], /8 x 8 pixels/],
    ['a picture with greys', [{ ...good, bytes: greyPng() }], /has greys; expected black and white/],
    ['a picture that is none', [{ ...good, bytes: Buffer.from('GIF89a') }], /0001_01\.png is not a PNG file/],
  ];
  test.each(wrong)('%s are named', async (name, inputs, message) => {
    const path = join(folder, `${name}.zip`);
    writeZip(path, inputs);
    await expectFailure(() => read(path), 'data', message);
  });

  test('a zip with few pictures is altered, and the hint says where the published one is', async () => {
    const place = mkdtempSync(join(folder, 'few-'));
    writeZip(join(place, BACKGROUND.file), [good]);
    copyFileSync(join(REAL_DATA, EVALUATION.file), join(place, EVALUATION.file));
    const failure = await expectFailure(() => readOmniglot(place), 'data', /holds 1 pictures; expected 19280/);
    expect(failure.hint).toContain('github.com/brendenlake/omniglot');
    expect(failure.hint).toContain(place);
  });

  test('a single pixel of difference is found', () => {
    const few = evaluation.slice(0, 20);
    const altered = few.map((drawing, i) => (i === 5 ? { ...drawing, bits: drawing.bits.slice() } : drawing));
    altered[5]!.bits[0]! ^= 1;
    expect(hashDrawings(altered)).not.toBe(hashDrawings(few));
  });

  test('a missing folder, a missing zip and a truncated zip are told apart', async () => {
    await expectFailure(() => readOmniglot(join(folder, 'nowhere')), 'data', /images_background\.zip is missing/);
    const place = mkdtempSync(join(folder, 'cut-'));
    const whole = readFileSync(join(REAL_DATA, BACKGROUND.file));
    writeFileSync(join(place, BACKGROUND.file), whole.subarray(0, whole.length / 2));
    await expectFailure(() => readOmniglot(place), 'data', /images_evaluation\.zip is missing/);
    copyFileSync(join(REAL_DATA, EVALUATION.file), join(place, EVALUATION.file));
    await expectFailure(() => readOmniglot(place), 'data', /images_background\.zip is not a whole zip file/);
  });
});

test('pictures are gathered in order, with their labels', () => {
  const set = gatherDrawings([...background.slice(0, 60), ...evaluation.slice(0, 20)]);
  expect(set.alphabets).toEqual(['Alphabet_of_the_Magi', 'Angelic']);
  expect(set.characters.map(({ name }) => name)).toEqual(['character01', 'character02', 'character03', 'character01']);
  expect([set.character[59], set.character[60], set.drawer[59], set.drawer[60]]).toEqual([2, 3, 19, 0]);
  expect(Buffer.compare(packBits(pictureAt(set, 60))!, evaluation[0]!.bits)).toBe(0);
});

// One's own pictures from a folder: what lies in it, how it is divided, what is refused by name, and what becomes of it.

import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DataFolder } from '../../../src/config/experiment.js';
import { describeData, loadData } from '../../../src/data/data-sets.js';
import { findLeaks } from '../../../src/data/find-leaks.js';
import type { LoadedData, LoadOptions } from '../../../src/data/loaded-data.js';
import { pictureAt } from '../../../src/data/pictures/picture-set.js';
import { drawEpisodes } from '../../../src/data/sampling/draw-episodes.js';
import { SPLIT_PURPOSES } from '../../../src/data/splits.js';
import { drawOwnPictures } from '../../support/draw-own-pictures.js';
import { expectFailure } from '../support/expect-failure.js';
import { writeBilevelPng } from '../support/write-png.js';

const base = mkdtempSync(join(tmpdir(), 'oneshot-folder-'));
afterAll(() => rmSync(base, { recursive: true }));

const options: LoadOptions = { env: {}, cacheFolder: join(base, 'cache'), baseFolder: base };
const sectionOf = (path: string, rest: Partial<DataFolder> = {}): DataFolder => ({
  dataset: 'folder',
  path,
  color: 'grey',
  background: '#ffffff',
  ink: 'auto',
  validation: 0.2,
  test: 0.2,
  seed: 1,
  imageSize: 16,
  inkGain: 1,
  ...rest,
});

/** Files by path; each is a PNG of one bit whose pixels depend on its number, or the given bytes. */
function writeFolder(name: string, files: readonly (string | readonly [string, Buffer])[]): string {
  const root = join(base, name);
  files.forEach((entry, number) => {
    const [path, bytes] = typeof entry === 'string' ? [entry, dot(number)] : entry;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), bytes);
  });
  return root;
}

/** A picture of 8 x 8 pixels with ink in two places. */
function dot(number: number): Buffer {
  const ink = new Uint8Array(64);
  ink[number % 64] = 1;
  ink[(number * 7 + 11) % 64] = 1;
  return writeBilevelPng(ink, 8, 8);
}

const listClasses = (groups: number, classes: number, pictures = 3) =>
  Array.from({ length: groups * classes * pictures }, (_, i) => {
    const group = Math.floor(i / (classes * pictures));
    return `g${group}/c${Math.floor(i / pictures) % classes}/${i % pictures}.png`;
  });
const namesOf = (section: DataFolder) => {
  const { selections } = describeData(section);
  return SPLIT_PURPOSES.map((purpose) => selections[purpose].map(({ name, characters }) => `${name}:${characters}`));
};

describe('a folder of groups', () => {
  let path: string;
  let data: LoadedData;
  const reports: string[] = [];
  beforeAll(async () => {
    path = join(base, 'own');
    drawOwnPictures(path, { groups: 5, classes: 3, pictures: 4 });
    data = await loadData(sectionOf(path), { ...options, report: (message) => reports.push(message) });
  });

  test('is divided by whole groups, as it is described without a look at pixels', () => {
    expect(SPLIT_PURPOSES.map((purpose) => data.split[purpose].pictures.length)).toEqual([36, 12, 12]);
    expect(data.description).toEqual(describeData(sectionOf(path)));
    expect(findLeaks(data.split, { disjointAlphabets: true, disjointDrawers: true })).toEqual([]);
  });

  test('is read from colour, PNG and JPEG, and dark ink on light paper becomes ink', () => {
    const { set } = data.split.train;
    expect([set.name, set.height, set.width]).toEqual(['folder', 16, 16]);
    for (const picture of [0, 1, 2]) {
      const pixels = pictureAt(set, picture);
      expect(pixels[0]).toBeLessThan(25);
      expect(Math.max(...pixels)).toBeGreaterThan(60);
    }
    expect(reports.at(-1)).toBe('the edges of the pictures are light, so ink is dark');
  });

  test('has the same pictures from light ink on dark paper', async () => {
    const light = join(base, 'light');
    drawOwnPictures(light, { groups: 1, classes: 3, pictures: 4, isLight: true });
    const found = await loadData(sectionOf(light, { test: 0, validation: 0 }), options);
    const given = await loadData(sectionOf(light, { test: 0, validation: 0, ink: 'light' }), options);
    const wrong = await loadData(sectionOf(light, { test: 0, validation: 0, ink: 'dark' }), options);
    const mean = ({ split }: LoadedData) => pictureAt(split.train.set, 1).reduce((sum, ink) => sum + ink, 0) / 256;
    expect(Buffer.compare(found.source.pixels, given.source.pixels)).toBe(0);
    expect(mean(found)).toBeLessThan(60);
    expect(mean(wrong)).toBeGreaterThan(100);
  });

  test('comes from the cache the next time, and is another when a picture changed under its name', async () => {
    const again: string[] = [];
    const report = (message: string) => again.push(message);
    expect((await loadData(sectionOf(path), { ...options, report })).digest).toBe(data.digest);
    expect(again).toEqual([]);
    const copy = join(base, 'copy');
    cpSync(path, copy, { recursive: true });
    expect((await loadData(sectionOf(copy), options)).digest).toBe(data.digest);
    expect(describeData(sectionOf(copy)).identity).toBe(data.description.identity);
    const one = join(copy, 'train-01', 'character01');
    const [first, second] = readdirSync(one).filter((name) => name.endsWith('.png'));
    const swap = join(base, 'swap.png');
    renameSync(join(one, first!), swap);
    renameSync(join(one, second!), join(one, first!));
    renameSync(swap, join(one, second!));
    expect((await loadData(sectionOf(copy), options)).digest).not.toBe(data.digest);
  });

  test('gives within-alphabet episodes of any pictures, since nobody knows who made which', () => {
    const plan = { protocol: 'within-alphabet', nWay: 3, kShot: 3, episodes: 10, seed: 1 } as const;
    const { episodes, skippedAlphabets } = drawEpisodes(data.split.train, plan);
    expect([episodes.length, skippedAlphabets]).toEqual([10, []]);
    for (const { supportSet, queries } of episodes) {
      expect(supportSet.map((shots) => shots.length)).toEqual([3, 3, 3]);
      const shown = supportSet.flat();
      for (const { picture } of queries) expect(shown).not.toContain(picture);
    }
  });
});

describe('the division of a folder', () => {
  test('is by groups where there are several, and by classes in one group or where it is asked for', () => {
    const groups = writeFolder('groups', listClasses(5, 2));
    expect(namesOf(sectionOf(groups)).map((names) => names.length)).toEqual([3, 1, 1]);
    const [train, validation, tested] = namesOf(sectionOf(groups, { divideBy: 'classes' })).map((names) =>
      names.reduce((sum, name) => sum + Number(name.split(':')[1]), 0),
    );
    expect([train, validation, tested]).toEqual([6, 2, 2]);
    const flat = writeFolder('flat', [
      'a/1.png',
      'a/2.png',
      'b/1.png',
      'b/2.png',
      'c/1.PNG',
      'c/2.png',
      'd/1.png',
      'd/2.png',
    ]);
    expect(namesOf(sectionOf(flat))).toEqual([['pictures:2'], ['pictures:1'], ['pictures:1']]);
  });

  test('is another for another seed; the test does not depend on the share for validation', () => {
    const groups = join(base, 'groups');
    const tests = [1, 2, 3, 4, 5].map((seed) => namesOf(sectionOf(groups, { seed }))[2]![0]);
    expect(new Set(tests).size).toBeGreaterThan(1);
    expect(namesOf(sectionOf(groups, { validation: 0 }))[2]).toEqual(namesOf(sectionOf(groups))[2]);
    expect(namesOf(sectionOf(groups, { validation: 0, test: 0 }))).toEqual([
      ['g0:2', 'g1:2', 'g2:2', 'g3:2', 'g4:2'],
      [],
      [],
    ]);
  });

  test('is by the names that are given', () => {
    const groups = join(base, 'groups');
    expect(namesOf(sectionOf(groups, { test: ['g3'], validation: ['g0'] }))).toEqual([
      ['g1:2', 'g2:2', 'g4:2'],
      ['g0:2'],
      ['g3:2'],
    ]);
    const byClasses = { divideBy: 'classes', test: ['g0/c1', 'g4/c0'], validation: 0 } as const;
    expect(namesOf(sectionOf(groups, { ...byClasses, test: [...byClasses.test] }))).toEqual([
      ['g0:1', 'g1:2', 'g2:2', 'g3:2', 'g4:1'],
      [],
      ['g0:1', 'g4:1'],
    ]);
  });

  test('leaves training a group even where the shares ask for more than there are', () => {
    const two = writeFolder('two', listClasses(2, 2));
    expect(namesOf(sectionOf(two, { test: 0.9, validation: 0.9 })).map((names) => names.length)).toEqual([1, 0, 1]);
  });

  test.each([
    [{ test: ['g9'] }, /data\.test names g9, which is not there/],
    [{ test: ['g1'], validation: ['g1'] }, /data\.validation names g1, which is for the test/],
  ])('refuses names that cannot be: %j', async (rest, message) => {
    await expectFailure(() => describeData(sectionOf(join(base, 'groups'), rest)), 'usage', message);
  });
});

const HEIC = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic');
const TEXT = Buffer.from('some words\n');

describe('the listing of a folder', () => {
  const good = ['a/1.png', 'a/2.jpg', 'b/1.jpeg', 'b/2.png'];
  const describeFolder = (name: string) => () => describeData(sectionOf(join(base, name)));

  test.each([
    ['missing', [], /does not exist/],
    ['without-folders', [['readme.txt', TEXT]], /holds no folders of pictures/],
    ['empty-class', [...good, 'c/.keep'], /1 thing is wrong in it:\n {2}c is empty: a class takes 2 at least$/],
    ['one-picture', [...good, 'c/only.png'], /\n {2}c has a single picture, only\.png: a class takes 2 at least/],
    ['loose', [...good, 'loose.png'], /\n {2}loose\.png is in no class/],
    [
      'other-kind',
      [...good, ['a/3.png', Buffer.from('BM\x36\0\0\0\0\0\0\0')], ['b/3', HEIC]],
      /\n {2}a\/3\.png is a BMP file; expected PNG, .*\n {2}b\/3 is a HEIC file/,
    ],
    ['mixed', [...good, 'g/c/1.png', 'g/c/2.png'], /\n {2}g\/c is a folder where pictures were expected/],
    ['deep', ['g/c/d/1.png', 'g/c/d/2.png'], /\n {2}g\/c\/d is a folder where pictures were expected/],
  ] as [string, (string | [string, Buffer])[], RegExp][])('names what is wrong: %s', async (name, files, message) => {
    if (files.length > 0) writeFolder(name, files);
    await expectFailure(describeFolder(name), 'data', message);
  });

  test('passes over what is no picture and says so: hidden files, notes, films', () => {
    const film = Buffer.from('\0\0\0\x18ftypisom');
    const root = writeFolder('litter', [
      ...good,
      'a/.DS_Store',
      ['a/notes.txt', TEXT],
      ['b/clip', film],
      '.git/x/1.png',
      '__MACOSX/a/1.png',
    ]);
    const { selections, notes } = describeData(sectionOf(root, { test: 0, validation: 0 }));
    expect(selections.train[0]).toMatchObject({ name: 'pictures', characters: 2, drawers: 2 });
    expect(notes).toEqual([
      'passes over 5 files: a/notes.txt (text), b/clip (film), .git (hidden), __MACOSX (hidden), a/.DS_Store (hidden)',
    ]);
  });

  test('tells pictures by their content, whatever they are called', () => {
    const root = writeFolder('names', ['a/1.jfif', 'a/2', 'b/1.JPE', 'b/2.txt', ['b/3.txt', TEXT]]);
    const { selections, notes } = describeData(sectionOf(root, { test: 0, validation: 0 }));
    expect(selections.train[0]).toMatchObject({ characters: 2, drawers: 2 });
    expect(notes).toEqual(['passes over 1 file: b/3.txt (text)']);
  });

  test('leaves out small classes where it is told to, and counts them', async () => {
    const root = writeFolder('small', [...good, 'a/3.png', 'c/1.png', 'd/1.png', 'd/2.png', 'd/3.png']);
    const section = sectionOf(root, { test: 0, validation: 0, minimumPictures: 3 });
    const { selections, notes } = describeData(section);
    expect(selections.train[0]).toMatchObject({ characters: 2, drawers: 3 });
    expect(notes).toEqual(['leaves out 2 classes with too few pictures: b (2), c (1)']);
    const failure = await expectFailure(
      () => describeData({ ...section, minimumPictures: 9 }),
      'data',
      /holds no class of 9 pictures or more/,
    );
    expect(failure.hint).toMatch(/the largest of its 4 classes has 3/);
  });

  test('names twenty files and counts the rest', async () => {
    writeFolder('many', [...good, ...Array.from({ length: 33 }, (_, i) => [`a/x${i}.gif`, HEIC] as const)]);
    const failure = await expectFailure(describeFolder('many'), 'data', /33 things are wrong/);
    expect(failure.message.split('\n')).toHaveLength(22);
    expect(failure.message).toMatch(/\n {2}and 13 more$/);
  });

  test('follows links to files, and refuses circles, links that count twice, and links to nothing', async () => {
    const root = writeFolder('links', good);
    symlinkSync(join(root, 'a', '1.png'), join(root, 'b', 'linked.png'));
    expect(describeData(sectionOf(root, { test: 0, validation: 0 })).selections.train[0]!.characters).toBe(2);
    symlinkSync(root, join(root, 'circle'));
    symlinkSync(join(root, 'a'), join(root, 'twin'));
    symlinkSync(join(base, 'nothing'), join(root, 'b', 'gone.png'));
    symlinkSync('loop.png', join(root, 'b', 'loop.png'));
    const { message } = await expectFailure(describeFolder('links'), 'data', /links cannot be used/);
    expect(message).toContain('\n  circle is a link to a folder that is read already');
    expect(message).toContain('\n  twin is a link to a folder that is read already');
    expect(message).toContain('\n  b/gone.png cannot be read (what it links to is missing');
    expect(message).toContain('\n  b/loop.png cannot be read (ELOOP)');
  });

  test('does not wait for a pipe that is called a picture', async () => {
    const root = writeFolder('pipe', good);
    execFileSync('mkfifo', [join(root, 'a', 'pipe.png')]);
    await expectFailure(describeFolder('pipe'), 'data', /\n {2}a\/pipe\.png is no regular file/);
  });

  test('takes names of all kinds, and shows control codes as such', async () => {
    const strange = ["it's", '한글', 'a b', '$(rm)', '-n', 'ü', 'x..'];
    writeFolder(
      'strange',
      strange.flatMap((name) => [`${name}/1.png`, `${name}/2.png`]),
    );
    expect(describeData(sectionOf(join(base, 'strange'))).selections.train[0]!.characters).toBe(5);
    writeFolder('strange', ['line\nbreak\u001b[31m/1.png']);
    const { message } = await expectFailure(describeFolder('strange'), 'data', /single picture/);
    expect(message).toContain('\n  "line\\nbreak\\u001b[31m" has a single picture');
  });
});

describe('a folder that says what is for what', () => {
  const parts = { test: 0.2, validation: 0.2 };

  test('is divided as its topmost folders say, whatever words they use', () => {
    const root = writeFolder('parts', [
      ...['a', 'b', 'c', 'd', 'e'].flatMap((name) => [`base/${name}/1.png`, `base/${name}/2.png`]),
      'novel/x/1.png',
      'novel/x/2.png',
      'novel/x/3.png',
    ]);
    // Without a part for validation, classes are drawn from training.
    expect(namesOf(sectionOf(root, parts))).toEqual([['pictures:4'], ['pictures:1'], ['pictures:1']]);
    expect(namesOf(sectionOf(root, { ...parts, divideBy: 'classes', test: ['a'], validation: 0 }))).toEqual([
      ['pictures:5'],
      [],
      ['pictures:1'],
    ]);
  });

  test('may have pictures of a class on both sides, and says so', async () => {
    const root = writeFolder('shared', [
      ...['train', 'val', 'test'].flatMap((part) =>
        ['a', 'b'].flatMap((name) => [`${part}/${name}/1.png`, `${part}/${name}/2.png`]),
      ),
    ]);
    const description = describeData(sectionOf(root, parts));
    expect(description.sharedClasses).toEqual(['a', 'b']);
    expect(description.notes).toEqual([expect.stringMatching(/^2 classes of the test have pictures for training/)]);
    const { split } = await loadData(sectionOf(root, parts), options);
    expect(SPLIT_PURPOSES.map((purpose) => split[purpose].pictures.length)).toEqual([4, 4, 4]);
    expect(split.test.set.characters).toHaveLength(2);
  });

  test('may be divided picture by picture, some of every class on each side', async () => {
    const root = writeFolder('by-pictures', [
      ...['1', '2', '3', '4', '5'].map((name) => `oak/${name}.png`),
      ...['1', '2'].map((name) => `fir/${name}.png`),
    ]);
    const section = sectionOf(root, { divideBy: 'pictures', test: 0.4, validation: 0.2 });
    const description = describeData(section);
    expect(description.sharedClasses).toEqual(['fir', 'oak']);
    expect(description.notes).toEqual([]);
    const { split } = await loadData(section, options);
    // Of fir's two one stays for training: validation goes without.
    expect(SPLIT_PURPOSES.map((purpose) => split[purpose].pictures.length)).toEqual([3, 1, 3]);
    const all = SPLIT_PURPOSES.flatMap((purpose) => [...split[purpose].pictures]);
    expect(all.sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const other = await loadData({ ...section, seed: 2 }, options);
    expect([...other.split.test.pictures]).not.toEqual([...split.test.pictures]);
  });

  test('may say it in a table, wherever the pictures lie; others are passed over', async () => {
    const root = writeFolder('labelled', [
      ...['1', '2', '3', '4', '5'].map((name) => `images/${name}.png`),
      [
        'labels.csv',
        Buffer.from('filename,label,split\n1.png,oak,train\n2.png,oak,train\n3.png,fir,test\nimages/4.png,fir,test\n'),
      ],
    ]);
    const section = sectionOf(root, { ...parts, labels: 'labels.csv', validation: 0 });
    expect(namesOf(section)).toEqual([['pictures:1'], [], ['pictures:1']]);
    expect(describeData(section).notes).toEqual(['passes over 1 file: images/5.png (not in labels.csv)']);
    writeFileSync(join(root, 'leaf.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    expect(describeData(section).notes).toEqual([
      'passes over 2 files: images/5.png (not in labels.csv), leaf.svg (not in labels.csv)',
    ]);
    writeFileSync(join(root, 'labels.csv'), 'filename,label\n1.png,oak\n9.png,oak\n1.png,fir\nleaf.svg,fir\n');
    const { message } = await expectFailure(() => describeData(section), 'data', /4 things are wrong/);
    expect(message).toContain('\n  labels.csv:5 names leaf.svg, which is a SVG file; expected PNG, JPEG');
    expect(message).toContain('\n  labels.csv:3 names 9.png, of which there is no picture');
    expect(message).toContain('\n  labels.csv:4 names images/1.png again, otherwise than labels.csv:2');
  });
});

describe('the pictures of a folder', () => {
  const good = ['a/1.png', 'a/2.png', 'b/1.png', 'b/2.png', 'c/1.png', 'c/2.png'];

  test('are refused together where some are damaged, each with its reason', async () => {
    const root = writeFolder('damaged', [
      ...good,
      ['a/cut.png', dot(50).subarray(0, 40)],
      ['b/gif.png', Buffer.from('GIF89a..........')],
    ]);
    const failure = await expectFailure(
      () => loadData(sectionOf(root), options),
      'data',
      /^2 of 8 pictures of .*damaged cannot be read:/,
    );
    expect(failure.message).toContain('\n  a/cut.png is a damaged PNG file');
    expect(failure.message).toContain('\n  b/gif.png is a damaged GIF file');
    writeFileSync(join(root, 'c/empty.jpg'), '');
    await expectFailure(() => describeData(sectionOf(root)), 'data', /\n {2}c\/empty\.jpg is empty$/);
  });

  test('are known by their files, for messages', async () => {
    const data = await loadData(sectionOf(writeFolder('named', good)), options);
    expect(Array.from(data.source.character.keys(), (picture) => data.fileOf?.(picture))).toContain('a/1.png');
  });

  test('depend on their content, not on the names and times of their files', async () => {
    const root = writeFolder('times', good);
    const before = describeData(sectionOf(root)).identity;
    utimesSync(join(root, 'a/1.png'), new Date(0), new Date(0));
    renameSync(join(root, 'a/2.png'), join(root, 'a/3.png'));
    expect(describeData(sectionOf(root)).identity).toBe(before);
    renameSync(join(root, 'a/3.png'), join(root, 'a/2.png'));
    // Two pictures of the same size exchanged between classes, as a label is corrected.
    const swap = () => {
      renameSync(join(root, 'a/1.png'), join(base, 'swap'));
      renameSync(join(root, 'b/1.png'), join(root, 'a/1.png'));
      renameSync(join(base, 'swap'), join(root, 'b/1.png'));
    };
    swap();
    expect(describeData(sectionOf(root)).identity).not.toBe(before);
    swap();
    expect(describeData(sectionOf(root)).identity).toBe(before);
    appendFileSync(join(root, 'a/1.png'), readFileSync(join(root, 'a/2.png')));
    expect(describeData(sectionOf(root)).identity).not.toBe(before);
    expect(describeData(sectionOf(root, { ink: 'dark' })).identity).not.toBe(before);
    expect(describeData(sectionOf(root, { test: 0.5 })).identity).not.toBe(before);
  });
});

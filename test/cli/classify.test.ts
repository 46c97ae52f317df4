// `oneshot classify` and `embed` as somebody with pictures of their own would use them, on a network trained for a moment.
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { drawGlyphs } from '../../src/data/glyphs/glyphs-source.js';
import { readRunExperiment } from '../../src/run-folder/read-run-experiment.js';
import { readTrialRecord } from '../../src/run-folder/run-folder.js';
import { writeBilevelPng } from '../data/support/write-png.js';
import { writeGlyphFiles } from '../support/glyph-files.js';
import { newFolder, runCommand, runFoldersOf } from '../support/run-command.js';

const TINY = resolve(import.meta.dirname, '../fixtures/tiny.yaml');

let runs: string[] = [];
const folder = newFolder();
const support = join(folder, 'support');
const asked = join(folder, 'asked');
const strange = join(folder, 'strange');

beforeAll(async () => {
  const place = newFolder();
  const set = ['--set', 'seeds=[1, 2]', '--set', 'data.validationAlphabets=2'];
  expect((await runCommand(['run', TINY, ...set, '--runs', place, '--json'])).code).toBe(0);
  runs = runFoldersOf(place, 'tiny');
  const experiment = readRunExperiment(runs[0]!, readTrialRecord(runs[0]!)!);
  if (experiment.data.dataset !== 'glyphs') throw new Error('tiny.yaml is on glyphs');
  const drawn = drawGlyphs(experiment.data);
  writeGlyphFiles(drawn, support, { alphabet: 'test-01', characters: 5, drawers: [0] });
  writeGlyphFiles(drawn, asked, { alphabet: 'test-01', characters: 5, drawers: [1, 2, 3, 4, 5] });
  writeGlyphFiles(drawn, strange, { alphabet: 'test-02', characters: 8, drawers: [0, 1, 2] });
});

const classify = (...args: string[]) => runCommand(['classify', ...args]);

/** Rows of a CSV text without quotes, by the names of its columns. */
function readCsv(text: string): Record<string, string>[] {
  const [head, ...rows] = text.trim().split('\n');
  return rows.map((row) => Object.fromEntries(row.split(',').map((cell, i) => [head!.split(',')[i]!, cell])));
}

describe('classify', () => {
  test('names pictures, says how far to trust that, and is right more often than chance', async () => {
    const { code, stdout, stderr } = await classify(
      runs[0]!,
      '--support',
      support,
      asked,
      '--csv',
      '--threshold',
      'none',
    );
    expect([code, stderr]).toEqual([0, expect.stringContaining('5 classes, 5 support pictures')]);
    const rows = readCsv(stdout);
    expect(rows).toHaveLength(25);
    const right = rows.filter(({ name, truth }) => name === truth).length;
    // Chance would be 5 of 25; 12 or more by chance happen once in a thousand times (binomial).
    expect(right).toBeGreaterThanOrEqual(12);
    expect(stderr).toContain(`of 25 in folders named like a class, ${right} were given that name`);
    for (const { probability_1, probability_2, class_1, support_1 } of rows) {
      expect(Number(probability_1)).toBeGreaterThanOrEqual(Number(probability_2));
      expect(support_1).toBe(join(support, class_1!, '0.png'));
    }
  });

  test('calls pictures of other classes unknown more often than those of its own', async () => {
    const unknown = async (place: string) =>
      readCsv((await classify(runs[0]!, '--support', support, place, '--csv')).stdout).filter(
        ({ name }) => name === 'unknown',
      ).length;
    const [known, others] = [await unknown(asked), await unknown(strange)];
    expect(others / 24).toBeGreaterThan(known / 25);
  });

  test('prints one JSON text with the calibration, the same bytes the second time', async () => {
    const first = await classify(runs[0]!, '--support', support, asked, '--json', '--top', '3');
    const second = await classify(runs[0]!, '--support', support, asked, '--json', '--top', '3');
    expect(second.stdout).toBe(first.stdout);
    const { calibration, threshold, answers } = JSON.parse(first.stdout);
    expect(calibration).toMatchObject({ nWay: 5, kShot: 1, selection: 'validation' });
    expect(threshold).toBe(calibration.threshold);
    expect(calibration.falseUnknown + calibration.falseNames).toBeLessThan(1);
    expect(answers).toHaveLength(25);
    expect(answers[0].classes).toHaveLength(3);
    expect(answers[0].seen).toEqual({ height: 16, width: 16, ink: 'dark' });
  });

  test('lets several runs answer together', async () => {
    const [a, b] = runs as [string, string];
    const scoresOf = async (...networks: string[]) =>
      JSON.parse((await classify(...networks, '--support', support, join(asked, 'character01'), '--json')).stdout)
        .answers[0].classes[0].score;
    const together = await scoresOf(a, b);
    expect(Number.isFinite(together)).toBe(true);
    expect([await scoresOf(a), await scoresOf(b)]).not.toContain(together);
    expect(await scoresOf(b, a)).toBeCloseTo(together, 6);
  });

  test('compares two pictures alone', async () => {
    const [one, same] = ['1.png', '2.png'].map((name) => join(asked, 'character01', name)) as [string, string];
    const ask = async (other: string) =>
      JSON.parse((await classify(runs[0]!, one, other, '--json')).stdout).probability;
    expect(await ask(one)).toBeGreaterThan(0.5);
    expect(await ask(one)).toBeGreaterThanOrEqual(await ask(same));
  });

  test('writes a sheet with each query as the network sees it', async () => {
    const sheet = join(newFolder(), 'sheet.html');
    await classify(runs[0]!, '--support', support, join(asked, 'character01'), '--sheet', sheet);
    const text = readFileSync(sheet, 'utf8');
    expect(text.match(/alt="the query as the network sees it"/g)).toHaveLength(5);
    expect(text.match(/alt="nearest picture of/g)).toHaveLength(25);
    expect(text).not.toMatch(/src="(?!data:)/);
  });

  test('passes over a query that cannot be read, and says so with exit code 1', async () => {
    const place = join(newFolder(), 'asked');
    cpSync(join(asked, 'character01'), place, { recursive: true });
    writeFileSync(join(place, 'broken.png'), readFileSync(join(place, '1.png')).subarray(0, 60));
    const { code, stdout, stderr } = await classify(runs[0]!, '--support', support, place, '--csv');
    expect(code).toBe(1);
    expect(readCsv(stdout).filter(({ problem }) => problem !== '')).toHaveLength(1);
    expect(stderr).toContain('1 could not be read');
  });
});

describe('what classify refuses', () => {
  /** A support set of these files, by path. */
  function writeSupport(files: Readonly<Record<string, Buffer | string>>): string {
    const place = join(newFolder(), 'support');
    mkdirSync(place);
    for (const [path, bytes] of Object.entries(files)) {
      mkdirSync(join(place, path, '..'), { recursive: true });
      writeFileSync(join(place, path), bytes);
    }
    return place;
  }
  const picture = (name: string) => readFileSync(join(asked, name));

  const cases: readonly (readonly [what: string, files: () => Record<string, Buffer | string>, message: RegExp])[] = [
    ['one class', () => ({ 'oak/1.png': picture('character01/1.png') }), /has one class; expected two at least/],
    ['no classes', () => ({ 'notes.txt': 'hello' }), /has no classes; expected two at least/],
    [
      'a picture beside folders',
      () => ({ 'oak/1.png': picture('character01/1.png'), 'a.png': picture('character02/1.png') }),
      /a\.png lies beside folders of classes/,
    ],
    [
      'equal classes',
      () => ({ 'oak/1.png': picture('character01/1.png'), 'birch/1.png': picture('character01/1.png') }),
      /oak\/1\.png is the same file as a picture of another class, birch/,
    ],
    [
      'a corrupt picture',
      () => ({ 'oak.png': picture('character01/1.png'), 'birch.png': picture('character02/1.png').subarray(0, 80) }),
      /1 of 2 pictures of the support set cannot be read:\s+\S*birch\.png is a damaged PNG/,
    ],
    [
      '20,000 pixels a side',
      () => ({
        'oak.png': picture('character01/1.png'),
        'birch.png': writeBilevelPng(new Uint8Array(64), 8, 8, { declared: { height: 20_000, width: 20_000 } }),
      }),
      /is 20000 x 20000 pixels; expected at most/,
    ],
  ];
  test.each(cases)('%s', async (_, files, message) => {
    const { code, stdout, stderr } = await classify(runs[0]!, '--support', writeSupport(files()), asked);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });

  test('an empty class', async () => {
    const place = writeSupport({ 'oak/1.png': picture('character01/1.png') });
    mkdirSync(join(place, 'birch'));
    expect((await classify(runs[0]!, '--support', place, asked)).stderr).toContain('birch is an empty class');
  });

  test('the support set as queries, no pictures, a folder that is not there', async () => {
    expect((await classify(runs[0]!, '--support', support, support)).stderr).toContain('are the support set itself');
    expect((await classify(runs[0]!, '--support', support)).stderr).toContain('no pictures to name');
    expect((await classify(runs[0]!, '--support', `${support}-gone`, asked)).stderr).toContain('no such folder');
    expect((await classify(runs[0]!, join(asked, 'character01', '1.png'))).stderr).toContain('there is no support set');
  });

  test('a run that is not finished, of another version, altered, or none', async () => {
    const copy = () => {
      const place = join(newFolder(), 'run');
      cpSync(runs[0]!, place, { recursive: true });
      return place;
    };
    const change = (file: string, edit: (text: string) => string) => {
      const place = copy();
      writeFileSync(join(place, file), edit(readFileSync(join(place, file), 'utf8')));
      return place;
    };
    const refusal = async (run: string) => (await classify(run, '--support', support, asked)).stderr;
    expect(await refusal(change('status.json', (text) => text.replace('"finished"', '"failed"')))).toContain(
      'is not finished',
    );
    expect(await refusal(change('trial.json', (text) => text.replace('"version": 1', '"version": 9')))).toMatch(
      /version 9/,
    );
    const without = copy();
    rmSync(join(without, 'best.safetensors'));
    expect(await refusal(without)).toContain('has no trained network');
    expect(await refusal(newFolder())).toContain('holds no run');
    expect(await refusal(join(folder, 'gone'))).toContain('no such run or file');
    expect(await refusal(join(runs[0]!, '..'))).toContain('holds 2 finished runs');
    const other = join(newFolder(), 'other.safetensors');
    cpSync(join(runs[0]!, 'best.safetensors'), other);
    expect(await refusal(other)).toContain('holds no exported network');
  });
});

describe('embed', () => {
  test('writes the same numbers in three forms', async () => {
    const out = newFolder();
    const place = join(asked, 'character01');
    const npy = await runCommand(['embed', runs[0]!, place, '--out', join(out, 'e.npy')]);
    expect(npy.stdout.trim().split('\n')).toEqual(readdirSync(place).map((name) => join(place, name)));
    const bytes = readFileSync(join(out, 'e.npy'));
    const header = bytes.readUInt16LE(8);
    expect((10 + header) % 64).toBe(0);
    expect(bytes.toString('latin1', 10, 10 + header)).toContain("'shape': (5, 32)");
    const numbers = Array.from({ length: 160 }, (_, i) => bytes.readFloatLE(10 + header + 4 * i));
    const lines = (await runCommand(['embed', runs[0]!, place])).stdout.trim().split('\n');
    expect(lines.flatMap((line) => JSON.parse(line).embedding.map(Math.fround))).toEqual(numbers);
    const csv = readCsv((await runCommand(['embed', runs[0]!, place, '--format', 'csv'])).stdout);
    expect(
      csv.flatMap(({ picture: _, ...row }) => Object.values(row).map((cell) => Math.fround(Number(cell)))),
    ).toEqual(numbers);
  });

  test('leaves out what cannot be read', async () => {
    const place = join(newFolder(), 'p');
    cpSync(join(asked, 'character01'), place, { recursive: true });
    renameSync(join(place, '1.png'), join(place, '0.png'));
    writeFileSync(join(place, '0.png'), 'no picture');
    const { code, stdout, stderr } = await runCommand(['embed', runs[0]!, place]);
    expect([code, stdout.trim().split('\n').length]).toEqual([1, 4]);
    expect(stderr).toContain('left out');
  });
});

// `oneshot classify` and `embed` as somebody with pictures of their own would use them, on a network trained for a moment.
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { drawGlyphs } from '../../src/data/glyphs/glyphs-data-set.js';
import { wilsonInterval } from '../../src/evaluation/statistics/wilson-interval.js';
import { readRunExperiment } from '../../src/run-folder/read-run-experiment.js';
import { readTrialRecord } from '../../src/run-folder/run-folder.js';
import { openTrained } from '../../src/trained/open-trained.js';
import { writeBilevelPng } from '../data/support/write-png.js';
import { writeGlyphFiles } from '../support/glyph-files.js';
import { newFolder, runCommand, runFoldersOf } from '../support/run-command.js';

const TINY = resolve(import.meta.dirname, '../fixtures/tiny.yaml');

/** An alphabet that quickstart keeps for its test. */
const GLYPHS = {
  dataset: 'glyphs',
  seed: 1,
  trainAlphabets: 1,
  validationAlphabets: 0,
  testAlphabets: 1,
  imageSize: 28,
  inkGain: 1,
} as const;

let runs: string[] = [];
const folder = newFolder();
const support = join(folder, 'support');
const asked = join(folder, 'asked');

beforeAll(async () => {
  const place = newFolder();
  const set = ['--set', 'seeds=[1, 2]', '--set', 'data.validationAlphabets=2'];
  expect((await runCommand(['run', TINY, ...set, '--runs', place, '--json'])).code).toBe(0);
  runs = runFoldersOf(place, 'tiny');
  const { experiment } = readRunExperiment(runs[0]!, readTrialRecord(runs[0]!)!);
  if (experiment.data.dataset !== 'glyphs') throw new Error('tiny.yaml is on glyphs');
  const drawn = drawGlyphs(experiment.data);
  writeGlyphFiles(drawn, support, { alphabet: 'test-01', characters: 5, drawers: [0] });
  writeGlyphFiles(drawn, asked, { alphabet: 'test-01', characters: 5, drawers: [1, 2, 3, 4, 5] });
}, 240_000);

const classify = (...args: string[]) => runCommand(['classify', ...args]);

/** Rows of a CSV text without quotes, by the names of its columns. */
function readCsv(text: string): Record<string, string>[] {
  const [head, ...rows] = text.trim().split('\n');
  return rows.map((row) => Object.fromEntries(row.split(',').map((cell, i) => [head!.split(',')[i]!, cell])));
}

describe('classify', () => {
  test('ranks the classes, names the picture that won, and knows a copy of a support picture by its content', async () => {
    const copies = join(newFolder(), 'copies');
    cpSync(support, copies, { recursive: true });
    const { code, stdout, stderr } = await classify(
      runs[0]!,
      '--support',
      support,
      copies,
      '--csv',
      '--threshold',
      'none',
    );
    expect([code, stderr]).toEqual([0, expect.stringContaining('5 classes, 5 support pictures')]);
    const rows = readCsv(stdout);
    expect(rows.map(({ truth }) => truth)).toEqual([1, 2, 3, 4, 5].map((n) => `character0${n}`));
    expect(rows).toHaveLength(5);
    expect(stderr).toContain('5 of them are pictures of the support set');
    for (const { probability_1, probability_2, class_1, support_1 } of rows) {
      expect(Number(probability_1)).toBeGreaterThanOrEqual(Number(probability_2));
      expect(support_1).toBe(join(support, class_1!, '0.png'));
    }
  });

  test('says of pictures in folders named like a class how many were given that name', async () => {
    const { stdout, stderr } = await classify(runs[0]!, '--support', support, asked, '--csv', '--threshold', 'none');
    const rows = readCsv(stdout);
    expect(rows).toHaveLength(25);
    const right = rows.filter(({ name, truth }) => name === truth).length;
    expect(stderr).toContain(`of 25 in folders named like a class, ${right} were given that name`);
  });

  test('names far more than chance does after a short quickstart: 20 characters of an alphabet that it never saw', async () => {
    const place = newFolder();
    const short = ['--set', 'training.maxEpochs=3', '--set', 'evaluation=[]'];
    const run = await runCommand(['run', 'experiments/quickstart.yaml', ...short, '--runs', place, '--json'], {
      cwd: resolve(import.meta.dirname, '../..'),
    });
    expect(run.code).toBe(0);
    const drawn = drawGlyphs({ ...GLYPHS, charactersPerAlphabet: 20, drawers: 6 });
    const [known, unknown] = [join(place, 'known'), join(place, 'new')];
    writeGlyphFiles(drawn, known, { alphabet: 'test-01', characters: 20, drawers: [0] });
    writeGlyphFiles(drawn, unknown, { alphabet: 'test-01', characters: 20, drawers: [1, 2, 3, 4, 5] });
    const { stdout } = await classify(
      ...[join(place, 'quickstart'), '--support', known, unknown],
      ...['--csv', '--threshold', 'none'],
    );
    const rows = readCsv(stdout);
    const right = rows.filter(({ name, truth }) => name === truth).length;
    expect(rows).toHaveLength(100);
    const [low] = wilsonInterval(right, rows.length);
    expect(low).toBeGreaterThan(0.05);
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
    expect(await scoresOf(b, a)).toBeCloseTo(together, 6);
  });

  test('compares two pictures alone', async () => {
    const [one, same] = ['1.png', '2.png'].map((name) => join(asked, 'character01', name)) as [string, string];
    const ask = async (other: string) =>
      JSON.parse((await classify(runs[0]!, one, other, '--json')).stdout).probability;
    const itself = await ask(one);
    expect(itself).toBeGreaterThan(0.5);
    expect(itself).toBeGreaterThanOrEqual(await ask(same));
  });

  test('passes over a query that cannot be read, and shows the others on a sheet', async () => {
    const place = join(newFolder(), 'character01');
    cpSync(join(asked, 'character01'), place, { recursive: true });
    writeFileSync(join(place, 'broken.png'), readFileSync(join(place, '1.png')).subarray(0, 60));
    const sheet = join(place, '..', 'sheet.html');
    const { code, stdout, stderr } = await classify(runs[0]!, '--support', support, place, '--csv', '--sheet', sheet);
    expect(code).toBe(1);
    expect(readCsv(stdout).filter(({ problem }) => problem !== '')).toHaveLength(1);
    expect(stderr).toContain('1 could not be read');
    const text = readFileSync(sheet, 'utf8');
    expect(text.match(/alt="the query as the network sees it"/g)).toHaveLength(5);
    expect(text.match(/alt="nearest picture of/g)).toHaveLength(25);
    expect(text).not.toMatch(/src="(?!data:)/);
    // The folder says what is right, so each name is judged; names of pictures elsewhere are not.
    const judged = { right: 0, wrong: 0, unknown: 0 };
    for (const { name, problem } of readCsv(stdout))
      if (problem === '') judged[name === 'unknown' ? 'unknown' : name === 'character01' ? 'right' : 'wrong']++;
    for (const [kind, number] of Object.entries(judged))
      expect([kind, text.match(new RegExp(`<b class="${kind}">`, 'g'))?.length ?? 0]).toEqual([kind, number]);
  });
});

describe('what classify refuses', () => {
  test('a corrupt picture and one of 10,000 pixels a side in the support set, both at once', async () => {
    const place = join(newFolder(), 'support');
    cpSync(support, place, { recursive: true });
    writeFileSync(
      join(place, 'character01', '0.png'),
      readFileSync(join(support, 'character01', '0.png')).subarray(0, 80),
    );
    const large = { height: 100_000, width: 100_000 };
    writeFileSync(join(place, 'character02', '0.png'), writeBilevelPng(new Uint8Array(64), 8, 8, { declared: large }));
    const { code, stdout, stderr } = await classify(runs[0]!, '--support', place, asked);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/2 of 5 pictures of the support set cannot be read/);
    expect(stderr).toMatch(/character01\/0\.png is a damaged PNG/);
    expect(stderr).toMatch(/character02\/0\.png is 100000 x 100000 pixels; expected at most/);
  });

  test('the support set as queries', async () => {
    expect((await classify(runs[0]!, '--support', support, support)).stderr).toContain('are the support set itself');
  });

  test('a run that is not finished, of another version, without weights, or none', () => {
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
    const failed = change('status.json', (text) => text.replace('"finished"', '"failed"'));
    expect(() => openTrained(failed)).toThrow('is not finished');
    expect(() => openTrained(change('trial.json', (text) => text.replace('"version": 1', '"version": 9')))).toThrow(
      /version 9/,
    );
    const without = copy();
    rmSync(join(without, 'best.safetensors'));
    expect(() => openTrained(without)).toThrow('has no trained network');
    expect(() => openTrained(newFolder())).toThrow('holds no run');
    expect(() => openTrained(join(folder, 'gone'))).toThrow('no such run or file');
    expect(() => openTrained(join(runs[0]!, '..'))).toThrow('holds 2 finished runs');
    const other = join(newFolder(), 'other.safetensors');
    cpSync(join(runs[0]!, 'best.safetensors'), other);
    expect(() => openTrained(other)).toThrow('holds no exported network');
  });
});

describe('classify --scorer', () => {
  const place = newFolder();
  const wide = join(place, 'wide');
  /** 60 x 20 pixels: a class's bar in the middle, of some height, and one at the left that only the whole picture has. */
  const draw = (file: string, bar: number, atLeft: number, height = 20) => {
    const isInk = (i: number) => i % 60 === atLeft || (i % 60 === bar && i < 60 * height);
    const ink = Uint8Array.from({ length: 1200 }, (_, i) => (isInk(i) ? 255 : 0));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, writeBilevelPng(ink, 20, 60));
    return file;
  };

  beforeAll(async () => {
    [24, 28, 32, 36].forEach((bar, i) => {
      for (const at of [2, 6, 10]) draw(join(wide, `class${i}`, `${at}.png`), bar, at, 8 + at);
    });
    writeFileSync(
      join(place, 'wide.yaml'),
      `name: wide
data: {dataset: folder, path: wide, imageSize: 20, fit: crop, validation: 0, test: [class0, class1]}
evaluation: [{protocol: cross-alphabet, nWay: 2, episodes: 2}]
baselines: [nearestNeighbourEuclidean]
`,
    );
    const { code, stderr } = await runCommand(['run', join(place, 'wide.yaml'), '--runs', join(place, 'runs')]);
    expect(code, stderr).toBe(0);
  });

  const ask = (...args: string[]) =>
    classify(join(place, 'runs'), '--scorer', 'nearestNeighbourEuclidean', '--support', join(place, 'known'), ...args);

  test('sees pictures as the run’s data set fits them', async () => {
    for (const [i, bar] of [24, 28].entries()) draw(join(place, 'known', `class${i}.png`), bar, 14);
    const { stdout } = await ask(draw(join(place, 'asked.png'), 28, 4), '--json');
    const [{ ranking }] = JSON.parse(stdout).answers;
    expect(ranking[0]).toMatchObject({ label: 'class1' });
    // What is cropped is equal; the whole pictures are not.
    expect(ranking[0].score).toBeCloseTo(0, 6);
  });

  test('takes one form of the answer, and no run with files from outside its folder', async () => {
    const query = join(place, 'asked.png');
    expect((await ask(query, '--json', '--csv')).stderr).toContain('--json and --csv are two forms of the answer');
    const [run] = runFoldersOf(join(place, 'runs'), 'wide');
    renameSync(join(run!, 'experiment.yaml'), join(place, 'elsewhere.yaml'));
    symlinkSync(join(place, 'elsewhere.yaml'), join(run!, 'experiment.yaml'));
    const { code, stderr } = await ask(query);
    expect(code).not.toBe(0);
    expect(stderr).toContain('experiment.yaml');
    expect(stderr).not.toContain('unexpected');
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
});

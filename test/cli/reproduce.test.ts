// A finished run, made again from its folder: the same, or what differs first; and folders that are refused.
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { compareReproduction } from '../../src/cli/commands/compare-reproduction.js';
import { type VerificationResult, writeVerifications } from '../../src/evaluation/records/verification-result.js';
import { drawOwnPictures } from '../support/draw-own-pictures.js';
import { newFolder, runCommand, runFoldersOf } from '../support/run-command.js';

const TINY = resolve(import.meta.dirname, '../fixtures/tiny.yaml');
const SHORT = ['--set', 'training.maxEpochs=2', '--set', 'training.stepsPerEpoch=4'];

let finished = '';

beforeAll(async () => {
  const runs = newFolder();
  expect((await runCommand(['run', TINY, ...SHORT, '--runs', runs, '--json'])).code).toBe(0);
  finished = runFoldersOf(runs, 'tiny')[0] as string;
});

/** A copy of the finished run with one of its files changed. */
function alter(file: string, change: (text: string) => string): string {
  const folder = join(newFolder(), 'run');
  cpSync(finished, folder, { recursive: true });
  writeFileSync(join(folder, file), change(readFileSync(join(folder, file), 'utf8')));
  return folder;
}

/** A copy of the finished run with a verification of its own. */
function addVerification(changes: Partial<VerificationResult>): string {
  const folder = join(newFolder(), 'run');
  cpSync(finished, folder, { recursive: true });
  writeVerifications(folder, [{ ...VERIFICATION, ...changes }]);
  return folder;
}

const VERIFICATION: VerificationResult = {
  task: 'test/verification',
  scorer: 'network',
  selection: 'test',
  seed: 1,
  different: 'within-alphabet',
  testTimeAugmentation: null,
  pictures: { name: 'glyphs', digest: 'd', height: 28, width: 28 },
  threshold: 0.25,
  validationAccuracy: 0.9,
  n: 100,
  correct: 80,
  accuracy: 0.8,
  wilson: [0.71, 0.87],
  clustered: null,
  perAlphabet: [{ alphabet: 'one', correct: 80, n: 100 }],
  rocArea: 0.9,
  alarm: null,
};

describe('compareReproduction', () => {
  test('compares the verifications of both runs', () => {
    const folder = addVerification({});
    const same = compareReproduction(folder, addVerification({}));
    expect(same.differences).toEqual([]);
    expect(same.results).toBe(compareReproduction(finished, finished).results + 1);
    expect(compareReproduction(folder, addVerification({ threshold: 0.5 })).differences).toEqual([
      { what: 'verification.json: test/verification, network, threshold', first: '0.25', again: '0.5' },
    ]);
    expect(compareReproduction(folder, finished).differences).toMatchObject([
      { what: 'verification.json: test/verification, network', again: 'nothing' },
    ]);
  });
});

describe('reproduce', () => {
  test('finds the run the same, and leaves the new one where it was asked to', async () => {
    const out = newFolder();
    const before = readdirSync(finished, { recursive: true }).sort();
    const result = await runCommand(['reproduce', finished, '--out', out, '--json']);
    expect(result.stderr).not.toContain('warning');
    expect(result.code).toBe(0);
    const { isSame, drift, points, weightHash, differences } = JSON.parse(result.stdout);
    expect({ isSame, drift, differences }).toEqual({ isSame: true, drift: [], differences: [] });
    // Two epochs of loss, rate and validation, and what follows from them.
    expect(points).toBeGreaterThan(6);
    expect(weightHash.first).toMatch(/^[0-9a-f]{64}$/);
    const [again] = runFoldersOf(out, 'tiny');
    const uidOf = (folder: string) => JSON.parse(readFileSync(join(folder, 'trial.json'), 'utf8')).uid;
    expect(uidOf(again as string)).not.toBe(uidOf(finished));
    expect(readdirSync(finished, { recursive: true }).sort()).toEqual(before);
  });

  test('warns of another version and number of threads before it starts, and ends with 1 when a metric differs', async () => {
    const folder = alter('journal.jsonl', (text) =>
      text.replace(/("key":"train\/loss","step":2,"value":)[\d.]+/, '$10.125'),
    );
    const provenance = join(folder, 'provenance.json');
    writeFileSync(provenance, readFileSync(provenance, 'utf8').replace(/"oneshot": "[^"]+"/, '"oneshot": "0.0.1"'));
    const conditions = join(folder, 'conditions.json');
    writeFileSync(conditions, readFileSync(conditions, 'utf8').replace('"threads": 1', '"threads": 2'));
    const result = await runCommand(['reproduce', folder, '--threads', '1']);
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/warning: .*\n {2}oneshot was 0\.0\.1 and is .*\n {2}threads was 2 and is 1\n/);
    expect(result.stderr.indexOf('warning')).toBeLessThan(result.stderr.indexOf('starts'));
    expect(result.stdout).toMatch(/difference/);
    expect(result.stdout).toMatch(/^ {2}train\/loss at step 2: was 0\.125, is 0\.\d+$/m);
  });

  test.each([
    ['trial.json', (text: string) => text.replace('"version": 1', '"version": 99'), /trial\.json is of version 99/, 1],
    ['experiment.yaml', (text: string) => text.replace('filters: 8', 'filters: 9'), /does not belong to this run/, 1],
    ['status.json', (text: string) => text.replace('"finished"', '"stopped"'), /is not finished/, 2],
    ['conditions.json', () => '{', /conditions\.json is not readable JSON/, 1],
    [
      'results.json',
      (text: string) => text.replace('"n":', '"m":'),
      /results\.json is not a record of this version/,
      1,
    ],
    ['journal.jsonl', (text: string) => `x${text}`, /journal\.jsonl: the line at byte 0 cannot be read/, 1],
    ['best.safetensors', (text: string) => text.slice(0, -8), /best\.safetensors/, 1],
    [
      'experiment.yaml',
      (text: string) => text.replace(/^name: .*/m, 'name: ../../x'),
      /a name that leaves its folder/,
      1,
    ],
  ])('refuses a run whose %s is not its own', async (file, change, message, code) => {
    const out = join(newFolder(), 'out');
    const result = await runCommand(['reproduce', alter(file, change), '--out', out]);
    expect(result.stderr).toMatch(message);
    expect(result.code).toBe(code);
    expect(existsSync(out)).toBe(false);
  });

  test('refuses to put the new run where the old one is, and a folder that is no run', async () => {
    const result = await runCommand(['reproduce', finished, '--out', resolve(finished, '../..')]);
    expect(result.stderr).toContain('holds this trial already');
    expect(result.code).toBe(2);
    expect((await runCommand(['reproduce', newFolder()])).code).toBe(2);
    const other = await runCommand(['reproduce', finished, '--set', 'training.maxEpochs=1']);
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('--set data.path=FOLDER is allowed')]);
  });
});

describe('compareReproduction', () => {
  test('names the first place in the results and the predictions that differ', () => {
    const results = alter('results.json', (text) => text.replace('"kShot":2', '"kShot":3'));
    expect(compareReproduction(finished, results).differences).toEqual([
      expect.objectContaining({
        what: expect.stringMatching(/^results\.json: test\/.*, kShot$/),
        first: '2',
        again: '3',
      }),
    ]);
    const [name] = readdirSync(join(finished, 'predictions')).sort();
    const predictions = alter(`predictions/${name}`, (text) => `${text} `);
    expect(compareReproduction(finished, predictions).differences).toMatchObject([
      { what: `SHA-256 of predictions/${name}` },
    ]);
  });

  test('does not count it as a difference that the first run was evaluated more often', () => {
    const more = alter('journal.jsonl', (text) => {
      const line = text.split('\n').find((one) => one.includes('"key":"test/')) as string;
      return text.replace(line, `${line.replace(/"key":"test\/[^"]*"/, '"key":"test/of-before"')}\n${line}`);
    });
    expect(compareReproduction(more, finished).differences).toEqual([]);
  });
});

describe('pictures that lie elsewhere now', () => {
  const home = newFolder();
  const env = { XDG_CACHE_HOME: join(home, 'cache') };
  const experiment = join(home, 'own.yaml');
  let folder = '';

  beforeAll(async () => {
    drawOwnPictures(join(home, 'pictures'), { groups: 1, classes: 10, pictures: 4 });
    writeFileSync(experiment, OWN);
    expect((await runCommand(['run', experiment, '--runs', join(home, 'runs')], { env })).code).toBe(0);
    folder = runFoldersOf(join(home, 'runs'), 'own')[0]!;
    renameSync(join(home, 'pictures'), join(home, 'moved'));
  });

  test('are said to be missing, and are found where --set data.path names them', async () => {
    const lost = await runCommand(['reproduce', folder], { env });
    expect([lost.code, lost.stderr]).toEqual([
      2,
      expect.stringContaining(`reproduce ${folder} --set data.path=FOLDER`),
    ]);
    const found = await runCommand(['reproduce', folder, '--set', `data.path=${join(home, 'moved')}`], { env });
    expect([found.code, found.stdout]).toEqual([0, expect.stringMatching(/^same /)]);
  });

  test('are refused where they are others', async () => {
    drawOwnPictures(join(home, 'others'), { groups: 1, classes: 10, pictures: 3 });
    const other = await runCommand(['reproduce', folder, '--set', `data.path=${join(home, 'others')}`], { env });
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('holds other pictures')]);
  });
});

const OWN = `name: own
data: {dataset: folder, path: pictures, imageSize: 14}
model: {encoder: [{type: dense, units: 4}], head: {type: weightedL1}}
training:
  task: {type: allPairs, alphabets: 1, characters: 4, drawers: 2}
  optimizer: {type: sgd, learningRate: 0.01}
  stepsPerEpoch: 2
  maxEpochs: 1
evaluation: [{protocol: cross-alphabet, nWay: 2, episodes: 4}]
resources: {engine: cpu}
`;

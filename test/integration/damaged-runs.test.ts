// A finished run is believed only while it is whole: what is lost, cut or flipped is made again, the rest is not.
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { newFolder, repeatablePartOf, runCommand, runFoldersOf } from '../support/run-command.js';

const EXPERIMENT = `name: small
data: {dataset: glyphs, trainAlphabets: 2, validationAlphabets: 1, testAlphabets: 1, charactersPerAlphabet: 5, drawers: 4, imageSize: 14}
model:
  encoder:
    - {type: conv, filters: 2, kernelSize: 3}
    - {type: flatten}
    - {type: dense, units: 4}
  head: {type: weightedL1}
training:
  task: {type: allPairs, alphabets: 1, characters: 4, drawers: 2}
  optimizer: {type: sgd, learningRate: 0.01}
  stepsPerEpoch: 2
  maxEpochs: 2
  validation: {nWay: 5, queries: 20}
evaluation:
  - {protocol: within-alphabet, nWay: 5, episodes: 4}
resources: {engine: cpu}
`;

const home = newFolder();
const file = join(home, 'small.yaml');
const whole = join(home, 'whole');
const run = (runs: string) =>
  runCommand(['run', file, '--runs', runs], { env: { XDG_CACHE_HOME: join(home, 'cache') } });
const folderIn = (runs: string) => runFoldersOf(runs, 'small')[0]!;

beforeAll(async () => {
  writeFileSync(file, EXPERIMENT);
  const { code, stderr } = await run(whole);
  expect([code, stderr]).toEqual([0, expect.stringContaining('finished')]);
});

function copyRuns(): { runs: string; folder: string } {
  const runs = newFolder();
  cpSync(whole, runs, { recursive: true, preserveTimestamps: true });
  return { runs, folder: folderIn(runs) };
}

function flipBit(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length - 5]! ^= 1;
  writeFileSync(path, bytes);
}

describe('a finished run', () => {
  test('that was copied as it is counts as finished', async () => {
    const { runs } = copyRuns();
    const { code, stderr } = await run(runs);
    expect(code).toBe(0);
    expect(stderr).toContain('finished before');
  });

  test.each<[string, string, (folder: string) => void]>([
    ['without results', 'results.json is missing: evaluated again', (folder) => rmSync(join(folder, 'results.json'))],
    ['without predictions', 'evaluated again', (folder) => rmSync(join(folder, 'predictions'), { recursive: true })],
    ['with altered results', 'its digest differs: evaluated again', (folder) => flipBit(join(folder, 'results.json'))],
    ['without digests', 'digests.json is missing: evaluated again', (folder) => rmSync(join(folder, 'digests.json'))],
    ['with half a journal', 'instead of', (folder) => truncateSync(join(folder, 'journal.jsonl'), 2000)],
    ['without a journal', 'journal.jsonl is missing: trained again', (folder) => rmSync(join(folder, 'journal.jsonl'))],
    [
      'without weights',
      'best.safetensors is missing: trained again',
      (folder) => rmSync(join(folder, 'best.safetensors')),
    ],
    ['with a flipped bit in its weights', 'trained again', (folder) => flipBit(join(folder, 'best.safetensors'))],
  ])('%s is made whole, and is the same as before', async (_, told, damage) => {
    const { runs, folder } = copyRuns();
    damage(folder);
    const { code, stderr } = await run(runs);
    expect([code, stderr]).toEqual([0, expect.stringContaining(told)]);
    expect(repeatablePartOf(folder)).toEqual(repeatablePartOf(folderIn(whole)));
    expect((await run(runs)).stderr).toContain('finished before');
  });

  test('with a damaged provenance.json is evaluated again where that is needed', async () => {
    const { runs, folder } = copyRuns();
    writeFileSync(join(folder, 'provenance.json'), '[{');
    rmSync(join(folder, 'results.json'));
    expect((await run(runs)).code).toBe(0);
    expect(JSON.parse(readFileSync(join(folder, 'provenance.json'), 'utf8'))).toHaveLength(1);
  });
});

describe('what is no file of its run folder', () => {
  test.each<[string, string, (folder: string) => void]>([
    [
      'a link out of it',
      'leads out of its folder',
      (folder) => replace(folder, 'provenance.json', (path) => symlinkSync('/etc/passwd', path)),
    ],
    [
      'a linked folder',
      'leads out of its folder',
      (folder) => replace(folder, 'predictions', (path) => symlinkSync('/etc', path)),
    ],
    [
      'a pipe',
      'is no regular file',
      (folder) => replace(folder, 'status.json', (path) => execFileSync('mkfifo', [path])),
    ],
    [
      'a pipe as journal',
      'is no regular file',
      (folder) => replace(folder, 'journal.jsonl', (path) => execFileSync('mkfifo', [path])),
    ],
    [
      'a device',
      'leads out of its folder',
      (folder) => replace(folder, 'results.json', (path) => symlinkSync('/dev/zero', path)),
    ],
  ])('%s hangs no view and hides no other run', async (_, told, damage) => {
    const { runs, folder } = copyRuns();
    const other = join(runs, 'small', 'other-00000000');
    cpSync(folder, other, { recursive: true });
    damage(folder);
    const report = newFolder();
    for (const args of [
      ['status', runs],
      ['report', runs, '--out', report],
      ['prune', runs, '--dry-run'],
    ]) {
      const { code, stdout, stderr } = await runCommand(args, { env: { XDG_CACHE_HOME: newFolder() } });
      expect([args[0], code, stdout + stderr]).toEqual([args[0], 0, expect.not.stringContaining('root:')]);
      if (args[0] !== 'report') expect(stdout + stderr).toContain(told);
    }
    expect(existsSync(join(report, 'report.html'))).toBe(true);
    expect(readFileSync(join(report, 'report.md'), 'utf8')).not.toContain('root:');
    for (const args of [
      ['compare', folder, other],
      ['reproduce', folder],
    ]) {
      const { code, stderr } = await runCommand(args);
      expect([args[0], code, stderr]).toEqual([args[0], 1, expect.stringContaining(told)]);
    }
  });

  test('a file of its own that grew without end is told', async () => {
    const { runs, folder } = copyRuns();
    appendFileSync(join(folder, 'status.json'), ' ');
    truncateSync(join(folder, 'status.json'), 1e12);
    mkdirSync(join(runs, 'empty'));
    const { code, stdout } = await runCommand(['status', runs]);
    expect(code).toBe(0);
    expect(stdout).toContain('1 damaged');
  });
});

function replace(folder: string, name: string, make: (path: string) => void): void {
  rmSync(join(folder, name), { recursive: true });
  make(join(folder, name));
}

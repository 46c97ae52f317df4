// What survives: trials and supervisors that are killed at random moments, Ctrl-C, a disk that cannot be written.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { findLeftovers, type Interruption, runWithInterruptions } from '../support/interrupt-runs.js';
import { newFolder, repeatablePartOf, runCommand, runFoldersOf } from '../support/run-command.js';

const TINY = resolve(import.meta.dirname, '../fixtures/tiny.yaml');
let quiet: ReturnType<typeof repeatablePartOf>;

beforeAll(async () => {
  const runs = newFolder();
  const result = await runCommand(['run', TINY, '--runs', runs]);
  expect(result.code, result.stderr).toBe(0);
  quiet = repeatablePartOf(runFoldersOf(runs, 'tiny')[0] as string);
});

describe('a run that is interrupted at random moments ends like one that is not', () => {
  test.each<[string, Interruption[], number]>([
    ['its trial is killed', ['kill trial'], 1],
    ['its supervisor is killed', ['kill supervisor'], 2],
    ['both are killed', ['kill both'], 3],
    ['Ctrl-C is pressed', ['interrupt'], 4],
  ])('when %s', async (_, kinds, seed) => {
    const runs = newFolder();
    const done = await runWithInterruptions(['run', TINY, '--runs', runs], 'tiny', runs, {
      times: 3,
      longestMs: 1200,
      seed,
      kinds,
    });
    expect(done.interruptions.length).toBeGreaterThan(0);
    const [folder, ...more] = runFoldersOf(runs, 'tiny');
    expect(more).toEqual([]);
    expect(repeatablePartOf(folder as string)).toEqual(quiet);
    expect(findLeftovers(runs)).toEqual([]);
    const status = JSON.parse(readFileSync(join(folder as string, 'status.json'), 'utf8'));
    expect(status).toMatchObject({ state: 'finished', trained: true });
    if (kinds[0] === 'interrupt') expect(done.codes.every((code) => code === 130)).toBe(true);
    if (kinds[0] === 'kill trial') expect(done.codes.every((code) => code === 1)).toBe(true);
  });

  test('and a finished run is skipped', async () => {
    const runs = newFolder();
    await runCommand(['run', TINY, '--runs', runs, '--set', 'training.maxEpochs=1']);
    const [folder] = runFoldersOf(runs, 'tiny');
    const before = readFileSync(join(folder as string, 'journal.jsonl'), 'utf8');
    const again = await runCommand(['run', TINY, '--runs', runs, '--set', 'training.maxEpochs=1', '--json']);
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout).trials[0]).toMatchObject({ outcome: { state: 'finished' } });
    expect(readFileSync(join(folder as string, 'journal.jsonl'), 'utf8')).toBe(before);
  });

  test('a changed evaluation is measured again without training; a changed description changes nothing', async () => {
    const runs = newFolder();
    const args = ['run', TINY, '--runs', runs, '--set', 'training.maxEpochs=1'];
    await runCommand(args);
    const [folder] = runFoldersOf(runs, 'tiny') as [string];
    const before = repeatablePartOf(folder);
    expect((await runCommand([...args, '--set', 'description=another'])).code).toBe(0);
    expect(repeatablePartOf(folder)).toEqual(before);
    const changed = await runCommand([
      ...args,
      '--set',
      'evaluation=[{protocol: within-alphabet, nWay: 3, episodes: 4}]',
    ]);
    expect(changed.code, changed.stderr).toBe(0);
    expect(runFoldersOf(runs, 'tiny')).toEqual([folder]);
    const after = repeatablePartOf(folder);
    expect(after.weights).toBe(before.weights);
    expect(JSON.parse(after.results).results[0]).toMatchObject({ nWay: 3, n: 12 });
    expect(after.points.filter(([key]) => key === 'train/loss')).toEqual(
      before.points.filter(([key]) => key === 'train/loss'),
    );
  });
});

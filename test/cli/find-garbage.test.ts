// What `oneshot prune` may remove, and what it must never touch.
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryName } from '../../src/base/atomic-file.js';
import { acquireProcessLock } from '../../src/base/process-lock.js';
import { findGarbage, removeGarbage } from '../../src/cli/commands/find-garbage.js';
import { newFolder } from '../support/run-command.js';
import { writeRunFolder } from '../support/write-run-folder.js';

const NOW = Date.parse('2026-06-01T00:00:00Z');
const HOUR = 3600;
const DONE = { 'best.safetensors': 'b', 'results.json': '{}', 'last.safetensors': '12345' };

function search(path: string, cacheFolder = join(path, 'no-cache')) {
  return { path, cacheFolder, unusedDays: 30, now: NOW };
}

/** A file that was last touched `seconds` before `NOW`. */
function writeOld(path: string, text: string, seconds: number): string {
  writeFileSync(path, text);
  utimesSync(path, NOW / 1000 - seconds, NOW / 1000 - seconds);
  return path;
}

describe('findGarbage', () => {
  test('takes the last checkpoint of a finished run, and no other', () => {
    const runs = newFolder();
    const finished = writeRunFolder(join(runs, 'made'), 'finished', 'finished', DONE);
    for (const state of ['stopped', 'failed', 'halted', 'running', 'waiting'] as const)
      writeRunFolder(join(runs, 'made'), state, state, DONE);
    expect(findGarbage(search(runs)).garbage).toEqual([
      { kind: 'checkpoint', path: join(finished, 'last.safetensors'), bytes: 5, run: finished },
    ]);
  });

  test('takes temporary files among the pictures of a run', () => {
    const runs = newFolder();
    const folder = writeRunFolder(join(runs, 'made'), 'killed', 'stopped');
    mkdirSync(join(folder, 'pictures'));
    const temporary = temporaryName(join(folder, 'pictures', 'won-0.png'));
    writeFileSync(temporary, 'torn');
    expect(findGarbage(search(runs)).garbage).toEqual([{ kind: 'temporary', path: temporary, bytes: 4, run: folder }]);
  });

  test('takes no checkpoint of a run that says it is finished and has no results', () => {
    const runs = newFolder();
    writeRunFolder(join(runs, 'made'), 'edited', 'finished', { 'last.safetensors': 'all there is' });
    expect(findGarbage(search(runs)).garbage).toEqual([]);
  });

  test('takes nothing of a run that somebody works on', () => {
    const runs = newFolder();
    const folder = writeRunFolder(join(runs, 'made'), 'held', 'finished', DONE);
    writeFileSync(temporaryName(join(folder, 'status.json')), '');
    const lock = acquireProcessLock(join(folder, 'lock'));
    expect(findGarbage(search(runs)).garbage).toEqual([]);
    if ('release' in lock) lock.release();
    expect(findGarbage(search(runs)).garbage.map(({ kind }) => kind)).toEqual(['checkpoint', 'temporary']);
  });

  test('takes temporary files beside runs when they are older than an hour, folders with all they hold', () => {
    const runs = newFolder();
    const experiment = join(runs, 'made');
    writeRunFolder(experiment, 'finished', 'finished');
    const begun = temporaryName(join(experiment, 'new-run'));
    mkdirSync(begun);
    writeFileSync(join(begun, 'trial.json'), '1234567');
    utimesSync(begun, NOW / 1000 - 2 * HOUR, NOW / 1000 - 2 * HOUR);
    writeOld(temporaryName(join(experiment, 'report.html')), 'being written', HOUR / 2);
    writeOld(join(experiment, '.mine.tmp'), 'not ours', 100 * HOUR);
    expect(findGarbage(search(runs)).garbage).toEqual([{ kind: 'temporary', path: begun, bytes: 7 }]);
  });

  test('takes decoded pictures that were not read for as many days as it is told, and nothing else in that folder', () => {
    const cache = newFolder();
    const day = 24 * HOUR;
    const unused = writeOld(join(cache, 'omniglot-1.pictures'), '123', 31 * day);
    writeOld(join(cache, 'omniglot-2.pictures'), '123', 29 * day);
    writeOld(join(cache, 'notes.txt'), '123', 400 * day);
    expect(findGarbage(search(newFolder(), cache)).garbage).toEqual([{ kind: 'pictures', path: unused, bytes: 3 }]);
  });

  test('leaves a damaged run alone with all it holds, and tells of it', () => {
    const runs = newFolder();
    const damaged = writeRunFolder(join(runs, 'made'), 'damaged', 'finished', {
      ...DONE,
      'status.json': '{"version": 1',
    });
    writeOld(temporaryName(join(damaged, 'status.json')), 'half', 100 * HOUR);
    const found = findGarbage(search(runs));
    expect(found.garbage).toEqual([]);
    expect(found.damaged).toEqual([
      { folder: damaged, reason: `${join(damaged, 'status.json')} is not readable JSON` },
    ]);
  });

  test('finds nothing where there are no runs and no cache', () => {
    expect(findGarbage({ ...search(newFolder()), path: undefined }).garbage).toEqual([]);
  });
});

describe('removeGarbage', () => {
  test('removes what was found, and leaves a run that was taken up again meanwhile', () => {
    const runs = newFolder();
    const done = writeRunFolder(join(runs, 'made'), 'done', 'finished', DONE);
    const resumed = writeRunFolder(join(runs, 'made'), 'resumed', 'finished', DONE);
    const held = writeRunFolder(join(runs, 'made'), 'held', 'finished', DONE);
    const { garbage } = findGarbage(search(runs));
    expect(garbage).toHaveLength(3);
    writeRunFolder(join(runs, 'made'), 'resumed', 'running');
    const lock = acquireProcessLock(join(held, 'lock'));
    expect(removeGarbage(garbage).map(({ run }) => run)).toEqual([done]);
    if ('release' in lock) lock.release();
    const hasLast = [done, resumed, held].map((folder) => existsSync(join(folder, 'last.safetensors')));
    expect(hasLast).toEqual([false, true, true]);
    expect(existsSync(join(done, 'best.safetensors'))).toBe(true);
    expect(existsSync(join(done, 'lock'))).toBe(false);
  });
});

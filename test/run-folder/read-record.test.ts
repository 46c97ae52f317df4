// Run folders that were edited by hand or made by another version are refused with their place.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { OneshotError } from '../../src/base/problem.js';
import { readConditions } from '../../src/run-folder/conditions.js';
import { findRuns } from '../../src/run-folder/find-runs.js';
import { readRunStatus, readTrialRecord } from '../../src/run-folder/run-folder.js';
import { newFolder } from '../support/run-command.js';
import { writeRunFolder } from '../support/write-run-folder.js';

function alter(file: string, change: (text: string) => string): string {
  const folder = writeRunFolder(newFolder(), 'made', 'finished');
  writeFileSync(join(folder, file), change(readFileSync(join(folder, file), 'utf8')));
  return folder;
}

function refusal(action: () => unknown): OneshotError {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(OneshotError);
    return error as OneshotError;
  }
  throw new Error('it was not refused');
}

const set = (field: string, value: unknown) => (text: string) =>
  JSON.stringify({ ...JSON.parse(text), [field]: value });

describe('status.json', () => {
  test.each([
    ['another version', set('version', 2), 'is of version 2; this program reads version 1'],
    ['no version', set('version', undefined), 'is of version none; this program reads version 1'],
    ['a state that there is not', set('state', 'done'), 'is not what this program wrote: state cannot be "done"'],
    ['a count that is none', set('epoch', -1), 'is not what this program wrote: epoch cannot be -1'],
    ['a missing field', set('fingerprints', undefined), 'is not what this program wrote: fingerprints is missing'],
    [
      'metrics that are text',
      set('metrics', { a: '1' }),
      'is not what this program wrote: metrics cannot be {"a":"1"}',
    ],
    ['half a file', (text: string) => text.slice(0, 40), 'is not readable JSON'],
    ['a list', () => '[]', 'is not what this program wrote: it is no map'],
  ])('with %s is refused', (_, change, message) => {
    const folder = alter('status.json', change);
    const error = refusal(() => readRunStatus(folder));
    expect(error.code).toBe('corrupt');
    expect(error.message).toBe(`${join(folder, 'status.json')} ${message}`);
    expect(error.hint).toBeTruthy();
    expect(findRuns(folder)).toEqual({ runs: [], damaged: [{ folder, reason: error.message }] });
  });

  test('takes metrics that are not finite, which JSON writes as null', () => {
    expect(readRunStatus(alter('status.json', set('metrics', { 'train/loss': null })))?.state).toBe('finished');
  });
});

describe('findRuns', () => {
  test('tells a damaged run from the others, which stay what they are', () => {
    const runs = newFolder();
    const good = writeRunFolder(join(runs, 'made'), 'good', 'finished');
    const foreign = writeRunFolder(join(runs, 'made'), 'foreign', 'finished', { 'trial.json': '{"name": "theirs"}' });
    const torn = writeRunFolder(join(runs, 'made'), 'torn', 'finished', { 'status.json': '' });
    const found = findRuns(runs);
    expect(found.runs.map(({ folder }) => folder)).toEqual([good]);
    expect(found.damaged.map(({ folder }) => folder)).toEqual([foreign, torn]);
    expect(found.damaged[0]!.reason).toContain('is of version none');
    expect(found.damaged[1]!.reason).toContain('is not readable JSON');
  });

  test('refuses a file as it refuses what is not there', () => {
    const file = join(newFolder(), 'report.html');
    expect(refusal(() => findRuns(file)).code).toBe('usage');
    writeFileSync(file, '');
    expect(refusal(() => findRuns(file)).message).toBe(`no such folder: ${file}`);
  });
});

describe('trial.json', () => {
  test.each([
    ['another version', set('version', 0), 'is of version 0; this program reads version 1'],
    ['an id that is none', set('id', '../../x'), 'is not what this program wrote: id cannot be "../../x"'],
    ['a seed that is text', set('seed', '1'), 'is not what this program wrote: seed cannot be "1"'],
    [
      'fingerprints cut short',
      set('fingerprints', { training: 'a', evaluation: 'b', config: 'c' }),
      'is not what this program wrote: fingerprints cannot be {"training":"a","evaluation":"b","config":"c"}',
    ],
  ])('with %s is refused', (_, change, message) => {
    const folder = alter('trial.json', change);
    expect(refusal(() => readTrialRecord(folder)).message).toBe(`${join(folder, 'trial.json')} ${message}`);
  });
});

describe('conditions.json', () => {
  test.each([
    ['{"engine": {}, "microBatchSize": 1}', 'engine cannot be {}'],
    ['{"microBatchSize": 1}', 'engine is missing'],
  ])('%s is refused', (text, message) => {
    const path = join(newFolder(), 'conditions.json');
    writeFileSync(path, text);
    expect(refusal(() => readConditions(path)).message).toContain(message);
  });
});

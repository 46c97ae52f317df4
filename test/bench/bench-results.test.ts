import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type BenchMachine,
  type BenchResults,
  keepResults,
  listResults,
  prepareResultsFolder,
} from '../../src/bench/bench-results.js';

const machine: BenchMachine = { host: 'lab 1', processor: 'Example', cores: 8, memoryBytes: 1, system: 'linux x64' };

function results(date: string, changes: Partial<BenchMachine> = {}): BenchResults {
  return {
    date,
    version: '0.1.0',
    machine: { ...machine, ...changes },
    threads: 2,
    peakFlopsPerSecond: 1e11,
    omitted: [],
    cases: [],
    unfinishedCases: [],
  };
}

describe('kept results', () => {
  test('are files named after date and machine', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-'));
    expect(basename(keepResults(folder, results('2026-01-02T03:04:05.678Z')))).toBe('2026-01-02T03-04-05-lab-1.json');
  });

  test('are found again for the same machine, the newest first', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-'));
    keepResults(folder, results('2026-01-02T00:00:00.000Z'));
    keepResults(folder, results('2026-01-03T00:00:00.000Z'));
    keepResults(folder, results('2026-01-04T00:00:00.000Z', { processor: 'Another' }));
    writeFileSync(join(folder, 'other.json'), '{');
    writeFileSync(join(folder, 'earlier-format.json'), JSON.stringify({ machine, cases: [], date: '2026-01-05' }));
    expect(listResults(folder, machine).map(({ date }) => date)).toEqual([
      '2026-01-03T00:00:00.000Z',
      '2026-01-02T00:00:00.000Z',
    ]);
  });

  test('are none in a folder that is not there', () => {
    expect(listResults(join(tmpdir(), 'bench-that-is-not-there'), machine)).toEqual([]);
  });

  test('are refused a place that is a file', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'bench-')), 'file');
    writeFileSync(path, '');
    expect(() => prepareResultsFolder(path)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

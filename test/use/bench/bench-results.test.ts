import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type BenchMachine,
  type BenchResults,
  keepResults,
  readNewestResults,
} from '../../../src/use/bench/bench-results.js';

const machine: BenchMachine = { host: 'lab 1', processor: 'Example', cores: 8, memoryBytes: 1, system: 'linux x64' };

function results(date: string, changes: Partial<BenchMachine> = {}): BenchResults {
  return {
    date,
    version: '0.1.0',
    machine: { ...machine, ...changes },
    threads: 2,
    peakFlopsPerSecond: 1e11,
    cases: [],
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
    expect(readNewestResults(folder, machine)?.date).toBe('2026-01-03T00:00:00.000Z');
  });

  test('are none in a folder that is not there', () => {
    expect(readNewestResults(join(tmpdir(), 'bench-that-is-not-there'), machine)).toBeUndefined();
  });
});

// Results of `oneshot bench` on the disk: one file for each run of it, with machine and date.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { arch, cpus, hostname, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomic } from '../../base/atomic-file.js';
import type { BenchSummary } from './measure-bench.js';

/** What makes figures comparable: the same processor, as far as the system names it. */
export interface BenchMachine {
  readonly host: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
}

export interface BenchResults extends BenchSummary {
  /** ISO 8601. */
  readonly date: string;
  readonly machine: BenchMachine;
  readonly threads: number;
  /** Version of oneshot. */
  readonly version: string;
}

export function describeMachine(): BenchMachine {
  const processors = cpus();
  return {
    host: hostname(),
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryBytes: totalmem(),
    system: `${platform()} ${arch()}`,
  };
}

/** The path of the new file, named after date and machine. */
export function keepResults(folder: string, results: BenchResults): string {
  mkdirSync(folder, { recursive: true });
  const stamp = results.date.slice(0, 19).replaceAll(':', '-');
  const host = results.machine.host.replaceAll(/[^A-Za-z0-9._-]/g, '-');
  const path = join(folder, `${stamp}-${host}.json`);
  writeFileAtomic(path, `${JSON.stringify(results, null, 2)}\n`);
  return path;
}

/** The newest results of this very machine; undefined when there are none. */
export function readNewestResults(folder: string, machine: BenchMachine): BenchResults | undefined {
  return listFiles(folder)
    .map((name) => readResults(join(folder, name)))
    .filter((results) => results !== undefined)
    .filter((results) => isSameMachine(results.machine, machine))
    .sort((a, b) => b.date.localeCompare(a.date))[0];
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
}

function readResults(path: string): BenchResults | undefined {
  try {
    const results = JSON.parse(readFileSync(path, 'utf8')) as BenchResults;
    return Array.isArray(results.cases) && results.machine !== undefined ? results : undefined;
  } catch {
    return undefined;
  }
}

function isSameMachine(a: BenchMachine, b: BenchMachine): boolean {
  return a.host === b.host && a.processor === b.processor && a.cores === b.cores && a.system === b.system;
}

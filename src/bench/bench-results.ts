// Results of `oneshot bench` on the disk: one file for each run of it, with machine and date.
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { arch, cpus, hostname, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomic } from '../base/atomic-file.js';
import { makeFolder } from '../base/make-folder.js';
import { OneshotError } from '../base/problem.js';
import type { EngineName } from '../engine/engine.js';
import type { BenchSummary } from './measure-bench.js';
import type { Omission } from './summarize-bench.js';

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
  /** The engine that `auto` takes on this machine; undefined where none works. */
  readonly autoEngine?: EngineName;
  /** Who could not take part in any case. */
  readonly omitted: readonly Omission[];
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

/**
 * Makes the folder. Throws a OneshotError 'usage' when nothing can be kept in it: that should be known before minutes of
 * measuring.
 */
export function prepareResultsFolder(folder: string): void {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new OneshotError('usage', `results cannot be kept in ${folder}: ${(error as Error).message}`, {
      hint: '--results DIR names another folder; --no-keep keeps none',
      cause: error,
    });
  }
}

/** The path of the file, named after date and machine; the same results with more cases take the place of those before. */
export function keepResults(folder: string, results: BenchResults): string {
  makeFolder(folder);
  const stamp = results.date.slice(0, 19).replaceAll(':', '-');
  const host = results.machine.host.replaceAll(/[^A-Za-z0-9._-]/g, '-');
  const path = join(folder, `${stamp}-${host}.json`);
  writeFileAtomic(path, `${JSON.stringify(results, null, 2)}\n`);
  return path;
}

/** All results of this very machine, the newest first. */
export function listResults(folder: string, machine: BenchMachine): BenchResults[] {
  return listFiles(folder)
    .map((name) => readResults(join(folder, name)))
    .filter((results) => results !== undefined)
    .filter((results) => isSameMachine(results.machine, machine))
    .sort((a, b) => b.date.localeCompare(a.date));
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
    const isWhole = Array.isArray(results.cases) && Array.isArray(results.unfinishedCases);
    return isWhole && results.machine !== undefined ? results : undefined;
  } catch {
    return undefined;
  }
}

function isSameMachine(a: BenchMachine, b: BenchMachine): boolean {
  return a.host === b.host && a.processor === b.processor && a.cores === b.cores && a.system === b.system;
}

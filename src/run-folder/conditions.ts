// Under which engine a trial is trained. Results depend on engine, version, threads and micro-batch size, so they are
// fixed when a trial is first started; a resume under others is refused unless it is allowed, which is recorded.
import { writeFileAtomic } from '../base/atomic-file.js';
import { OneshotError } from '../base/problem.js';
import { canonicalJson } from '../base/stable-hash.js';
import type { Engine, EngineDescription, EngineName } from '../engine/engine.js';
import { isCount, isMap, isRecord, isText, type RecordShape, readRecord } from './read-record.js';

/** What conditions.json holds. */
export interface Conditions {
  readonly engine: EngineDescription;
  /** Pairs or groups that are computed at once; null where nothing is trained. */
  readonly microBatchSize: number | null;
}

/** What the caller asks for; `auto` leaves it to what the trial was begun with, or to this machine. */
export interface WantedEngine {
  readonly engine: 'auto' | EngineName;
  readonly threads: 'auto' | number;
  /** Threads that `auto` stands for where the trial has not been begun. */
  readonly autoThreads: number;
  /** tuning.json of a run whose algorithms of convolutions a trial that has not been begun takes over. */
  readonly tuningFrom?: string;
}

const shape: RecordShape = {
  engine: isRecord({ name: isText, version: isText, tensorflowJsVersion: isText, threads: isCount, settings: isMap }),
  microBatchSize: (value) => value === null || isCount(value),
};

/**
 * The conditions of a trial that was begun, or undefined. Throws OneshotError('corrupt') when the file cannot be read or
 * was altered.
 */
export function readConditions(path: string): Conditions | undefined {
  return readRecord<Conditions>(path, shape);
}

export function writeConditions(path: string, conditions: Conditions): void {
  writeFileAtomic(path, `${JSON.stringify(conditions, null, 2)}\n`);
}

/** The engine and threads to start: those asked for, else those the trial was begun with, else this machine's. */
export function chooseEngine(
  wanted: WantedEngine,
  begun: Conditions | undefined,
): { name: 'auto' | EngineName; threads: number } {
  return {
    name: wanted.engine === 'auto' ? (begun?.engine.name ?? 'auto') : wanted.engine,
    threads: wanted.threads === 'auto' ? (begun?.engine.threads ?? wanted.autoThreads) : wanted.threads,
  };
}

/** How these conditions differ from those the trial was begun with, in words; empty when they are the same. */
export function findDrift(begun: Conditions, now: Conditions): string[] {
  const before = flatten(begun);
  const after = flatten(now);
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((key) => before.get(key) !== after.get(key))
    .map((key) => `${key} was ${before.get(key) ?? 'not set'} and is ${after.get(key) ?? 'not set'}`);
}

function flatten({ engine, microBatchSize }: Conditions): Map<string, string> {
  const { settings, ...rest } = engine;
  const entries = { ...rest, ...settings, microBatchSize };
  return new Map(Object.entries(entries).map(([key, value]) => [key, canonicalJson(value)]));
}

/** The conditions of a started engine. */
export function describeConditions(engine: Engine, microBatchSize: number | null): Conditions {
  return { engine: engine.description, microBatchSize };
}

/** Throws OneshotError('drift') naming every difference. */
export function refuseDrift(drift: readonly string[]): never {
  throw new OneshotError('drift', `the trial was begun under other conditions: ${drift.join('; ')}`, {
    hint:
      'resume it as it was begun, or with --allow-drift, which is recorded with the run; then it no longer equals ' +
      'an uninterrupted one',
  });
}

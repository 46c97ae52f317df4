// From kept results of `oneshot bench` to the time that a plan takes on the same machine.
import type { EngineName } from '../../engine/engine.js';
import { countTrainingFlops, describeCase } from './bench-cases.js';
import type { BenchResults } from './bench-results.js';

/** Seconds by the case that the engine computes fastest, and by the one it computes slowest. */
export interface TimeEstimate {
  readonly shortestSeconds: number;
  readonly longestSeconds: number;
}

/**
 * The time for `flops` of training, by what the engine reached when it was measured; undefined when it was not.
 * `auto` is the engine that was measured first. Reading of data and evaluation are not part of it.
 */
export function estimateTime(
  { cases }: BenchResults,
  engine: 'auto' | EngineName,
  flops: number,
): TimeEstimate | undefined {
  const speeds = cases.flatMap(({ name, contestants }) => {
    const own = contestants.filter(({ contestant }) => !contestant.startsWith('torch-'));
    const measured = engine === 'auto' ? own[0] : own.find(({ contestant }) => contestant === engine);
    if (measured === undefined) return [];
    const bench = describeCase(name);
    return [(countTrainingFlops(bench) / bench.pictures) * measured.train.picturesPerSecond];
  });
  if (speeds.length === 0) return undefined;
  return { shortestSeconds: flops / Math.max(...speeds), longestSeconds: flops / Math.min(...speeds) };
}

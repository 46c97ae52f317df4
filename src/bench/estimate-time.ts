// From kept results of `oneshot bench` to the time that a plan takes on the same machine.
import type { EngineName } from '../engine/engine.js';
import { countTrainingFlops, describeCase } from './bench-cases.js';
import { type BenchResults, describeMachine, listResults } from './bench-results.js';

/** Seconds by the case that the engine computes fastest, and by the one it computes slowest. */
export interface TimeEstimate {
  readonly engine: EngineName;
  readonly shortestSeconds: number;
  readonly longestSeconds: number;
  /** What it was estimated from. */
  readonly measured: Pick<BenchResults, 'date' | 'threads'>;
}

/**
 * The time for `flops` of training, by what the engine reached when it was last measured; undefined when it was not.
 * Results that were interrupted count only where there are no others. Reading of data and evaluation are not part of it.
 */
export function estimateTime(
  newestFirst: readonly BenchResults[],
  engine: 'auto' | EngineName,
  flops: number,
): TimeEstimate | undefined {
  const isFinished = ({ unfinishedCases }: BenchResults) => unfinishedCases.length === 0;
  const ordered = [...newestFirst.filter(isFinished), ...newestFirst.filter((results) => !isFinished(results))];
  for (const results of ordered) {
    const name = engine === 'auto' ? results.autoEngine : engine;
    const speeds = results.cases.flatMap((one) => {
      const measured = one.contestants.find(({ contestant }) => contestant === name);
      if (measured === undefined) return [];
      const bench = describeCase(one.name);
      return [(countTrainingFlops(bench) / bench.pictures) * measured.train.picturesPerSecond];
    });
    if (name === undefined || speeds.length === 0) continue;
    const [shortestSeconds, longestSeconds] = [flops / Math.max(...speeds), flops / Math.min(...speeds)];
    const { date, threads } = results;
    return { engine: name, shortestSeconds, longestSeconds, measured: { date, threads } };
  }
  return undefined;
}

/** Where `oneshot bench` keeps what it measured, in the folder that it is called in. */
const BENCH_RESULTS = 'bench/results';

/** The time for `flops` of training by what `oneshot bench` measured on this machine. */
export function estimateTimeHere(engine: 'auto' | EngineName, flops: number): TimeEstimate | undefined {
  return estimateTime(listResults(BENCH_RESULTS, describeMachine()), engine, flops);
}

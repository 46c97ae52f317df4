// Measures contestants on cases in turns: all processes of a case are alive at once, and each round asks one after the
// other, so that a busy minute of the machine meets all of them.
import { OneshotError } from '../base/problem.js';
import type { BenchCaseName } from './bench-cases.js';
import { type BenchWorker, type Contestant, startWorker, type WorkerOptions } from './bench-worker.js';
import { type CaseSummary, type Measurement, type Omission, quantile, summarizeCase } from './summarize-bench.js';

export interface BenchOptions extends WorkerOptions {
  readonly cases: readonly BenchCaseName[];
  readonly contestants: readonly Contestant[];
  /** Seconds of training steps, and half as many of forward passes, for each contestant on each case. */
  readonly seconds: number;
  readonly report: (activity: string) => void;
  /** Called after each case with all that are finished: what comes after it may take minutes, and may fail. */
  readonly onFinishedCase: (summary: BenchSummary) => void;
  readonly stop: AbortSignal;
}

export interface BenchSummary {
  readonly peakFlopsPerSecond: number;
  readonly cases: readonly CaseSummary[];
  /** Cases that were asked for and are not measured: none where the measurement came to its end. */
  readonly unfinishedCases: readonly BenchCaseName[];
}

const ROUNDS = 5;
/** Steps after the first that are not counted: compilers and allocators settle. */
const WARM_UP_STEPS = 2;
/** A first step includes the process's start and all compilation. */
const START_LIMIT_MS = 180_000;
/** A round may take this many times as long as it was chosen to: the machine may have become busy. */
const ROUND_PATIENCE = 10;
const KINDS = ['train', 'forward'] as const;

interface Entrant {
  readonly contestant: Contestant;
  readonly worker: BenchWorker;
  readonly startMs: number;
  /** Steps of a round. */
  readonly steps: Record<(typeof KINDS)[number], number>;
  readonly times: Record<(typeof KINDS)[number], number[][]>;
  readonly cpuMs: number[];
  memoryBytes: number;
}

/** Throws a OneshotError 'interrupted' when `stop` is given: the case that was being measured then is lost. */
export async function measureBench(options: BenchOptions): Promise<void> {
  let peak = 0;
  const measured: { name: BenchCaseName; measurements: Measurement[]; omitted: Omission[] }[] = [];
  for (const [index, name] of options.cases.entries()) {
    const label = options.cases.length === 1 ? name : `${name} (${index + 1} of ${options.cases.length})`;
    const result = await measureCase(name, label, options);
    peak = Math.max(peak, result.peak);
    measured.push({ name, ...result });
    options.onFinishedCase({
      peakFlopsPerSecond: peak,
      cases: measured.map((one) => summarizeCase(one.name, one.measurements, one.omitted, peak)),
      unfinishedCases: options.cases.slice(index + 1),
    });
  }
}

async function measureCase(name: BenchCaseName, label: string, options: BenchOptions) {
  const entrants: Entrant[] = [];
  const omitted: Omission[] = [];
  const workers: BenchWorker[] = [];
  let peak = 0;
  const stopAll = () => {
    for (const worker of workers) worker.stop();
  };
  const omit = (contestant: Contestant, worker: BenchWorker, error: unknown) => {
    worker.stop();
    // Ctrl-C ends the processes as well, which is no failure of theirs.
    throwIfStopped(options.stop);
    omitted.push({ contestant, reason: describeFailure(error) });
  };
  options.stop.addEventListener('abort', stopAll);
  try {
    for (const contestant of options.contestants) {
      throwIfStopped(options.stop);
      options.report(`${label}: ${contestant} starts`);
      const worker = startWorker(contestant, name, options);
      workers.push(worker);
      try {
        entrants.push(await enter(contestant, worker, options.seconds));
        const { peakFlopsPerSecond = 0 } = await worker.ask({ kind: 'peak' }, START_LIMIT_MS);
        peak = Math.max(peak, peakFlopsPerSecond);
      } catch (error) {
        omit(contestant, worker, error);
      }
    }
    for (let round = 0; round < ROUNDS; round++) {
      for (const entrant of entrants) {
        throwIfStopped(options.stop);
        const { contestant, worker } = entrant;
        if (omitted.some((one) => one.contestant === contestant)) continue;
        options.report(`${label}: round ${round + 1} of ${ROUNDS}, ${contestant}`);
        try {
          await measureRound(entrant, START_LIMIT_MS + (ROUND_PATIENCE * 1000 * options.seconds) / ROUNDS);
        } catch (error) {
          omit(contestant, worker, error);
        }
      }
    }
  } finally {
    options.stop.removeEventListener('abort', stopAll);
    stopAll();
  }
  const finished = entrants.filter(({ contestant }) => !omitted.some((one) => one.contestant === contestant));
  const measurements = finished.map(({ contestant, times, cpuMs, memoryBytes, startMs }) => ({
    contestant,
    trainMs: times.train,
    forwardMs: times.forward,
    trainCpuMs: quantile(cpuMs, 0.5),
    memoryBytes,
    startMs,
  }));
  return { measurements, omitted, peak };
}

/** Starts a contestant, warms it up, and chooses how many steps fill a round. */
async function enter(contestant: Contestant, worker: BenchWorker, seconds: number): Promise<Entrant> {
  const from = performance.now();
  await worker.ask({ kind: 'train', steps: 1 }, START_LIMIT_MS);
  const startMs = performance.now() - from;
  const count = async (kind: (typeof KINDS)[number], share: number) => {
    const { stepMs = [] } = await worker.ask({ kind, steps: WARM_UP_STEPS }, START_LIMIT_MS);
    return Math.max(1, Math.round((1000 * seconds * share) / ROUNDS / Math.min(...stepMs)));
  };
  const steps = { train: await count('train', 1), forward: await count('forward', 0.5) };
  return { contestant, worker, startMs, steps, times: { train: [], forward: [] }, cpuMs: [], memoryBytes: 0 };
}

async function measureRound(entrant: Entrant, limitMs: number): Promise<void> {
  for (const kind of KINDS) {
    const answer = await entrant.worker.ask({ kind, steps: entrant.steps[kind] }, limitMs);
    const { stepMs = [], cpuMs = Number.NaN, memoryBytes } = answer;
    entrant.times[kind].push([...stepMs]);
    if (kind === 'train') entrant.cpuMs.push(cpuMs / stepMs.length);
    entrant.memoryBytes = memoryBytes;
  }
}

function describeFailure(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function throwIfStopped(stop: AbortSignal): void {
  if (stop.aborted) throw new OneshotError('interrupted', 'the measurement was interrupted');
}

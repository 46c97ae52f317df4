// Measures contestants on cases in turns: all processes of a case are alive at once, and each round asks one after the
// other, so that a busy minute of the machine meets all of them.
import { OneshotError } from '../../base/problem.js';
import type { BenchCaseName } from './bench-cases.js';
import { type BenchWorker, type Contestant, startWorker, type WorkerOptions } from './bench-worker.js';
import { type CaseSummary, type Measurement, type Omission, quantile, summarizeCase } from './summarize-bench.js';

export interface BenchOptions extends WorkerOptions {
  readonly cases: readonly BenchCaseName[];
  readonly contestants: readonly Contestant[];
  /** Seconds of training steps, and half as many of forward passes, for each contestant on each case. */
  readonly seconds: number;
  readonly report: (activity: string) => void;
  readonly stop: AbortSignal;
}

export interface BenchSummary {
  readonly peakFlopsPerSecond: number;
  readonly cases: readonly CaseSummary[];
}

const ROUNDS = 5;
/** Steps after the first that are not counted: compilers and allocators settle. */
const WARM_UP_STEPS = 2;
/** A first step includes the process's start and all compilation. */
const START_LIMIT_MS = 180_000;
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

/** Throws a OneshotError 'interrupted' when `stop` is given. */
export async function measureBench(options: BenchOptions): Promise<BenchSummary> {
  let peak = 0;
  const measured: { name: BenchCaseName; measurements: Measurement[]; omitted: Omission[] }[] = [];
  for (const name of options.cases) {
    const result = await measureCase(name, options);
    peak = Math.max(peak, result.peak);
    measured.push({ name, ...result });
  }
  const cases = measured.map(({ name, measurements, omitted }) => summarizeCase(name, measurements, omitted, peak));
  return { peakFlopsPerSecond: peak, cases };
}

async function measureCase(name: BenchCaseName, options: BenchOptions) {
  const entrants: Entrant[] = [];
  const omitted: Omission[] = [];
  const workers: BenchWorker[] = [];
  let peak = 0;
  try {
    for (const contestant of options.contestants) {
      throwIfStopped(options.stop);
      options.report(`${name}: ${contestant} starts`);
      const worker = startWorker(contestant, name, options);
      workers.push(worker);
      try {
        entrants.push(await enter(contestant, worker, options.seconds));
        const { peakFlopsPerSecond = 0 } = await worker.ask({ kind: 'peak' }, START_LIMIT_MS);
        peak = Math.max(peak, peakFlopsPerSecond);
      } catch (error) {
        worker.stop();
        omitted.push({ contestant, reason: describeFailure(error) });
      }
    }
    for (let round = 0; round < ROUNDS; round++) {
      for (const entrant of entrants) {
        throwIfStopped(options.stop);
        const { contestant, worker } = entrant;
        if (omitted.some((one) => one.contestant === contestant)) continue;
        options.report(`${name}: round ${round + 1} of ${ROUNDS}, ${contestant}`);
        try {
          await measureRound(entrant);
        } catch (error) {
          worker.stop();
          omitted.push({ contestant, reason: describeFailure(error) });
        }
      }
    }
  } finally {
    for (const worker of workers) worker.stop();
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

async function measureRound(entrant: Entrant): Promise<void> {
  for (const kind of KINDS) {
    const answer = await entrant.worker.ask({ kind, steps: entrant.steps[kind] }, START_LIMIT_MS);
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
  if (stop.aborted) throw new OneshotError('interrupted', 'the measurement was interrupted; nothing was kept');
}

// From step times to what is shown and kept: quantiles, ratios to PyTorch's best variant, shares of the matrix peak.
import { type BenchCaseName, countForwardFlops, countTrainingFlops, describeCase } from './bench-cases.js';
import type { Contestant } from './bench-worker.js';

/** What was measured of one contestant on one case; each inner list is one round of one kind of step. */
export interface Measurement {
  readonly contestant: Contestant;
  readonly trainMs: readonly (readonly number[])[];
  readonly forwardMs: readonly (readonly number[])[];
  /** Processor time of a training step, of all threads. */
  readonly trainCpuMs: number;
  readonly memoryBytes: number;
  /** From the start of the process to the end of its first training step. */
  readonly startMs: number;
}

/** What could not be measured, and why. */
export interface Omission {
  readonly contestant: Contestant | 'torch';
  readonly reason: string;
}

export interface StepSummary {
  /** Pictures in a second, by the median step. */
  readonly picturesPerSecond: number;
  /** 10th, 50th and 90th percentile of the step in ms. */
  readonly quantilesMs: readonly [number, number, number];
  /** How many times as fast as the fastest PyTorch; the range over rounds. Undefined without PyTorch. */
  readonly ratio?: { readonly median: number; readonly lowest: number; readonly highest: number };
  /**
   * Multiplications of the network's definition, as a share of the machine's measured peak in products of matrices: above 1
   * for one who needs fewer.
   */
  readonly peakShare: number;
}

export interface ContestantSummary {
  readonly contestant: Contestant;
  readonly train: StepSummary;
  readonly forward: StepSummary;
  /** As `train.ratio`, by processor time: what stays comparable on a busy machine. */
  readonly cpuRatio?: number;
  readonly trainCpuMs: number;
  readonly memoryBytes: number;
  readonly startMs: number;
  /** How many times as fast as the PyTorch that starts fastest. */
  readonly startRatio?: number;
}

export interface CaseSummary {
  readonly name: BenchCaseName;
  readonly title: string;
  readonly contestants: readonly ContestantSummary[];
  readonly omitted: readonly Omission[];
}

/** The value below which the given share of a list lies, between neighbours by their distance; NaN for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

const median = (values: readonly number[]) => quantile(values, 0.5);

export function summarizeCase(
  name: BenchCaseName,
  measurements: readonly Measurement[],
  omitted: readonly Omission[],
  peakFlopsPerSecond: number,
): CaseSummary {
  const bench = describeCase(name);
  const summarizeSteps = (kind: 'trainMs' | 'forwardMs', flops: number) => {
    // By rounds, as all ratios are: on a busy machine the median over all steps may name another one.
    const rival = findRival(measurements, (one, others) =>
      Math.max(...others.map((other) => compareRounds(other[kind], one[kind]).median)),
    );
    return (one: Measurement): StepSummary => {
      const steps = one[kind].flat();
      const seconds = median(steps) / 1000;
      const ratio = rival && compareRounds(one[kind], rival[kind]);
      return {
        picturesPerSecond: bench.pictures / seconds,
        quantilesMs: [quantile(steps, 0.1), median(steps), quantile(steps, 0.9)],
        ...(ratio === undefined ? {} : { ratio }),
        peakShare: flops / seconds / peakFlopsPerSecond,
      };
    };
  };
  const train = summarizeSteps('trainMs', countTrainingFlops(bench));
  const forward = summarizeSteps('forwardMs', countForwardFlops(bench));
  const cpuRival = findRival(measurements, ({ trainCpuMs }) => trainCpuMs);
  const startRival = findRival(measurements, ({ startMs }) => startMs);
  return {
    name,
    title: bench.title,
    contestants: measurements.map((one) => ({
      contestant: one.contestant,
      train: train(one),
      forward: forward(one),
      ...(cpuRival === undefined ? {} : { cpuRatio: cpuRival.trainCpuMs / one.trainCpuMs }),
      trainCpuMs: one.trainCpuMs,
      memoryBytes: one.memoryBytes,
      startMs: one.startMs,
      ...(startRival === undefined ? {} : { startRatio: startRival.startMs / one.startMs }),
    })),
    omitted,
  };
}

/** The variant of PyTorch in full precision that costs least; `others` are the other variants. */
function findRival(
  measurements: readonly Measurement[],
  cost: (one: Measurement, others: readonly Measurement[]) => number,
): Measurement | undefined {
  const variants = measurements.filter(
    ({ contestant }) => contestant.startsWith('torch-') && contestant !== 'torch-bf16',
  );
  const costs = new Map(
    variants.map((one) => [
      one,
      cost(
        one,
        variants.filter((other) => other !== one),
      ),
    ]),
  );
  return variants.sort((a, b) => (costs.get(a) ?? 0) - (costs.get(b) ?? 0) || 0)[0];
}

/** Rounds were measured in turns, so each is compared with the rival's round beside it. */
function compareRounds(own: readonly (readonly number[])[], rival: readonly (readonly number[])[]) {
  const ratios = own.map((steps, round) => median(rival[round] ?? []) / median(steps)).filter(Number.isFinite);
  return { median: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) };
}

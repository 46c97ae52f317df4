import { readOwnVersion } from '../../base/own-files.js';
import { BENCH_CASES, type BenchCaseName } from '../../use/bench/bench-cases.js';
import { type BenchResults, describeMachine, keepResults } from '../../use/bench/bench-results.js';
import { type ContestantName, chooseContestants } from '../../use/bench/choose-contestants.js';
import { measureBench } from '../../use/bench/measure-bench.js';
import type { CaseSummary, StepSummary } from '../../use/bench/summarize-bench.js';
import { formatBytes, formatCount, formatDuration } from '../format-quantity.js';
import { followInterrupts } from '../interrupts.js';
import { createPlainTable } from '../plain-table.js';
import { openProgressLine } from '../progress-line.js';
import type { ExitCode } from '../report-error.js';
import { type Colors, colorsFor, printNote, printResult } from '../terminal.js';

export interface BenchCommandOptions {
  readonly cases: readonly BenchCaseName[];
  readonly engines: readonly ContestantName[];
  readonly seconds: number;
  readonly threads?: number;
  readonly python: string;
  readonly results: string;
  readonly keep: boolean;
  readonly json?: boolean;
}

/** `oneshot bench`: engines beside each other and beside PyTorch, in turns, as ratios; keeps the figures with machine and date. */
export async function benchCommand(options: BenchCommandOptions): Promise<ExitCode> {
  const machine = describeMachine();
  const programs = { python: options.python, env: process.env };
  const line = openProgressLine();
  const interrupts = followInterrupts(line.note, 'stopping: nothing is kept');
  try {
    line.show('looking for engines that work here');
    const { contestants, omitted, usualThreads } = await chooseContestants(options.engines, programs);
    const threads = options.threads ?? usualThreads;
    for (const { contestant, reason } of omitted) line.note(`without ${contestant}: ${reason}`);
    const summary = await measureBench({
      ...programs,
      threads,
      cases: options.cases.length > 0 ? options.cases : BENCH_CASES,
      contestants,
      seconds: options.seconds,
      report: line.show,
      stop: interrupts.stop,
    });
    line.close();
    const results = { date: new Date().toISOString(), version: readOwnVersion(), machine, threads, ...summary };
    if (options.json) printResult(JSON.stringify(results, null, 2));
    else printBench(results, colorsFor(process.stdout));
    if (options.keep) printNote(`kept in ${keepResults(options.results, results)}`);
    return summary.cases.some(({ contestants: measured }) => measured.length > 0) ? 0 : 1;
  } finally {
    line.close();
    interrupts.close();
  }
}

function printBench(results: BenchResults, colors: Colors): void {
  const { machine, threads, peakFlopsPerSecond } = results;
  printResult(
    `${machine.processor}, ${threads} of ${machine.cores} processors, products of matrices at ${formatCount(peakFlopsPerSecond)}FLOP/s`,
  );
  for (const one of results.cases) {
    printResult('');
    printResult(`${colors.bold(one.name)}: ${one.title}`);
    printResult(renderCase(one, colors));
    for (const { contestant, reason } of one.omitted) printResult(colors.dim(`without ${contestant}: ${reason}`));
  }
  printResult('');
  printResult(
    colors.dim('x: times the speed of the fastest PyTorch here, and its range over rounds. CPU: the same by processor'),
  );
  printResult(
    colors.dim(
      'time, which other work on the machine disturbs less. Spread: 10th to 90th percentile of the steps. Peak: share of',
    ),
  );
  printResult(colors.dim("the machine's speed in products of matrices."));
}

function renderCase({ contestants }: CaseSummary, colors: Colors): string {
  const head = ['', 'training', 'range', 'CPU', 'forward', 'pictures/s', 'spread', 'peak', 'memory', 'start'];
  const table = createPlainTable(head, colors, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  for (const { contestant, train, forward, cpuRatio, memoryBytes, startMs } of contestants) {
    table.push([
      contestant,
      formatRatio(train.ratio?.median),
      train.ratio === undefined ? '' : `${train.ratio.lowest.toFixed(2)}-${train.ratio.highest.toFixed(2)}`,
      formatRatio(cpuRatio),
      formatRatio(forward.ratio?.median),
      formatCount(train.picturesPerSecond),
      formatSpread(train),
      `${(100 * train.peakShare).toFixed(0)} %`,
      formatBytes(memoryBytes),
      formatDuration(startMs / 1000),
    ]);
  }
  return table.toString();
}

function formatRatio(ratio: number | undefined): string {
  return ratio === undefined ? '-' : `${ratio.toFixed(2)} x`;
}

/** How far fast and slow steps lie from the median one. */
function formatSpread({ quantilesMs: [fast, middle, slow] }: StepSummary): string {
  const percent = (ms: number) => `${ms < middle ? '-' : '+'}${Math.abs(100 * (ms / middle - 1)).toFixed(0)}`;
  return `${percent(fast)}/${percent(slow)} %`;
}

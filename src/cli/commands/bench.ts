import { formatBytes, formatDuration, formatPrefixed } from '../../base/format-quantity.js';
import { readOwnVersion } from '../../base/own-files.js';
import { OneshotError } from '../../base/problem.js';
import { BENCH_CASES, type BenchCaseName } from '../../bench/bench-cases.js';
import { type BenchResults, describeMachine, keepResults, prepareResultsFolder } from '../../bench/bench-results.js';
import { type ContestantName, chooseContestants } from '../../bench/choose-contestants.js';
import { type BenchSummary, measureBench } from '../../bench/measure-bench.js';
import type { CaseSummary, ContestantSummary, StepSummary } from '../../bench/summarize-bench.js';
import { measureWidth } from '../fit-lines.js';
import { followInterrupts } from '../interrupts.js';
import { createPlainTable } from '../plain-table.js';
import { openProgressLine } from '../progress-line.js';
import type { ExitCode } from '../report-error.js';
import { type Colors, colorsFor, printJson, printNote, printResult } from '../terminal.js';
import { wrapText } from '../wrap-text.js';

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

/** A contestant's start and its first steps of each kind, roughly, in seconds. */
const USUAL_START_SECONDS = 12;

/**
 * `oneshot bench`: engines beside each other and beside PyTorch, in turns, as ratios; keeps the figures with machine and
 * date after each case, so that an interrupted or failed measurement leaves its finished cases.
 */
export async function benchCommand(options: BenchCommandOptions): Promise<ExitCode> {
  const machine = describeMachine();
  checkThreads(options.threads, machine.cores);
  if (options.keep) prepareResultsFolder(options.results);
  const cases = options.cases.length > 0 ? [...new Set(options.cases)] : BENCH_CASES;
  const programs = { python: options.python, env: process.env };
  const date = new Date().toISOString();
  const line = openProgressLine();
  const interrupts = followInterrupts(line.note, 'stopping: finished cases are kept');
  let results: BenchResults | undefined;
  let path: string | undefined;
  try {
    line.show('looking for engines that work here');
    const field = await chooseContestants(options.engines, programs, interrupts.stop);
    const { contestants, omitted, autoEngine, usualThreads } = field;
    const threads = options.threads ?? usualThreads;
    for (const { contestant, reason } of omitted) line.note(`without ${contestant}: ${reason}`);
    const seconds = cases.length * contestants.length * (1.5 * options.seconds + USUAL_START_SECONDS);
    line.note(`measuring ${cases.length} x ${contestants.length}, in turns: about ${formatDuration(seconds)}`);
    await measureBench({
      ...programs,
      threads,
      cases,
      contestants,
      seconds: options.seconds,
      report: line.show,
      onFinishedCase: (summary: BenchSummary) => {
        results = { date, version: readOwnVersion(), machine, threads, autoEngine, omitted, ...summary };
        if (options.keep) path = keepResults(options.results, results);
      },
      stop: interrupts.stop,
    });
  } finally {
    line.close();
    interrupts.close();
    if (results !== undefined) {
      if (options.json) printJson(results);
      else printBench(results, colorsFor(process.stdout));
      if (path !== undefined) printNote(`kept in ${path}`);
    }
  }
  return results?.cases.some(({ contestants }) => contestants.length > 0) ? 0 : 1;
}

function checkThreads(threads: number | undefined, cores: number): void {
  if (threads === undefined || threads <= cores) return;
  throw new OneshotError('usage', `--threads ${threads}: this machine has ${cores} processors`);
}

function printBench(results: BenchResults, colors: Colors): void {
  const { machine, threads, peakFlopsPerSecond, unfinishedCases } = results;
  const width = process.stdout.columns ?? Number.POSITIVE_INFINITY;
  const printText = (text: string, paint = (one: string) => one) => {
    for (const one of wrapText(text, Math.min(width - 1, 100))) printResult(paint(one));
  };
  printText(
    `${machine.processor}, ${threads} of ${machine.cores} processors, products of matrices at ` +
      `${formatPrefixed(peakFlopsPerSecond)}FLOP/s`,
  );
  for (const one of results.cases) {
    printResult('');
    printResult(`${colors.bold(one.name)}: ${one.title}`);
    if (one.contestants.length > 0) printResult(renderCase(one, width, colors));
    for (const { contestant, reason } of one.omitted) printText(`without ${contestant}: ${reason}`, colors.dim);
  }
  printResult('');
  if (unfinishedCases.length > 0)
    printText(`incomplete: ended before ${unfinishedCases.join(', ')} was measured`, colors.red);
  const hasTorch = results.cases.some(({ contestants }) => contestants.some(({ cpuRatio }) => cpuRatio !== undefined));
  printText(hasTorch ? LEGEND : LEGEND_WITHOUT_TORCH, colors.dim);
}

const LEGEND_OF_STEPS =
  "Spread: 10th to 90th percentile of the steps, from the middle one. Peak: multiplications of the network's " +
  "definition, as a share of the machine's speed in products of matrices; who needs fewer may exceed it.";
const LEGEND =
  'x: times as fast as the fastest PyTorch in float32 here (torch-bf16 has half the precision), more than 1 is faster; ' +
  'its range over rounds. CPU: the same by processor time, ' +
  `which other work on the machine disturbs less. Start: until the first training step is done. ${LEGEND_OF_STEPS}`;
const NO_TORCH = 'No PyTorch took part, so there are no ratios to it: --python names a Python that has it.';
const LEGEND_WITHOUT_TORCH = `${NO_TORCH} ${LEGEND_OF_STEPS}`;

interface Column {
  readonly head: string;
  readonly cell: (one: ContestantSummary) => string;
}

const RATIO_COLUMNS: readonly Column[] = [
  { head: 'training', cell: ({ train }) => formatRatio(train.ratio?.median) },
  { head: 'range', cell: ({ train }) => formatRange(train) },
  { head: 'CPU', cell: ({ cpuRatio }) => formatRatio(cpuRatio) },
  { head: 'forward', cell: ({ forward }) => formatRatio(forward.ratio?.median) },
  { head: 'start', cell: ({ startRatio }) => formatRatio(startRatio) },
];
const OWN_COLUMNS: readonly Column[] = [
  { head: 'memory', cell: ({ memoryBytes }) => formatBytes(memoryBytes) },
  { head: 'peak', cell: ({ train }) => `${(100 * train.peakShare).toFixed(0)} %` },
  { head: 'pictures/s', cell: ({ train }) => formatPrefixed(train.picturesPerSecond) },
  { head: 'spread', cell: ({ train }) => formatSpread(train) },
];

/** A table, or several below each other where the columns do not fit beside each other. */
function renderCase({ contestants }: CaseSummary, width: number, colors: Colors): string {
  const isCompared = contestants.some(({ cpuRatio }) => cpuRatio !== undefined);
  const columns = isCompared ? [...RATIO_COLUMNS, ...OWN_COLUMNS] : OWN_COLUMNS;
  const render = (shown: readonly Column[]) => {
    const table = createPlainTable(
      ['', ...shown.map(({ head }) => head)],
      colors,
      [...shown.keys()].map((i) => i + 1),
    );
    for (const one of contestants) table.push([one.contestant, ...shown.map(({ cell }) => cell(one))]);
    return table.toString();
  };
  const tables: Column[][] = [];
  for (const column of columns) {
    const last = tables.at(-1);
    if (last !== undefined && measureWidth(render([...last, column])) < width) last.push(column);
    else tables.push([column]);
  }
  return tables.map(render).join('\n');
}

function formatRatio(ratio: number | undefined): string {
  return ratio === undefined ? '-' : `${ratio.toFixed(2)} x`;
}

function formatRange({ ratio }: StepSummary): string {
  return ratio === undefined ? '-' : `${ratio.lowest.toFixed(2)}-${ratio.highest.toFixed(2)}`;
}

/** How far fast and slow steps lie from the median one. */
function formatSpread({ quantilesMs: [fast, middle, slow] }: StepSummary): string {
  const percent = (ms: number) => `${ms < middle ? '-' : '+'}${Math.abs(100 * (ms / middle - 1)).toFixed(0)}`;
  return `${percent(fast)}/${percent(slow)} %`;
}

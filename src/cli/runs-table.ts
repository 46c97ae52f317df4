// The table of runs that `oneshot status` prints: one line each, in as many columns as the terminal has room for.

import { formatDuration } from '../base/format-quantity.js';
import { readObjective, VALIDATION_OBJECTIVE } from '../evaluation/headline.js';
import { formatPercent } from '../report/format-figures.js';
import type { FoundRun } from '../run-folder/find-runs.js';
import { type ClusterStatus, clusterStateOf, describePlace } from './cluster-status.js';
import { measureWidth, shortenMiddle } from './fit-lines.js';
import { createPlainTable } from './plain-table.js';
import type { Colors } from './terminal.js';

/** Names of devices by the run folder that uses them. */
export type Devices = ReadonlyMap<string, string>;

export interface RunsTableOptions {
  readonly devices: Devices;
  readonly cluster: ClusterStatus | undefined;
  /** Columns of the terminal; infinite where it has no end. */
  readonly columns: number;
}

/** Shorter names say nothing: then the terminal cuts the table. */
const LEAST_NAME = 12;
/** Given up in this order where the table is too wide. */
const DISPENSABLE = ['attempts', 'device', 'time', 'test'];

/**
 * The table of some runs, and below it what its column of the test is. Names are cut down to what varies where the table
 * is too wide for the terminal, then columns give way, then names lose their middle. Columns in which nothing stands are
 * left out.
 */
export function renderRuns(runs: readonly FoundRun[], options: RunsTableOptions, colors: Colors): string {
  const task = findHeadlineTask(runs);
  const cells = runs.map((run) => describeRun(run, task, options, colors));
  const used = Object.keys(cells[0]!).filter((head) => head === 'trial' || cells.some((cell) => cell[head] !== ''));
  const table = fitTable(used, cells, runs, options.columns, colors);
  return task === undefined || !table.heads.includes('test')
    ? table.text
    : `${table.text}\n${colors.dim(` test: ${task}`)}`;
}

function fitTable(
  used: readonly string[],
  full: readonly Cells[],
  runs: readonly FoundRun[],
  columns: number,
  colors: Colors,
) {
  const isTooWide = (text: string) => measureWidth(text) > columns;
  const short = nameWhatVaries(runs);
  for (let dropped = 0; ; dropped++) {
    const heads = used.filter((head) => !DISPENSABLE.slice(0, dropped).includes(head));
    for (const names of [undefined, short]) {
      const cells = full.map((cell, index) => (names === undefined ? cell : { ...cell, trial: names[index]! }));
      const text = renderTable(heads, cells, Number.POSITIVE_INFINITY, colors);
      if (!isTooWide(text)) return { heads, text };
      if (names === undefined) continue;
      const longest = Math.max(...short.map((name) => name.length));
      const nameLength = Math.max(LEAST_NAME, longest - (measureWidth(text) - columns));
      const cut = renderTable(heads, cells, nameLength, colors);
      if (!isTooWide(cut) || dropped === DISPENSABLE.length) return { heads, text: cut };
    }
  }
}

/** The parts of the names that are not the same for all runs; with the id where that does not tell them apart. */
function nameWhatVaries(runs: readonly FoundRun[]): string[] {
  const parts = runs.map(({ trial }) => trial.name.split(','));
  const isCommon = (part: string) => runs.length > 1 && parts.every((own) => own.includes(part));
  const names = parts.map((own) => own.filter((part) => !isCommon(part)).join(',') || own.join(','));
  return names.map((name, index) =>
    names.filter((other) => other === name).length === 1 ? name : `${name}-${runs[index]!.trial.id}`,
  );
}

/** The task whose accuracy most of the runs have as their headline; of equally many the first. */
function findHeadlineTask(runs: readonly FoundRun[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { status } of runs) {
    const task = status?.headline?.task;
    if (task !== undefined) counts.set(task, (counts.get(task) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

type Cells = Readonly<Record<string, string>>;

function renderTable(heads: readonly string[], rows: readonly Cells[], nameLength: number, colors: Colors): string {
  const table = createPlainTable(heads, colors);
  for (const row of rows)
    table.push(heads.map((head) => (head === 'trial' ? shortenMiddle(row[head]!, nameLength) : row[head]!)));
  return table.toString();
}

function describeRun(
  run: FoundRun,
  task: string | undefined,
  { devices, cluster }: RunsTableOptions,
  colors: Colors,
): Cells {
  const { folder, trial, status } = run;
  const state = cluster === undefined ? run.state : clusterStateOf(run, cluster);
  const place = cluster === undefined ? '' : describePlace(run, cluster);
  const paint = {
    finished: colors.green,
    halted: colors.dim,
    failed: colors.red,
    running: colors.cyan,
    stopped: colors.yellow,
    waiting: colors.dim,
    queued: colors.dim,
  };
  return {
    trial: `${trial.name}-${trial.id}`,
    state: paint[state](state),
    device: place !== '' ? place : state === 'running' ? (devices.get(folder) ?? '') : '',
    attempts: (status?.attempt ?? 0) > 1 ? String(status?.attempt) : '',
    epochs: status === undefined ? '' : `${status.epoch}/${status.maxEpochs}`,
    time: status === undefined ? '' : formatDuration(status.seconds),
    validation: percentOf(readObjective(status?.metrics, VALIDATION_OBJECTIVE)),
    test: percentOf(status?.headline?.task === task ? status?.headline?.accuracy : undefined),
  };
}

const percentOf = (share: number | undefined) => (share === undefined ? '' : `${formatPercent(share)} %`);

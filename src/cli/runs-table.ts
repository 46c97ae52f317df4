// The table of runs that `oneshot status` prints: one line each, in as many columns as the terminal has room for.

import { formatPercent } from '../report/format-figures.js';
import type { FoundRun } from '../run-folder/find-runs.js';
import { type ClusterStatus, clusterStateOf, describePlace } from './cluster-status.js';
import { measureWidth, shortenMiddle } from './fit-lines.js';
import { formatDuration } from './format-quantity.js';
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

/** The table of some runs. Names give way first where it is too wide for the terminal, then columns. */
export function renderRuns(runs: readonly FoundRun[], options: RunsTableOptions, colors: Colors): string {
  const cells = runs.map((run) => describeRun(run, options, colors));
  const longest = Math.max(...runs.map(({ trial }) => `${trial.name}-${trial.id}`.length));
  for (let dropped = 0; ; dropped++) {
    const heads = Object.keys(cells[0]!).filter((head) => !DISPENSABLE.slice(0, dropped).includes(head));
    const excess = measureWidth(renderTable(heads, cells, longest, colors)) - options.columns;
    const nameLength = Math.max(LEAST_NAME, excess > 0 ? longest - excess : longest);
    if (longest - nameLength >= excess || dropped === DISPENSABLE.length)
      return renderTable(heads, cells, nameLength, colors);
  }
}

type Cells = Readonly<Record<string, string>>;

function renderTable(heads: readonly string[], rows: readonly Cells[], nameLength: number, colors: Colors): string {
  const table = createPlainTable(heads, colors);
  for (const row of rows)
    table.push(heads.map((head) => (head === 'trial' ? shortenMiddle(row[head]!, nameLength) : row[head]!)));
  return table.toString();
}

function describeRun(run: FoundRun, { devices, cluster }: RunsTableOptions, colors: Colors): Cells {
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
    attempts: String(status?.attempt ?? 0),
    epochs: status === undefined ? '' : `${status.epoch}/${status.maxEpochs}`,
    time: status === undefined ? '' : formatDuration(status.seconds),
    validation: percentOf(status?.metrics['validation/one-shot-accuracy']),
    test: percentOf(firstTestAccuracy(status?.metrics ?? {})),
  };
}

const percentOf = (share: number | undefined) => (share === undefined ? '' : `${formatPercent(share)} %`);

function firstTestAccuracy(metrics: Readonly<Record<string, number>>): number | undefined {
  const key = Object.keys(metrics).find((name) => /^test\/\d+-way-/.test(name));
  return key === undefined ? undefined : metrics[key];
}

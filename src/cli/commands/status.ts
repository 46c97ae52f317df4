import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogUpdate } from 'log-update';
import { formatDuration, formatInteger } from '../../base/format-quantity.js';
import { groupBy } from '../../evaluation/group-by.js';
import { readObjective } from '../../evaluation/headline.js';
import { deviceFolder, listUsedDevices } from '../../launch/device-pool.js';
import { type QueueWatch, watchQueue } from '../../launch/slurm/queue-watch.js';
import { listFailures, listSweepTrialIds, type SweepSummary, summarizeSweep } from '../../launch/summarize-sweep.js';
import { formatPercent } from '../../report/format-figures.js';
import { type DamagedRun, type FoundRun, findRuns } from '../../run-folder/find-runs.js';
import { countStates, type RunState } from '../../run-folder/run-folder.js';
import { listSweeps } from '../../run-folder/sweep-folder.js';
import {
  type ClusterStatus,
  clusterToJson,
  describeCluster,
  describeStops,
  findSubmittedFolders,
  isClusterActive,
  readClusterStatus,
} from '../cluster-status.js';
import { cutLine } from '../fit-lines.js';
import type { ExitCode } from '../report-error.js';
import { type Devices, renderRuns } from '../runs-table.js';
import { type Colors, colorsFor, isStillRead, printJson, printNote, printResult, showText } from '../terminal.js';

/** Runs of one experiment that get a line each; of more, those that finished are left to `report`. */
const MOST_ROWS = 40;
/** Of these some are shown in the smallest terminal. */
const LEAST_ROWS = 3;
/** Failed runs whose logs are quoted. */
const MOST_FAILURES = 10;
/** Time between two looks of `--watch`. */
const WATCH_MS = 1000;
/** Time in which `--watch` waits for something to start where all is over. */
const START_MS = 5000;
/** Least time between two questions to a cluster's queue. */
const QUEUE_MS = 10_000;

interface ExperimentStatus {
  readonly name: string;
  readonly runs: readonly FoundRun[];
  readonly damaged: readonly DamagedRun[];
  readonly sweeps: readonly SweepSummary[];
  readonly cluster?: ClusterStatus;
  /** Of runs whose jobs could not go on. */
  readonly stops: readonly { readonly run: FoundRun; readonly problem: string }[];
}

/** `oneshot status`: how the sweeps and runs below a path stand; with `watch`, again and again until nothing runs any more. */
export async function statusCommand(path: string, options: { json?: boolean; watch?: boolean }): Promise<ExitCode> {
  if (options.watch && !options.json) return watchStatus(path);
  const experiments = await readExperiments(path, watchQueue(QUEUE_MS));
  if (options.json) printJson(experiments.map(toJson));
  else if (experiments.length === 0) printNote(`no runs in ${path}`);
  else printResult(renderExperiments(experiments, colorsFor(process.stdout)));
  return 0;
}

async function watchStatus(path: string): Promise<ExitCode> {
  const update = createLogUpdate(process.stdout);
  const queue = watchQueue(QUEUE_MS);
  const startedAt = Date.now();
  let wasActive = false;
  for (;;) {
    const experiments = existsSync(path) ? await readExperiments(path, queue) : [];
    update(experiments.length === 0 ? `no runs in ${path} yet: waiting for one` : renderForTerminal(experiments));
    const isActive = experiments.some(isExperimentActive);
    wasActive ||= isActive;
    // A run that is about to start has shown nothing of itself yet.
    const mayStart = experiments.length === 0 || (!wasActive && Date.now() - startedAt < START_MS);
    if ((!isActive && !mayStart) || !isStillRead()) break;
    await sleep(WATCH_MS);
  }
  update.done();
  return 0;
}

function isExperimentActive({ runs, sweeps, cluster }: ExperimentStatus): boolean {
  return (
    (cluster !== undefined && isClusterActive(cluster)) ||
    runs.some(({ state }) => state === 'running') ||
    sweeps.some(({ holder }) => holder !== undefined)
  );
}

async function readExperiments(path: string, queue: QueueWatch): Promise<ExperimentStatus[]> {
  const found = findRuns(path);
  const runs = groupBy(found.runs, ({ folder }) => dirname(folder));
  const damaged = groupBy(found.damaged, ({ folder }) => dirname(folder));
  const folders = new Set([...runs.keys(), ...damaged.keys(), ...findSubmittedFolders(path)]);
  const experiments = [...folders].map(async (folder): Promise<ExperimentStatus> => {
    const found = runs.get(folder) ?? [];
    // A single run was asked for by its own folder: the sweep around it is not.
    const sweeps = found.length === 0 || found[0]!.folder === path ? [] : listSweeps(folder);
    const own = orderByPlan(
      found,
      sweeps.flatMap((sweep) => listSweepTrialIds(folder, sweep)),
    );
    const cluster = await readClusterStatus(folder, queue);
    return {
      name: own[0]?.trial.experimentName ?? basename(resolve(folder)),
      runs: own,
      damaged: damaged.get(folder) ?? [],
      sweeps: sweeps.map((sweep) => summarizeSweep(folder, sweep, own)),
      ...(cluster === undefined ? {} : { cluster }),
      stops: cluster === undefined ? [] : describeStops(folder, own),
    };
  });
  return Promise.all(experiments);
}

/** The runs in the order of their sweeps' plans, then those of no sweep. */
function orderByPlan(runs: readonly FoundRun[], ids: readonly string[]): readonly FoundRun[] {
  const places = new Map<string, number>();
  for (const id of ids) if (!places.has(id)) places.set(id, places.size);
  const placeOf = ({ trial }: FoundRun) => places.get(trial.id) ?? places.size;
  return runs.toSorted((a, b) => placeOf(a) - placeOf(b));
}

function toJson({ name, runs, damaged, sweeps, cluster, stops }: ExperimentStatus): unknown {
  return {
    experiment: name,
    counts: countStates(runs),
    sweeps: sweeps.map(({ manifest: { trialIds: _, ...manifest }, ...summary }) => ({ ...manifest, ...summary })),
    failures: listFailures(runs),
    runs: runs.map(({ folder, trial, state, status }) => ({ folder, state, trial, status })),
    damaged,
    ...(cluster === undefined
      ? {}
      : {
          slurm: {
            ...clusterToJson(cluster),
            stops: stops.map(({ run, problem }) => ({ folder: run.folder, problem })),
          },
        }),
  };
}

/** As much as the terminal shows without scrolling: what is redrawn must not wrap either. */
function renderForTerminal(experiments: readonly ExperimentStatus[]): string {
  const { columns = Number.POSITIVE_INFINITY, rows = Number.POSITIVE_INFINITY } = process.stdout;
  // The last row is the cursor's.
  const own = Math.floor((rows - 1) / experiments.length) - 1;
  const colors = colorsFor(process.stdout);
  const text = renderExperiments(experiments, colors, { columns, rows: own });
  return text
    .split('\n')
    .slice(0, rows - 1)
    .map((line) => cutLine(showText(line, colors), columns))
    .join('\n');
}

/** Room for each experiment. */
interface Room {
  readonly columns: number;
  readonly rows: number;
}

const UNLIMITED: Room = { columns: Number.POSITIVE_INFINITY, rows: Number.POSITIVE_INFINITY };

function renderExperiments(experiments: readonly ExperimentStatus[], colors: Colors, room = UNLIMITED): string {
  const devices = findDevices();
  return experiments.map((experiment) => renderExperiment(experiment, devices, colors, room)).join('\n\n');
}

function renderExperiment(
  { name, runs, damaged, sweeps, cluster, stops }: ExperimentStatus,
  devices: Devices,
  colors: Colors,
  { columns, rows }: Room,
): string {
  const unreadable = damaged.length === 0 ? [] : [`${formatInteger(damaged.length)} damaged`];
  const counts = [describeCounts(countStates(runs)), ...unreadable].filter((text) => text !== '').join(', ');
  const lines = [`${colors.bold(name)}: ${counts}`];
  for (const sweep of sweeps) lines.push(...renderSweep(sweep, colors));
  if (cluster !== undefined) lines.push(...describeCluster(cluster));
  // Beside them stand the head of the table and the line that counts the rest.
  const shown = chooseRows(runs, sweeps, Math.min(MOST_ROWS, Math.max(LEAST_ROWS, rows - lines.length - 2)));
  if (shown.length > 0) lines.push(renderRuns(shown, { devices, cluster, columns }, colors));
  if (shown.length < runs.length) {
    const hidden = formatInteger(runs.length - shown.length);
    lines.push(colors.dim(`and ${hidden} more: --json lists them all`));
  }
  for (const { run, problem } of stops.slice(0, MOST_FAILURES))
    lines.push(`${colors.yellow('-')} ${run.trial.name}-${run.trial.id} stopped: ${problem}`);
  if (stops.length > MOST_FAILURES) lines.push(`and ${formatInteger(stops.length - MOST_FAILURES)} more stopped so`);
  const failures = listFailures(runs);
  for (const { name: run, code, message, hint, logTail } of failures.slice(0, MOST_FAILURES)) {
    lines.push(`${colors.red('x')} ${run}: ${message} ${colors.dim(`(${code})`)}`);
    if (hint !== undefined) lines.push(`  ${hint}`);
    for (const line of logTail) lines.push(colors.dim(`  | ${line}`));
  }
  if (failures.length > MOST_FAILURES) lines.push(`and ${formatInteger(failures.length - MOST_FAILURES)} more failed`);
  for (const { folder, reason } of damaged) lines.push(`${colors.red('x')} ${basename(folder)}: damaged: ${reason}`);
  return lines.join('\n');
}

function renderSweep({ manifest, counts, holder, best, rungs, secondsLeft }: SweepSummary, colors: Colors): string[] {
  const { id, method, trials, parallel } = manifest;
  const left = secondsLeft === undefined ? '' : `, about ${formatDuration(secondsLeft)} left`;
  const by = holder === undefined ? '' : ` · run by process ${holder.pid} on ${holder.host}, ${parallel} at a time`;
  const halted = counts.halted === 0 ? '' : `, ${formatInteger(counts.halted)} halted early`;
  const lines = [
    `sweep ${id} (${method}): ${formatInteger(counts.finished)} of ${formatInteger(trials)} ` +
      `finished${halted}${left}${colors.dim(by)}`,
  ];
  if (rungs !== undefined) {
    const reached = rungs
      .map(({ epochs, points }) => `${formatInteger(points)} at ${formatInteger(epochs)}`)
      .join(', ');
    lines.push(`  points by epochs reached: ${reached}`);
  }
  if (best !== undefined) lines.push(`  chosen so far: ${describeBest(best, manifest.metric)}`);
  return lines;
}

function describeBest(best: NonNullable<SweepSummary['best']>, metric: string): string {
  const isShare = metric.endsWith('accuracy');
  const value = isShare ? `${formatPercent(best.value)} %` : best.value.toPrecision(4);
  const interval = best.interval === undefined ? '' : ` (95 % interval ${best.interval.map(formatPercent).join('–')})`;
  const seeds = best.seeds === 1 ? '' : `, mean of ${best.seeds} seeds`;
  const point = best.assignments.map(({ path, value: assigned }) => `${path}: ${JSON.stringify(assigned)}`).join(', ');
  return `${metric} ${value}${interval}${seeds}${point === '' ? '' : ` at ${point}`}`;
}

const describeCounts = (counts: Readonly<Record<RunState, number>>) =>
  (['finished', 'halted', 'running', 'stopped', 'failed', 'waiting'] as const)
    .filter((state) => counts[state] > 0)
    .map((state) => `${formatInteger(counts[state])} ${state}`)
    .join(', ');

/** All runs where they are few; else those that are not finished, then the best finished ones. */
function chooseRows(runs: readonly FoundRun[], sweeps: readonly SweepSummary[], mostRows: number): readonly FoundRun[] {
  if (runs.length <= mostRows) return runs;
  const rank: Readonly<Record<RunState, number>> = {
    running: 0,
    failed: 1,
    stopped: 2,
    waiting: 3,
    finished: 4,
    halted: 5,
  };
  const { metric, goal } = sweeps.at(-1)?.manifest ?? { metric: 'validation/one-shot-accuracy', goal: 'maximize' };
  const cost = ({ status }: FoundRun) => {
    const value = readObjective(status?.metrics, { metric });
    return value === undefined ? Number.POSITIVE_INFINITY : goal === 'minimize' ? value : -value;
  };
  return runs.toSorted((a, b) => rank[a.state] - rank[b.state] || (cost(a) < cost(b) ? -1 : 1)).slice(0, mostRows);
}

function findDevices(): Devices {
  const folder = deviceFolder(process.env);
  try {
    return listUsedDevices(folder, readdirSync(folder));
  } catch {
    // Nothing was ever leased here.
    return new Map();
  }
}

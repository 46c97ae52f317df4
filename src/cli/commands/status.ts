import { type FoundRun, findRuns } from '../../run/find-runs.js';
import { formatDuration, formatPercent } from '../format-quantity.js';
import { createPlainTable } from '../plain-table.js';
import type { ExitCode } from '../report-error.js';
import { type Colors, colorsFor, printNote, printResult } from '../terminal.js';

/** `oneshot status`: one line for each run below a path. */
export async function statusCommand(path: string, options: { json?: boolean }): Promise<ExitCode> {
  const runs = findRuns(path);
  if (options.json) {
    printResult(
      JSON.stringify(
        runs.map(({ folder, trial, state, status }) => ({ folder, state, trial, status })),
        null,
        2,
      ),
    );
    return 0;
  }
  if (runs.length === 0) {
    printNote(`no runs in ${path}`);
    return 0;
  }
  const colors = colorsFor(process.stdout);
  const experiments = new Map<string, FoundRun[]>();
  for (const run of runs) {
    const { experimentName } = run.trial;
    experiments.set(experimentName, [...(experiments.get(experimentName) ?? []), run]);
  }
  for (const [name, members] of experiments) {
    printResult(`${colors.bold(name)}: ${countStates(members)}`);
    printResult(renderRuns(members, colors));
  }
  for (const { trial, status, state } of runs) {
    if (state !== 'failed' || status?.failure === undefined) continue;
    printResult(`${colors.red('x')} ${trial.name}-${trial.id}: ${status.failure.message}`);
    if (status.failure.hint !== undefined) printResult(`  ${status.failure.hint}`);
  }
  return 0;
}

function countStates(runs: readonly FoundRun[]): string {
  const counts = new Map<string, number>();
  for (const { state } of runs) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
}

function renderRuns(runs: readonly FoundRun[], colors: Colors): string {
  const table = createPlainTable(['trial', 'state', 'attempts', 'epochs', 'time', 'validation', 'test'], colors);
  const paint = {
    finished: colors.green,
    failed: colors.red,
    running: colors.cyan,
    stopped: colors.yellow,
    waiting: colors.dim,
  };
  for (const { trial, status, state } of runs) {
    table.push([
      `${trial.name}-${trial.id}`,
      paint[state](state),
      status?.attempt ?? 0,
      status === undefined ? '' : `${status.epoch}/${status.maxEpochs}`,
      status === undefined ? '' : formatDuration(status.seconds),
      percentOf(status?.metrics['validation/one-shot-accuracy']),
      percentOf(firstTestAccuracy(status?.metrics ?? {})),
    ]);
  }
  return table.toString();
}

const percentOf = (share: number | undefined) => (share === undefined ? '' : `${formatPercent(share)} %`);

function firstTestAccuracy(metrics: Readonly<Record<string, number>>): number | undefined {
  const key = Object.keys(metrics).find((name) => name.startsWith('test/'));
  return key === undefined ? undefined : metrics[key];
}

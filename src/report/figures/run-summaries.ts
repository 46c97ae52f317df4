// The runs of a report, one by one and counted: none is left out in silence.
import type { RunState } from '../../run/run-folder.js';
import type { RunGroup } from '../group-runs.js';
import type { ReportRun } from '../load-runs.js';

export interface RunSummary {
  readonly name: string;
  readonly experiment: string;
  /** The label of its configuration. */
  readonly system: string;
  readonly folder: string;
  readonly seed: number;
  readonly state: RunState;
  readonly attempt: number;
  readonly epoch: number;
  readonly maxEpochs: number;
  readonly seconds: number;
  readonly engine: string | undefined;
  readonly commit: string | undefined;
  readonly failure: string | undefined;
  readonly problems: readonly string[];
  readonly tasks: number;
}

/** All runs, configuration by configuration. */
export function summarizeRuns(groups: readonly RunGroup[]): RunSummary[] {
  return groups.flatMap(({ label, runs }) => runs.map((run) => summarizeRun(run, label)));
}

function summarizeRun(
  { trial, folder, state, status, tags, results, problems }: ReportRun,
  system: string,
): RunSummary {
  return {
    name: trial.name,
    experiment: trial.experimentName,
    system,
    folder,
    seed: trial.seed,
    state,
    attempt: status?.attempt ?? 0,
    epoch: status?.epoch ?? 0,
    maxEpochs: status?.maxEpochs ?? 0,
    seconds: status?.seconds ?? 0,
    engine: tags['oneshot.engine'],
    commit: tags['mlflow.source.git.commit'],
    failure: status?.failure?.message,
    problems,
    tasks: new Set(results.map(({ task }) => task)).size,
  };
}

/** How many runs are in each state. */
export function countStates(runs: readonly ReportRun[]): Record<RunState, number> {
  const counts = { waiting: 0, running: 0, stopped: 0, failed: 0, halted: 0, finished: 0 };
  for (const { state } of runs) counts[state]++;
  return counts;
}

/** A sentence for each finished run that lacks results which others of its experiment have, and for whatever could not be read. */
export function listIncomplete(runs: readonly ReportRun[]): string[] {
  const tasks = new Map<string, Set<string>>();
  for (const { trial, results } of runs) {
    const known = tasks.get(trial.experimentName) ?? new Set();
    for (const { task } of results) known.add(task);
    tasks.set(trial.experimentName, known);
  }
  return runs.flatMap(({ trial, state, results, problems }) => {
    const own = new Set(results.map(({ task }) => task));
    const missing = [...tasks.get(trial.experimentName)!].filter((task) => !own.has(task));
    const without = own.size === 0 ? 'is finished but has no results' : `has no result on ${missing.join(', ')}`;
    const isIncomplete = state === 'finished' && (own.size === 0 || missing.length > 0);
    return [
      ...(isIncomplete ? [`${trial.name} ${without}`] : []),
      ...problems.map((problem) => `${trial.name}: ${problem}`),
    ];
  });
}

/** The alphabets of each task that no episode came from. */
export function listSkippedAlphabets(
  runs: readonly ReportRun[],
): { readonly task: string; readonly alphabets: readonly string[] }[] {
  const skipped = new Map<string, readonly string[]>();
  for (const { task, skippedAlphabets } of runs.flatMap(({ results }) => results)) {
    if (skippedAlphabets.length > 0) skipped.set(task, skippedAlphabets);
  }
  return [...skipped].map(([task, alphabets]) => ({ task, alphabets }));
}

// The runs of a report, one by one and counted: none is left out in silence.
import type { RunState } from '../../run-folder/run-folder.js';
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
  /** Addresses of its pages on the MLflow servers that it was shipped to. */
  readonly mlflow: readonly string[];
  /** Tasks that it was measured on. */
  readonly tasks: number;
  /** Whether it is finished and lacks results that others of its experiment have. */
  readonly lacksResults: boolean;
}

/** All runs, configuration by configuration. */
export function summarizeRuns(groups: readonly RunGroup[]): RunSummary[] {
  const missing = findMissingTasks(groups.flatMap(({ runs }) => runs));
  return groups.flatMap(({ label, runs }) => runs.map((run) => summarizeRun(run, label, missing.has(run))));
}

function summarizeRun(run: ReportRun, system: string, lacksResults: boolean): RunSummary {
  const { trial, folder, state, status, tags, problems } = run;
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
    mlflow: run.mlflow,
    tasks: listTasks(run).size,
    lacksResults,
  };
}

/**
 * A sentence for each finished run that lacks results which others of its experiment have, and for whatever could not be
 * read.
 */
export function listIncomplete(runs: readonly ReportRun[]): string[] {
  const missing = findMissingTasks(runs);
  return runs.flatMap((run) => {
    const tasks = missing.get(run);
    const has = listTasks(run).size === 0 ? 'is finished but has no results' : `has no result on ${tasks?.join(', ')}`;
    return [
      ...(tasks === undefined ? [] : [`${run.trial.name} ${has}`]),
      ...run.problems.map((problem) => `${run.trial.name}: ${problem}`),
    ];
  });
}

/** The tasks that a finished run lacks and others of its experiment have; all runs that lack any, or have no results at all. */
function findMissingTasks(runs: readonly ReportRun[]): ReadonlyMap<ReportRun, readonly string[]> {
  const finished = runs.filter(({ state }) => state === 'finished');
  const tasks = new Map<string, Set<string>>();
  for (const run of runs) {
    const { experimentName } = run.trial;
    tasks.set(experimentName, new Set([...(tasks.get(experimentName) ?? []), ...listTasks(run)]));
  }
  return new Map(
    finished.flatMap((run) => {
      const own = listTasks(run);
      const lacks = [...tasks.get(run.trial.experimentName)!].filter((task) => !own.has(task));
      return own.size === 0 || lacks.length > 0 ? [[run, lacks]] : [];
    }),
  );
}

function listTasks({ results, verifications }: ReportRun): Set<string> {
  return new Set([...results, ...verifications].map(({ task }) => task));
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

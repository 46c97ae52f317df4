// The run that MLflow shows the trials of an experiment under. Its journal lies in runs/EXPERIMENT/, is written by the
// supervisor of the trials and made anew from their folders whenever it is: the journal stays open for a moment only, so
// that several supervisors may work on one experiment.
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isTemporaryName, writeFileAtomic } from '../base/atomic-file.js';
import { makeFolder } from '../base/make-folder.js';
import { acquireProcessLock } from '../base/process-lock.js';
import type { Experiment } from '../config/experiment.js';
import { type Objective, readObjective } from '../evaluation/headline.js';
import { type Journal, journalSize, openJournal, readFirstEvent } from '../tracking/journal.js';
import type { JournalStatus } from '../tracking/journal-event.js';
import { describeSweep, listChosenTrials, rankTrials, type SweepTrial } from './describe-sweep.js';
import { listDistinctiveParams, nameParam } from './distinctive-params.js';
import { type FoundRun, findRuns } from './find-runs.js';
import { nameMlflowExperiment } from './name-mlflow-experiment.js';
import { readProvenance } from './provenance.js';
import { runFiles } from './run-folder.js';
import { readFolderObjective } from './sweep-folder.js';

/** True for an experiment of several trials. */
export function hasSweepJournal({ sweep, seeds }: Experiment): boolean {
  return sweep !== undefined || seeds.length > 1;
}

/** The uid of the run that the trials of an experiment's folder are shown under; undefined when there is none. */
export function readSweepUid(experimentFolder: string): string | undefined {
  const path = runFiles(experimentFolder).journal;
  if (journalSize(path) === 0) return undefined;
  try {
    const first = readFirstEvent(path);
    return first?.type === 'run' ? first.uid : undefined;
  } catch {
    return undefined;
  }
}

/** Begins the run of an experiment's trials, or goes on with it. To be called before the first of them starts. */
export function beginSweepJournal(experimentFolder: string, experiment: Experiment): void {
  makeFolder(experimentFolder);
  writeSweepJournal(experimentFolder, (journal) => {
    journal.append({
      type: 'run',
      uid: readSweepUid(experimentFolder) ?? randomUUID(),
      name: experiment.name,
      experiment: nameMlflowExperiment(experiment),
    });
    journal.append({ type: 'status', status: 'RUNNING' });
    journal.append({
      type: 'tags',
      values: {
        'oneshot.experiment': experiment.name,
        'oneshot.sweep': JSON.stringify(experiment.sweep ?? { seeds: experiment.seeds }),
        'mlflow.source.name': `oneshot run ${experiment.name}`,
        'mlflow.source.type': 'LOCAL',
      },
    });
    // A parameter keeps its value: of a sweep that is run again with other values the tag tells.
    const params = Object.entries(listFixedParams(experiment)).filter(([key]) => journal.param(key) === undefined);
    if (params.length > 0) journal.append({ type: 'params', values: Object.fromEntries(params) });
  });
}

/**
 * What all trials have in common, under the same names: MLflow's comparison offers first what differs between the runs
 * that are ticked, this one among them.
 */
function listFixedParams(experiment: Experiment): Record<string, string> {
  const { sweep } = experiment;
  const swept = [
    sweep !== undefined && 'parameters' in sweep ? (sweep.parameters ?? {}) : {},
    ...listPoints(experiment),
  ]
    .flatMap((point) => Object.keys(point))
    .map((path) => ({ path, value: undefined }));
  const names = new Set(swept.map(({ path }) => nameParam(path)));
  const isSwept = (key: string) => [...names].some((name) => key === name || key.startsWith(`${name}.`));
  return Object.fromEntries(Object.entries(listDistinctiveParams(experiment, swept)).filter(([key]) => !isSwept(key)));
}

/** The points of a sweep that lists them. */
function listPoints({ sweep }: Experiment): readonly object[] {
  return sweep !== undefined && 'points' in sweep ? ((sweep as { points?: readonly object[] }).points ?? []) : [];
}

/**
 * Brings the run up to what the folders of its trials say: the best value so far, the table of trials, the note. `isOver`
 * gives it its last status.
 */
export function updateSweepJournal(experimentFolder: string, { isOver }: { isOver: boolean }): void {
  const { runs } = findRuns(experimentFolder);
  const goal = readFolderObjective(experimentFolder);
  const trials = runs.map((run) => describeTrial(run, goal));
  writeSweepJournal(experimentFolder, (journal) => {
    logBestSoFar(journal, trials, goal);
    journal.append({
      type: 'tags',
      values: { 'mlflow.note.content': describeSweep(trials, goal), ...describeMaker(runs) },
    });
    if (!isOver) return;
    const table = join(experimentFolder, 'trials-table.json');
    writeFileAtomic(table, `${JSON.stringify(composeTrialsTable(trials, goal))}\n`);
    journal.append({ type: 'table', path: relative(experimentFolder, table), artifactPath: 'trials-table.json' });
    for (const name of ['report.html', 'report.md'])
      if (existsSync(join(experimentFolder, name)))
        journal.append({ type: 'artifact', path: name, artifactPath: name });
    for (const trial of listChosenTrials(trials, goal)) logPredictions(journal, experimentFolder, trial);
    journal.append({ type: 'status', status: statusOf(runs) });
  });
}

/** Who ran the trials, of which commit: as the first of them says. */
function describeMaker(runs: readonly FoundRun[]): Record<string, string> {
  for (const { folder } of runs) {
    const [provenance] = readProvenance(runFiles(folder).provenance);
    if (provenance === undefined) continue;
    const { git, machine } = provenance;
    return {
      'mlflow.user': machine.user,
      'oneshot.version': provenance.oneshot,
      ...(git === undefined ? {} : { 'mlflow.source.git.commit': git.commit, 'mlflow.source.git.branch': git.branch }),
      ...(git?.remote === undefined ? {} : { 'mlflow.source.git.repoURL': git.remote }),
    };
  }
  return {};
}

/** What a trial of the chosen point answered to each query. */
function logPredictions(journal: Journal, experimentFolder: string, { folder, seed }: SweepTrial): void {
  const { predictions } = runFiles(folder);
  if (!existsSync(predictions)) return;
  for (const name of readdirSync(predictions).sort()) {
    if (isTemporaryName(name)) continue;
    const path = relative(experimentFolder, join(predictions, name)).replaceAll('\\', '/');
    journal.append({ type: 'artifact', path, artifactPath: `predictions/seed-${seed}/${name}` });
  }
}

/**
 * The best value after each finished trial, in the order they finished; steps count finished trials. Its key is none that
 * trials have, so that charts of trials hold no curve of another meaning.
 */
function logBestSoFar(journal: Journal, trials: readonly SweepTrial[], goal: Objective): void {
  const key = `sweep/best-${goal.metric.replace('/', '-')}`;
  const finished = trials
    .filter(({ state, value }) => state === 'finished' && value !== undefined)
    .sort((a, b) => (a.updatedAt < b.updatedAt ? -1 : 1));
  const steps = journal.lastStep(key) ?? 0;
  for (let step = steps + 1; step <= finished.length; step++) {
    const [best] = rankTrials(finished.slice(0, step), goal);
    if (best?.value !== undefined) journal.append({ type: 'metric', key, step, value: best.value });
  }
}

function describeTrial({ folder, trial, state, status }: FoundRun, { metric }: Objective): SweepTrial {
  return {
    name: trial.name,
    id: trial.id,
    folder,
    seed: trial.seed,
    assignments: trial.assignments,
    state,
    value: readObjective(status?.metrics, { metric }),
    ...(status?.headline === undefined ? {} : { headline: status.headline }),
    updatedAt: status?.updatedAt ?? '',
  };
}

/** Rows by trial; MLflow's table, orientation `split`. */
function composeTrialsTable(trials: readonly SweepTrial[], { metric }: Objective) {
  return {
    columns: ['trial', 'id', 'seed', 'state', metric],
    data: trials.map(({ name, id, seed, state, value }) => [name, id, seed, state, value ?? null]),
  };
}

function statusOf(runs: readonly FoundRun[]): JournalStatus {
  // A halted trial has ended early, not badly.
  if (runs.every(({ state }) => state === 'finished' || state === 'halted')) return 'FINISHED';
  return runs.some(({ state }) => state === 'failed') ? 'FAILED' : 'KILLED';
}

/** Nothing is written while another supervisor writes: it writes the same. */
function writeSweepJournal(experimentFolder: string, write: (journal: Journal) => void): void {
  const files = runFiles(experimentFolder);
  const lock = acquireProcessLock(files.lock);
  if (!('release' in lock)) return;
  try {
    const journal = openJournal(files.journal, { now: Date.now });
    try {
      write(journal);
    } finally {
      journal.close();
    }
  } finally {
    lock.release();
  }
}

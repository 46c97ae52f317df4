// What a trial puts in its journal, and so what MLflow is given of it: who it is, settings, data, results, pictures, the
// trained model. Keys are `section/name`: MLflow makes a section of charts of what stands before the last `/`. Steps are
// epochs; what has one value for the run is at step 0, which MLflow draws as bars, and a later evaluation at the next step.
import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { writeFileAtomic } from '../base/atomic-file.js';
import { makeFolder } from '../base/make-folder.js';
import type { Experiment } from '../config/experiment.js';
import type { LoadedData } from '../data/loaded-data.js';
import type { EngineDescription } from '../engine/engine.js';
import { nameBest, type RunHeadline } from '../evaluation/headline.js';
import type { EvaluationResult } from '../evaluation/records/evaluation-result.js';
import { composeGalleryPng, pickGallery } from '../evaluation/records/gallery.js';
import { readPredictions } from '../evaluation/records/predictions.js';
import { listDistinctiveParams } from '../run-folder/distinctive-params.js';
import { nameMlflowExperiment } from '../run-folder/name-mlflow-experiment.js';
import type { InitialWeightsOrigin, Provenance } from '../run-folder/provenance.js';
import { predictionsPath, runFiles, type TrialRecord } from '../run-folder/run-folder.js';
import { readSweepUid } from '../run-folder/sweep-journal.js';
import type { Journal } from '../tracking/journal.js';
import { CONFIG_TAG, HEADLINE_METRIC, SEED_TAG } from '../tracking/run-view.js';
import type { TrainingResult } from '../training/train.js';
import { composeResultsTable, describeRun } from './describe-run.js';

/** A trial's journal and what it is about. */
export interface RunLog {
  readonly journal: Journal;
  readonly folder: string;
  readonly record: TrialRecord;
  readonly experiment: Experiment;
}

/** Logs who the run is, its settings, where it is made, and the sweep that it belongs to. */
export function logBeginning(
  { journal, folder, record, experiment }: RunLog,
  { provenance, engine }: { provenance: Provenance; engine: EngineDescription | undefined },
): void {
  const { git, machine, initialWeights } = provenance;
  const parentUid = readSweepUid(dirname(resolve(folder)));
  journal.append({
    type: 'run',
    uid: record.uid,
    name: nameRun(record),
    experiment: nameMlflowExperiment(experiment),
    ...(parentUid === undefined ? {} : { parentUid }),
  });
  journal.append({ type: 'status', status: 'RUNNING' });
  journal.append({
    type: 'params',
    values: listDistinctiveParams(experiment, record.assignments),
  });
  journal.append({
    type: 'tags',
    values: {
      [SEED_TAG]: String(record.seed),
      [CONFIG_TAG]: nameConfig(record),
      'oneshot.experiment': experiment.name,
      'oneshot.trial_id': record.id,
      'oneshot.version': provenance.oneshot,
      'oneshot.engine': engine === undefined ? 'none' : `${engine.name} ${engine.version}`,
      'oneshot.host': machine.host,
      ...(initialWeights === undefined ? {} : { [INITIAL_WEIGHTS_TAG]: nameInitialWeights(initialWeights) }),
      // MLflow's own tags (mlflow/utils/mlflow_tags.py).
      'mlflow.user': machine.user,
      'mlflow.source.name': `oneshot run ${experiment.name}`,
      'mlflow.source.type': 'LOCAL',
      ...(git === undefined ? {} : { 'mlflow.source.git.commit': git.commit, 'mlflow.source.git.branch': git.branch }),
      ...(git?.remote === undefined ? {} : { 'mlflow.source.git.repoURL': git.remote }),
      'mlflow.note.content': describeRun(experiment, record, []),
    },
  });
  if (provenance.attempt === 1) logFile(journal, folder, runFiles(folder).experiment, 'experiment.yaml');
  logFile(journal, folder, runFiles(folder).provenance, 'provenance.json');
  journal.write();
}

const INITIAL_WEIGHTS_TAG = 'oneshot.initial_weights';

/** The trained network that a run began with: whose it is, and 16 hex digits of its weights. */
const nameInitialWeights = ({ experiment, trial, digest }: InitialWeightsOrigin) =>
  `${experiment}/${trial} ${digest.slice(0, 16)}`;

/** The same for all seeds of a sweep point, and for no other: what varies, readable in MLflow's groups, and 8 hex digits. */
export function nameConfig({ name, fingerprints }: Pick<TrialRecord, 'name' | 'fingerprints'>): string {
  return `${name.replace(/,?seed=[^,]*$/, '')} ${fingerprints.config.slice(0, 8)}`.trimStart();
}

/** The longest name that MLflow's list of runs shows whole. */
const LONGEST_RUN_NAME = 24;

/** A run's short name: what varies, without keys where they do not fit; its columns have them. */
export function nameRun({ name, assignments, seed }: Pick<TrialRecord, 'name' | 'assignments' | 'seed'>): string {
  if (name.length <= LONGEST_RUN_NAME || assignments.length === 0) return name;
  const values = assignments.map(({ value }) => (typeof value === 'object' ? JSON.stringify(value) : String(value)));
  return [...values, `seed ${seed}`].join(', ');
}

/** Logs the data sets that the run trains, validates and tests on. */
export function logDatasets({ journal, experiment }: RunLog, { split, digest }: LoadedData): void {
  for (const selection of Object.values(split)) {
    if (selection.pictures.length === 0) continue;
    journal.append({
      type: 'dataset',
      name: `${selection.set.name}-${selection.purpose}`,
      // MLflow takes 36 characters.
      digest: digest.slice(0, 36),
      sourceType: 'local',
      source: JSON.stringify({ dataset: experiment.data.dataset }),
      profile: JSON.stringify({ num_rows: selection.pictures.length }),
      context: selection.purpose === 'train' ? 'training' : selection.purpose,
    });
  }
}

/**
 * Logs the last values of a training that is over and those at the epoch whose weights are kept: MLflow's table, sorting
 * and scatter plots show single values.
 */
export function logTraining({ journal }: RunLog, { best }: TrainingResult): void {
  const log = (key: string, value: number) => journal.append({ type: 'metric', key, step: 0, value });
  if (best.epoch !== undefined) log('final/best-epoch', best.epoch);
  for (const key of ['train/loss', 'validation/one-shot-accuracy']) {
    const last = journal.lastStep(key);
    const value = last === undefined ? undefined : journal.value(key, last);
    if (value !== undefined) log(`final/${key.replace('/', '-')}`, value);
    const kept = best.epoch === undefined ? undefined : journal.value(key, best.epoch);
    if (kept !== undefined) log(nameBest(key), kept);
  }
  journal.flush();
}

/** Logs what successive halving did with the run after an epoch. */
export function logHalving(
  { journal }: RunLog,
  decision: 'halted' | 'promoted',
  { epoch, maxEpochs }: { epoch: number; maxEpochs: number },
): void {
  journal.append({ type: 'tags', values: { 'oneshot.halving': `${decision} after epoch ${epoch} of ${maxEpochs}` } });
}

/**
 * Logs what an evaluation measured: a point for each system and task, a table, a won and a lost episode, the files and
 * the trained model.
 */
export function logEvaluation(run: RunLog, results: readonly EvaluationResult[]): void {
  const { journal, folder, experiment, record } = run;
  const files = runFiles(folder);
  const steps = results.map(({ task, scorer, accuracy }) => logMeasured(journal, nameAccuracy(task, scorer), accuracy));
  journal.append({ type: 'tags', values: { 'mlflow.note.content': describeRun(experiment, record, results) } });
  logFile(journal, folder, files.results, 'results.json');
  for (const result of results)
    logFile(journal, folder, predictionsPath(folder, result), `predictions/${result.predictions}`);

  writeFileAtomic(files.resultsTable, `${JSON.stringify(composeResultsTable(results))}\n`);
  journal.append({ type: 'table', path: relative(folder, files.resultsTable), artifactPath: 'results-table.json' });
  logEpisodes(run, results, Math.max(0, ...steps));
}

/** Logs the trained network and which metrics measure it, on which of the data sets: MLflow ranks models by them. */
export function logModel({ journal, folder, experiment }: RunLog): void {
  const files = runFiles(folder);
  if (!existsSync(files.best)) return;
  journal.append({
    type: 'model',
    name: experiment.name,
    path: relative(folder, files.best),
    beside: [relative(folder, files.experiment)],
    step: journal.lastStep('train/loss') ?? 0,
    modelType: 'twin-network',
    measured: Object.fromEntries(
      Object.keys(journal.latestMetrics()).flatMap((key) => {
        const context = contextOf(key);
        return context === undefined ? [] : [[key, context]];
      }),
    ),
  });
}

/** The context of the data set that a metric of the kept weights was measured on; undefined for all other metrics. */
function contextOf(key: string): string | undefined {
  if (key === HEADLINE_METRIC || key.startsWith('test/')) return 'test';
  if (key.startsWith(nameBest('validation/'))) return 'validation';
  return key.startsWith(nameBest('train/')) ? 'training' : undefined;
}

/** Logs the figure that speaks for the run, under the name that MLflow offers first. */
export function logHeadline({ journal }: RunLog, { task, accuracy }: RunHeadline): void {
  logMeasured(journal, HEADLINE_METRIC, accuracy);
  journal.append({ type: 'tags', values: { 'oneshot.accuracy_of': task } });
}

/**
 * A point whose step counts the evaluations of this run, since a changed evaluation measures again; one that repeats the
 * last is left out. Returns the step.
 */
export function logMeasured(journal: Journal, key: string, value: number): number {
  const last = journal.lastStep(key);
  if (last !== undefined && journal.value(key, last) === value) return last;
  const step = last === undefined ? 0 : last + 1;
  journal.append({ type: 'metric', key, step, value });
  return step;
}

/**
 * The metric of a system on a task, the task's own name: `test/within-alphabet/20-way-1-shot`,
 * `test-baseline/within-alphabet/20-way-1-shot/chance`. MLflow's sections of charts are what stands before the last `/`.
 */
export function nameAccuracy(task: string, scorer: EvaluationResult['scorer']): string {
  if (scorer === 'network') return task;
  const [selection, ...rest] = task.split('/');
  return [`${selection}-baseline`, ...rest, scorer].join('/');
}

/** Pictures smaller than this are enlarged: MLflow blurs what it enlarges itself. */
const LEAST_PICTURE_SIZE = 48;

/** One lost and one won query of the network with their support sets, from its task with the most ways. */
function logEpisodes({ journal, folder }: RunLog, results: readonly EvaluationResult[], step: number): void {
  const files = runFiles(folder);
  const own = results.filter(({ scorer }) => scorer === 'network').sort((a, b) => b.nWay - a.nWay);
  for (const result of own) {
    const items = pickGallery(readPredictions(predictionsPath(folder, result)), 1);
    if (items.length === 0) continue;
    const scale = Math.max(1, Math.ceil(LEAST_PICTURE_SIZE / result.pictures.height));
    makeFolder(files.pictures);
    for (const item of items) {
      const name = item.won ? 'won' : 'lost';
      const path = join(files.pictures, `${name}-${step}.png`);
      writeFileAtomic(path, composeGalleryPng(item, scale));
      journal.append({ type: 'image', key: `episodes/${name}`, step, path: relative(folder, path) });
    }
    return;
  }
}

function logFile(journal: Journal, folder: string, path: string, artifactPath: string): void {
  journal.append({ type: 'artifact', path: relative(folder, path), artifactPath });
}

// One trial from its run folder to its results: lock, data, training, evaluation, journal, status. Everything it needs is
// in the folder, and everything it makes goes there; it talks to no network and prints nothing.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { removeStaleTemporaries, writeFileAtomic } from '../base/atomic-file.js';
import { OneshotError } from '../base/problem.js';
import { acquireProcessLock } from '../base/process-lock.js';
import type { Experiment } from '../config/experiment.js';
import { userDataFolder } from '../data/data-folder.js';
import { describeData, loadData } from '../data/data-source.js';
import type { LoadedData } from '../data/loaded-data.js';
import type { Engine } from '../engine/engine.js';
import { startEngine } from '../engine/start-engine.js';
import type { EvaluationResult } from '../evaluation/records/evaluation-result.js';
import { describeBatch } from '../model/batch-structure.js';
import { placeEncoder } from '../model/encoder-shape.js';
import { chooseMicroBatchSize } from '../model/micro-batch-size.js';
import { makeFingerprints } from '../plan/fingerprint.js';
import { type Journal, openJournal } from '../tracking/journal.js';
import {
  chooseEngine,
  describeConditions,
  findDrift,
  readConditions,
  refuseDrift,
  writeConditions,
} from './conditions.js';
import { describeFailure } from './describe-failure.js';
import { evaluateTrial } from './evaluate-trial.js';
import { flattenParams } from './flatten-params.js';
import { describeProvenance, type Provenance } from './provenance.js';
import {
  RUN_FOLDER_VERSION,
  type RunStatus,
  readRunStatus,
  readTrialRecord,
  runFiles,
  type TrialRecord,
  writeRunStatus,
} from './run-folder.js';
import { removeTrainingCheckpoint, type TrainedExperiment, trainTrial } from './train-trial.js';
import type { TrialArguments, TrialProgress } from './trial-messages.js';

export interface TrialSurroundings {
  onProgress(progress: TrialProgress): void;
  /** Whether the trial is to write a checkpoint and end. */
  stopRequested(): boolean;
  log(line: string): void;
}

/** Runs the trial in a folder to its end or to a stop. Throws what made it fail, after its status says so. */
export async function runTrial(trial: TrialArguments, around: TrialSurroundings): Promise<'finished' | 'stopped'> {
  const { folder } = trial;
  const files = runFiles(folder);
  const lock = acquireProcessLock(files.lock);
  if (!('release' in lock)) {
    throw new OneshotError('locked', `process ${lock.pid} on ${lock.host} is running this trial already`, {
      hint: 'wait for it, or stop it first',
    });
  }
  try {
    removeStaleTemporaries(folder);
    return await new TrialRun(trial, around).run();
  } finally {
    lock.release();
  }
}

/** One attempt at a trial, with what its steps share. */
class TrialRun {
  readonly #trial: TrialArguments;
  readonly #around: TrialSurroundings;
  readonly #files: ReturnType<typeof runFiles>;
  readonly #record: TrialRecord;
  readonly #experiment: Experiment;
  readonly #startedAt = new Date();
  readonly #secondsBefore: number;
  readonly #journal: Journal;
  #status: RunStatus;

  constructor(trial: TrialArguments, around: TrialSurroundings) {
    this.#trial = trial;
    this.#around = around;
    this.#files = runFiles(trial.folder);
    const record = readTrialRecord(trial.folder);
    if (record === undefined) throw new OneshotError('corrupt', `${this.#files.trial} is missing`);
    this.#record = record;
    this.#experiment = readExperimentOf(trial.folder, record);
    const previous = readRunStatus(trial.folder);
    this.#secondsBefore = previous?.seconds ?? 0;
    this.#journal = openJournal(this.#files.journal, { now: Date.now });
    this.#status = {
      version: RUN_FOLDER_VERSION,
      state: 'running',
      fingerprints: record.fingerprints,
      attempt: (previous?.attempt ?? 0) + 1,
      trained: previous?.trained ?? false,
      epoch: previous?.epoch ?? 0,
      maxEpochs: this.#experiment.training?.maxEpochs ?? 0,
      metrics: this.#journal.latestMetrics(),
      startedAt: previous?.startedAt ?? this.#startedAt.toISOString(),
      updatedAt: this.#startedAt.toISOString(),
      seconds: this.#secondsBefore,
      peakMemoryBytes: previous?.peakMemoryBytes ?? 0,
    };
  }

  async run(): Promise<'finished' | 'stopped'> {
    try {
      this.#saveStatus({});
      const outcome = await this.#work();
      this.#end(outcome, outcome === 'finished' ? 'FINISHED' : 'KILLED');
      return outcome;
    } catch (error) {
      if (error instanceof OneshotError && error.code === 'interrupted') {
        this.#end('stopped', 'KILLED');
        return 'stopped';
      }
      this.#fail(error);
      throw error;
    }
  }

  async #work(): Promise<'finished' | 'stopped'> {
    const { model, training } = this.#experiment;
    const engine = model === undefined || training === undefined ? undefined : await this.#startEngine();
    try {
      this.#begin(engine);
      const data = await this.#loadData();
      this.#logDatasets(data);
      if (engine !== undefined && !this.#status.trained) {
        if ((await this.#train(engine, data)) === 'stopped') return 'stopped';
      }
      const results = await evaluateTrial({
        folder: this.#trial.folder,
        experiment: this.#experiment,
        engine,
        data,
        stopRequested: () => this.#around.stopRequested(),
        onActivity: (activity) => {
          this.#around.log(activity);
          this.#around.onProgress({ phase: 'evaluation', activity });
        },
      });
      this.#logResults(results);
      return 'finished';
    } finally {
      engine?.dispose();
    }
  }

  async #startEngine(): Promise<Engine> {
    const { model, training, data } = this.#experiment as TrainedExperiment;
    const begun = readConditions(this.#files.conditions);
    const { name, threads } = chooseEngine(this.#trial, begun);
    const engine = await startEngine(name, { threads });
    if (this.#status.trained) return engine;

    const { units, picturesPerUnit } = describeBatch(training);
    const encoder = placeEncoder(model.encoder, describeData(data).imageSize);
    const conditions = describeConditions(
      engine,
      chooseMicroBatchSize(training.microBatchSize, units, picturesPerUnit, encoder),
    );
    const drift = begun === undefined || !existsSync(this.#files.last) ? [] : findDrift(begun, conditions);
    if (drift.length > 0) {
      if (!this.#trial.allowDrift) refuseDrift(drift);
      this.#journal.append({ type: 'tags', values: { 'oneshot.drift': drift.join('; ').slice(0, 5000) } });
      this.#around.log(`allowed drift: ${drift.join('; ')}`);
    }
    writeConditions(this.#files.conditions, conditions);
    return engine;
  }

  /** The run's identity, parameters and provenance, in the journal and beside it. */
  #begin(engine: Engine | undefined): void {
    const { name, description, tracking } = this.#experiment;
    const provenance = describeProvenance({
      attempt: this.#status.attempt,
      startedAt: this.#startedAt,
      engine: engine === undefined ? {} : { ...engine.description, ...engine.description.settings, settings: '' },
      folder: this.#trial.baseFolder,
    });
    const attempts = existsSync(this.#files.provenance)
      ? (JSON.parse(readFileSync(this.#files.provenance, 'utf8')) as Provenance[])
      : [];
    writeFileAtomic(this.#files.provenance, `${JSON.stringify([...attempts, provenance], null, 2)}\n`);

    this.#journal.append({
      type: 'run',
      uid: this.#record.uid,
      name: this.#record.name,
      experiment: tracking?.mlflow?.experiment ?? name,
    });
    this.#journal.append({ type: 'status', status: 'RUNNING' });
    this.#journal.append({
      type: 'params',
      values: {
        seed: String(this.#record.seed),
        config_id: this.#record.fingerprints.config.slice(0, 8),
        ...flattenParams(this.#experiment),
      },
    });
    this.#journal.append({
      type: 'tags',
      values: {
        'oneshot.experiment': name,
        'oneshot.trial_id': this.#record.id,
        'oneshot.version': provenance.oneshot,
        'oneshot.engine': engine === undefined ? 'none' : `${engine.description.name} ${engine.description.version}`,
        ...(description === undefined ? {} : { 'mlflow.note.content': description }),
        ...(provenance.git === undefined
          ? {}
          : { 'mlflow.source.git.commit': provenance.git.commit, 'mlflow.source.git.branch': provenance.git.branch }),
      },
    });
    for (const [path, name] of [
      [this.#files.experiment, 'experiment.yaml'],
      [this.#files.provenance, 'provenance.json'],
    ] as const) {
      if (this.#status.attempt === 1) this.#logArtifact(path, name);
    }
    this.#journal.write();
  }

  async #loadData(): Promise<LoadedData> {
    const activity = `reads ${this.#experiment.data.dataset}`;
    this.#around.onProgress({ phase: 'data', activity });
    return loadData(this.#experiment.data, {
      env: process.env,
      baseFolder: this.#trial.baseFolder,
      cacheFolder: join(dirname(userDataFolder(process.env)), 'pictures'),
      report: (message) => {
        this.#around.log(message);
        this.#around.onProgress({ phase: 'data', activity: message });
      },
    });
  }

  #logDatasets({ split, digest }: LoadedData): void {
    for (const selection of Object.values(split)) {
      if (selection.pictures.length === 0) continue;
      this.#journal.append({
        type: 'dataset',
        name: `${selection.set.name}-${selection.purpose}`,
        // MLflow takes 36 characters.
        digest: digest.slice(0, 36),
        sourceType: 'local',
        source: JSON.stringify({ dataset: this.#experiment.data.dataset }),
        context: selection.purpose === 'train' ? 'training' : selection.purpose,
      });
    }
  }

  async #train(engine: Engine, data: LoadedData): Promise<'finished' | 'stopped'> {
    const result = await trainTrial({
      folder: this.#trial.folder,
      experiment: this.#experiment as TrainedExperiment,
      seed: this.#record.seed,
      engine,
      data,
      microBatchSize: readConditions(this.#files.conditions)?.microBatchSize ?? 1,
      journal: this.#journal,
      stopRequested: () => this.#around.stopRequested(),
      onProgress: (progress) => this.#around.onProgress(progress),
      onEpoch: (epoch) => this.#saveStatus({ epoch }),
      log: (line) => this.#around.log(line),
    });
    this.#around.log(`training ${result.outcome} (${result.reason}) after ${result.epochsDone} epochs`);
    if (result.outcome === 'stopped') return 'stopped';
    const { best, epochsDone } = result;
    if (best.epoch !== undefined) this.#logMetric('best/epoch', epochsDone, best.epoch);
    if (best.value !== undefined && result.metric !== undefined) {
      this.#logMetric(`best/${result.metric.replace('/', '-')}`, epochsDone, best.value);
    }
    this.#journal.flush();
    this.#saveStatus({ trained: true, epoch: epochsDone });
    removeTrainingCheckpoint(this.#trial.folder);
    return 'finished';
  }

  /** One point per system and task; its step counts the evaluations of this run, since a changed evaluation measures again. */
  #logResults(results: readonly EvaluationResult[]): void {
    for (const { task, scorer, accuracy } of results) {
      const key = scorer === 'network' ? `${task}/accuracy` : `baseline/${scorer}/${task}/accuracy`;
      const last = this.#journal.lastStep(key);
      if (last === undefined) this.#logMetric(key, 0, accuracy);
      else if (this.#journal.value(key, last) !== accuracy) this.#logMetric(key, last + 1, accuracy);
    }
    this.#logArtifact(this.#files.results, 'results.json');
    if (existsSync(this.#files.best)) this.#logArtifact(this.#files.best, 'model/best.safetensors');
  }

  #logMetric(key: string, step: number, value: number): void {
    this.#journal.append({ type: 'metric', key, step, value });
  }

  #logArtifact(path: string, artifactPath: string): void {
    this.#journal.append({ type: 'artifact', path: path.slice(this.#trial.folder.length + 1), artifactPath });
  }

  #end(state: 'finished' | 'stopped', status: 'FINISHED' | 'KILLED'): void {
    this.#journal.append({ type: 'status', status });
    this.#journal.flush();
    this.#saveStatus({ state });
    this.#journal.close();
  }

  // The disk may be full: then the failure itself cannot be recorded, and must not hide what went wrong.
  #fail(error: unknown): void {
    try {
      this.#saveStatus({ state: 'failed', failure: describeFailure(error) });
      this.#journal.append({ type: 'status', status: 'FAILED' });
      this.#journal.close();
    } catch (second) {
      this.#around.log(`the failure could not be recorded: ${describeFailure(second).message}`);
    }
  }

  #saveStatus(change: Partial<RunStatus>): void {
    const now = new Date();
    this.#status = {
      ...this.#status,
      ...change,
      metrics: this.#journal.latestMetrics(),
      updatedAt: now.toISOString(),
      seconds: this.#secondsBefore + (now.getTime() - this.#startedAt.getTime()) / 1000,
      peakMemoryBytes: Math.max(this.#status.peakMemoryBytes, 1024 * process.resourceUsage().maxRSS),
    };
    writeRunStatus(this.#trial.folder, this.#status);
  }
}

// The file was checked when the run folder was made; what matters now is that it is still the same.
function readExperimentOf(folder: string, record: TrialRecord): Experiment {
  const path = runFiles(folder).experiment;
  let experiment: Experiment;
  let training: string;
  try {
    experiment = parse(readFileSync(path, 'utf8')) as Experiment;
    training = makeFingerprints(experiment, record.seed, describeData(experiment.data).identity).training;
  } catch (error) {
    throw new OneshotError('corrupt', `${path} cannot be read: ${(error as Error).message}`, {
      hint: 'remove its run folder to start the trial anew',
      cause: error,
    });
  }
  if (training !== record.fingerprints.training) {
    throw new OneshotError(
      'corrupt',
      `${path} does not belong to this run any more: its training fingerprint is ${training.slice(0, 8)}, not ${record.id}`,
      {
        hint: 'it was edited, or made by another version; change the experiment file itself and run that',
      },
    );
  }
  return experiment;
}

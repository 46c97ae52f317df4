// One trial from its experiment to its results: lock, data, training, evaluation, journal, status. Everything it makes
// goes to its run folder, and what an earlier attempt left there is gone on with; it talks to no network and prints nothing.
import { existsSync } from 'node:fs';
import { removeStaleTemporaries, writeFileAtomic } from '../base/atomic-file.js';
import { userPicturesFolder } from '../base/environment.js';
import { OneshotError } from '../base/problem.js';
import { acquireProcessLock } from '../base/process-lock.js';
import type { Experiment } from '../config/experiment.js';
import { describeData, loadData } from '../data/data-sets.js';
import type { LoadedData, LoadOptions } from '../data/loaded-data.js';
import type { Engine } from '../engine/engine.js';
import { startEngine } from '../engine/start-engine.js';
import { headlineOfRun } from '../evaluation/headline.js';
import { readRunVerifications } from '../evaluation/records/verification-result.js';
import { countFixedLayers, shapeBehind } from '../model/front.js';
import { chooseMicroBatchSize } from '../model/micro-batch-size.js';
import { describeNetwork } from '../model/network-shape.js';
import {
  type Conditions,
  chooseEngine,
  describeConditions,
  findDrift,
  readConditions,
  refuseDrift,
  writeConditions,
} from '../run-folder/conditions.js';
import { writeDigests } from '../run-folder/digests.js';
import { describeGit, describeProvenance, type Provenance, readProvenance } from '../run-folder/provenance.js';
import {
  DATA_DOUBTS_TAG,
  RUN_FOLDER_VERSION,
  type RunStatus,
  readRunStatus,
  readTrialRecord,
  runFiles,
  type TrialRecord,
  writeRunStatus,
} from '../run-folder/run-folder.js';
import { findLostTuning, takeTuning } from '../run-folder/tuning.js';
import { describeBatch } from '../tasks/describe-batch.js';
import { type Journal, openJournal } from '../tracking/journal.js';
import type { TrainedNetwork } from '../trained/trained-network.js';
import { describeFailure } from './describe-failure.js';
import { requireTensorsFit } from './engine-limits.js';
import { evaluateTrial } from './evaluate-trial.js';
import { type GivenWeightsOptions, prepareGivenWeights, writeUntrainedNetwork } from './given-weights.js';
import { describeOrigin, openInitialWeights, refuseSeenBefore } from './learned-elsewhere.js';
import {
  logBeginning,
  logDatasets,
  logEvaluation,
  logHalving,
  logHeadline,
  logModel,
  logTraining,
  type RunLog,
} from './log-run.js';
import { logVerifications } from './log-verification.js';
import { asksKnownClassesOnly, refuseLeaks } from './refuse-leaks.js';
import { SYSTEM_PREFIX, type SystemSampler, sampleSystem } from './sample-system.js';
import { removeTrainingCheckpoint, type TrainedExperiment, trainTrial } from './train-trial.js';
import { loadTrainingStrokes } from './training-strokes.js';
import type { TrialArguments, TrialProgress } from './trial-messages.js';

export interface TrialSurroundings {
  onProgress(progress: TrialProgress): void;
  /** Whether the trial is to write a checkpoint and end. */
  stopRequested(): boolean;
  log(line: string): void;
}

/** How a trial ended that did not fail. */
export type TrialEnd = 'finished' | 'stopped' | 'halted';

/**
 * Runs the trial in a folder to its end, to a stop, or to the epoch that it is to halt after. Throws what made it fail,
 * after its status says so.
 */
export async function runTrial(trial: TrialArguments, around: TrialSurroundings): Promise<TrialEnd> {
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
    if (existsSync(files.pictures)) removeStaleTemporaries(files.pictures);
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
  readonly #processorSecondsBefore: number;
  readonly #wasHalted: boolean;
  readonly #journal: Journal;
  #status: RunStatus;
  /** The network whose weights the trial begins with. */
  #learned: TrainedNetwork | undefined;

  constructor(trial: TrialArguments, around: TrialSurroundings) {
    this.#trial = trial;
    this.#around = around;
    this.#files = runFiles(trial.folder);
    const record = readTrialRecord(trial.folder);
    if (record === undefined) throw new OneshotError('corrupt', `${this.#files.trial} is missing`);
    this.#record = record;
    this.#experiment = trial.experiment;
    const previous = readRunStatus(trial.folder);
    this.#secondsBefore = previous?.seconds ?? 0;
    this.#processorSecondsBefore = previous?.processorSeconds ?? 0;
    this.#wasHalted = previous?.state === 'halted';
    this.#journal = openJournal(this.#files.journal, { now: Date.now });
    this.#status = {
      version: RUN_FOLDER_VERSION,
      state: 'running',
      fingerprints: record.fingerprints,
      attempt: (previous?.attempt ?? 0) + 1,
      trained: previous?.trained ?? false,
      epoch: previous?.epoch ?? 0,
      maxEpochs: this.#experiment.training?.maxEpochs ?? 0,
      metrics: this.#latestMetrics(),
      startedAt: previous?.startedAt ?? this.#startedAt.toISOString(),
      updatedAt: this.#startedAt.toISOString(),
      seconds: this.#secondsBefore,
      processorSeconds: this.#processorSecondsBefore,
      peakMemoryBytes: previous?.peakMemoryBytes ?? 0,
    };
  }

  async run(): Promise<TrialEnd> {
    try {
      this.#saveStatus({});
      const outcome = await this.#work();
      if (outcome === 'halted') logHalving(this.#log(), 'halted', this.#status);
      // A halted trial is over as far as anybody knows: MLflow shows it as finished, and as running again once it is promoted.
      this.#end(outcome, outcome === 'stopped' ? 'KILLED' : 'FINISHED');
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

  async #work(): Promise<TrialEnd> {
    const { model, training } = this.#experiment;
    // Asked now, it is answered while the engine starts.
    const git = describeGit(this.#trial.baseFolder);
    this.#learned = this.#openLearned();
    const engine = model === undefined ? undefined : await this.#startEngine();
    let sampler: SystemSampler | undefined;
    try {
      this.#begin(engine, await git);
      sampler = sampleSystem(this.#journal);
      const data = await this.#loadData();
      logDatasets(this.#log(), data);
      if (engine !== undefined && !this.#status.trained) {
        const outcome =
          training === undefined ? await this.#keepUntrained(engine, data) : await this.#train(engine, data);
        if (outcome !== 'finished') return outcome;
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
      logEvaluation(this.#log(), results);
      logVerifications(this.#journal, this.#trial.folder);
      const headline = headlineOfRun(results, readRunVerifications(this.#trial.folder));
      if (headline !== undefined) {
        logHeadline(this.#log(), headline);
        this.#saveStatus({ headline });
      }
      logModel(this.#log());
      return 'finished';
    } finally {
      sampler?.stop();
      engine?.dispose();
    }
  }

  /** Opened in an attempt that needs it: what was trained from it needs it no more. */
  #openLearned(): TrainedNetwork | undefined {
    const section = this.#experiment.model?.initialWeights;
    if (section === undefined) return undefined;
    try {
      return openInitialWeights(section);
    } catch (error) {
      if (!this.#status.trained && !existsSync(this.#files.last)) throw error;
      this.#around.log(`the initial weights are not where they were: ${describeFailure(error).message}`);
      return undefined;
    }
  }

  async #startEngine(): Promise<Engine> {
    const { model, training, data } = this.#experiment as TrainedExperiment & Pick<Experiment, 'training'>;
    const begun = readConditions(this.#files.conditions);
    const { name, threads } = chooseEngine(this.#trial, begun);
    const lost = this.#prepareTuning(begun);
    const engine = await startEngine(name, { threads, tuningFile: this.#files.tuning });
    if (this.#status.trained) return engine;
    if (training === undefined) {
      writeConditions(this.#files.conditions, describeConditions(engine, 1));
      return engine;
    }

    const { units, picturesPerUnit } = describeBatch(training);
    const { imageSize, channels } = describeData(data);
    const { encoder } = shapeBehind(describeNetwork(model, imageSize, channels), countFixedLayers(model));
    const microBatchSize = chooseMicroBatchSize(training.microBatchSize, units, picturesPerUnit, encoder);
    requireTensorsFit(engine, encoder.layers, microBatchSize * picturesPerUnit);
    const conditions = describeConditions(engine, microBatchSize);
    const drift =
      begun === undefined || !existsSync(this.#files.last) ? [] : [...lost, ...findDrift(begun, conditions)];
    if (drift.length > 0) {
      if (!this.#trial.allowDrift) refuseDrift(drift);
      this.#journal.append({ type: 'tags', values: { 'oneshot.drift': drift.join('; ').slice(0, 5000) } });
      this.#around.log(`allowed drift: ${drift.join('; ')}`);
    }
    writeConditions(this.#files.conditions, conditions);
    return engine;
  }

  /**
   * What was lost of the algorithms that the trial was begun with, in words; refused before the engine makes the file
   * anew, unless drift is allowed.
   */
  #prepareTuning(begun: Conditions | undefined): string[] {
    const { tuning, last } = this.#files;
    if (begun === undefined) takeTuning(this.#trial.tuningFrom, tuning);
    const lost = findLostTuning(tuning, begun);
    if (lost.length > 0 && existsSync(last) && !this.#trial.allowDrift) refuseDrift(lost);
    return lost;
  }

  /** The run's identity, parameters and provenance, in the journal and beside it. */
  #begin(engine: Engine | undefined, git: Provenance['git']): void {
    const provenance = describeProvenance({
      attempt: this.#status.attempt,
      startedAt: this.#startedAt,
      engine: engine === undefined ? {} : { ...engine.description, ...engine.description.settings, settings: '' },
      git,
      ...(this.#learned === undefined ? {} : { initialWeights: describeOrigin(this.#learned) }),
    });
    const attempts = this.#earlierAttempts();
    writeFileAtomic(this.#files.provenance, `${JSON.stringify([...attempts, provenance], null, 2)}\n`);

    logBeginning(this.#log(), { provenance, engine: engine?.description });
    if (this.#wasHalted) logHalving(this.#log(), 'promoted', this.#status);
  }

  /** None where the file is damaged: it tells of machines, and no result depends on it. */
  #earlierAttempts(): readonly Provenance[] {
    try {
      return readProvenance(this.#files.provenance);
    } catch (error) {
      this.#around.log(`earlier attempts are lost: ${describeFailure(error).message}`);
      return [];
    }
  }

  async #loadData(): Promise<LoadedData> {
    const activity = `reads ${this.#experiment.data.dataset}`;
    this.#around.onProgress({ phase: 'data', activity });
    const options = this.#loadOptions();
    const data = await loadData(this.#experiment.data, options);
    const doubts = refuseLeaks(data, { asksKnownClasses: asksKnownClassesOnly(this.#experiment) });
    if (this.#learned !== undefined)
      doubts.push(...(await refuseSeenBefore(data, this.#experiment.data, this.#learned, options)));
    for (const doubt of doubts) this.#around.log(`doubt about the data: ${doubt}`);
    if (doubts.length > 0)
      this.#journal.append({ type: 'tags', values: { [DATA_DOUBTS_TAG]: doubts.join('\n').slice(0, 5000) } });
    return data;
  }

  #loadOptions(): LoadOptions {
    return {
      env: process.env,
      baseFolder: this.#trial.baseFolder,
      cacheFolder: userPicturesFolder(process.env),
      report: (message) => {
        this.#around.log(message);
        this.#around.onProgress({ phase: 'data', activity: message });
      },
    };
  }

  async #train(engine: Engine, data: LoadedData): Promise<TrialEnd> {
    const isDrawnAnew = this.#experiment.augmentation.strokes !== undefined;
    const result = await trainTrial({
      folder: this.#trial.folder,
      experiment: this.#experiment as TrainedExperiment,
      seed: this.#record.seed,
      engine,
      data,
      strokes: isDrawnAnew ? await loadTrainingStrokes(data, this.#loadOptions()) : undefined,
      prepareWeights: () => prepareGivenWeights(this.#givenWeights(engine, data)),
      microBatchSize: readConditions(this.#files.conditions)?.microBatchSize ?? 1,
      ...(this.#trial.haltAfterEpoch === undefined ? {} : { haltAfterEpoch: this.#trial.haltAfterEpoch }),
      journal: this.#journal,
      stopRequested: () => this.#around.stopRequested(),
      onProgress: (progress) => this.#around.onProgress(progress),
      onEpoch: (epoch) => this.#saveStatus({ epoch }),
      log: (line) => this.#around.log(line),
      replay: this.#trial.allowDrift ? 'keep' : 'assert',
    });
    this.#around.log(`training ${result.outcome} (${result.reason}) after ${result.epochsDone} epochs`);
    if (result.outcome !== 'finished') return result.outcome;
    logTraining(this.#log(), result);
    this.#saveStatus({ trained: true, epoch: result.epochsDone });
    removeTrainingCheckpoint(this.#trial.folder);
    return 'finished';
  }

  /** A network that learns nothing is what it is given. */
  async #keepUntrained(engine: Engine, data: LoadedData): Promise<'finished'> {
    const options = this.#givenWeights(engine, data);
    const { arrays } = await prepareGivenWeights(options);
    writeUntrainedNetwork(this.#files.best, options, arrays);
    this.#saveStatus({ trained: true });
    return 'finished';
  }

  #givenWeights(engine: Engine, data: LoadedData): GivenWeightsOptions {
    return {
      model: this.#experiment.model as NonNullable<Experiment['model']>,
      seed: this.#record.seed,
      engine,
      data,
      place: { env: process.env, baseFolder: this.#trial.baseFolder },
      learned: this.#learned,
      log: (line) => {
        this.#around.log(line);
        this.#around.onProgress({ phase: 'data', activity: line });
      },
    };
  }

  #log(): RunLog {
    return {
      journal: this.#journal,
      folder: this.#trial.folder,
      record: this.#record,
      experiment: this.#experiment,
    };
  }

  #end(state: TrialEnd, status: 'FINISHED' | 'KILLED'): void {
    this.#journal.append({ type: 'status', status });
    this.#journal.flush();
    if (state === 'finished') writeDigests(this.#trial.folder);
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

  /** What the run reached; the machine's load is no part of that. */
  #latestMetrics(): RunStatus['metrics'] {
    const metrics = Object.entries(this.#journal.latestMetrics());
    return Object.fromEntries(metrics.filter(([key]) => !key.startsWith(SYSTEM_PREFIX)));
  }

  #saveStatus(change: Partial<RunStatus>): void {
    const now = new Date();
    const { user, system } = process.cpuUsage();
    this.#status = {
      ...this.#status,
      ...change,
      metrics: this.#latestMetrics(),
      updatedAt: now.toISOString(),
      seconds: this.#secondsBefore + (now.getTime() - this.#startedAt.getTime()) / 1000,
      processorSeconds: this.#processorSecondsBefore + (user + system) / 1e6,
      peakMemoryBytes: Math.max(this.#status.peakMemoryBytes, 1024 * process.resourceUsage().maxRSS),
    };
    writeRunStatus(this.#trial.folder, this.#status);
  }
}

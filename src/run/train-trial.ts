// The training of one trial: joins the loop (src/training/train.ts) with data, journal and checkpoints.
import { existsSync, rmSync } from 'node:fs';
import type { Experiment, Protocol, Validation } from '../config/experiment.js';
import type { LoadedData } from '../data/loaded-data.js';
import { numberClasses } from '../data/sampling/class-numbers.js';
import type { PictureStrokes } from '../data/strokes/picture-strokes.js';
import type { Engine } from '../engine/engine.js';
import { evaluate } from '../evaluation/evaluate.js';
import { makeNetworkScorer } from '../evaluation/scorers/network.js';
import { placeEncoder } from '../model/encoder-shape.js';
import { chooseEmbeddingBatchSize } from '../model/load-network.js';
import { runFiles } from '../run-folder/run-folder.js';
import { openBatchFeed } from '../tasks/batch-feed.js';
import { countEpochSteps, describeBatch } from '../tasks/describe-batch.js';
import type { Journal } from '../tracking/journal.js';
import { readTrainingCheckpoint, writeTrainingCheckpoint, writeWeightsCheckpoint } from '../training/checkpoint.js';
import { type TrainingResult, train } from '../training/train.js';
import type { TrainingHooks } from '../training/training-hooks.js';
import { chooseBatchThreads } from './batch-threads.js';
import { type FixedFront, openFixedFront } from './fixed-front.js';
import type { GivenWeights } from './given-weights.js';
import type { TrialProgress } from './trial-messages.js';

/** An experiment that trains. */
export type TrainedExperiment = Experiment & Required<Pick<Experiment, 'model' | 'training'>>;

export interface TrainTrialOptions {
  readonly folder: string;
  readonly experiment: TrainedExperiment;
  readonly seed: number;
  readonly engine: Engine;
  readonly data: LoadedData;
  /** Of the training pictures, where `augmentation.strokes` draws them anew. */
  readonly strokes?: PictureStrokes | undefined;
  readonly microBatchSize: number;
  /** The weights that are not drawn; asked for where the training begins. */
  readonly prepareWeights?: () => Promise<GivenWeights>;
  /** As in `TrialArguments`. */
  readonly haltAfterEpoch?: number;
  readonly journal: Journal;
  readonly stopRequested: () => boolean;
  readonly onProgress: (progress: TrialProgress) => void;
  /** Called after each epoch, when its metrics are in the journal. */
  readonly onEpoch: (epoch: number) => void;
  readonly log: (line: string) => void;
  /**
   * What becomes of a point that the journal has already: it must be the same, or the first one stays (where drift is
   * allowed).
   */
  readonly replay: 'assert' | 'keep';
}

/**
 * Trains until the end, a halt or a stop; goes on from the folder's last checkpoint. The best weights are in
 * `best.safetensors` afterwards.
 */
export async function trainTrial(options: TrainTrialOptions): Promise<TrainingResult> {
  const { experiment, seed, engine, data, journal } = options;
  const { training, model, augmentation } = experiment;
  const { imageSize, channels } = data.description;
  const files = runFiles(options.folder);
  const stepsPerEpoch = countEpochSteps(training, augmentation, data.split.train.pictures.length);
  const restore = existsSync(files.last) ? readTrainingCheckpoint(files.last) : undefined;
  if (restore !== undefined) options.log(`resumes at epoch ${restore.position.epoch}, step ${restore.position.step}`);

  const batches = openBatchFeed(
    {
      seed,
      task: training.task,
      augmentation,
      selection: data.split.train,
      source: data.source,
      ...(options.strokes === undefined ? {} : { strokes: options.strokes }),
      batchSize: describeBatch(training).units,
    },
    { stepsPerEpoch, ...chooseBatchThreads(engine.description) },
  );
  let front: FixedFront | undefined;
  const embeddingBatchSize = chooseEmbeddingBatchSize(placeEncoder(model.encoder, imageSize, channels));
  let accuracy: number | undefined;
  let bestAccuracy: number | undefined;

  const hooks: TrainingHooks = {
    log(key, step, value) {
      journal.append(
        { type: 'metric', key, step, value },
        { replay: key.startsWith('time/') ? 'keep' : options.replay },
      );
    },
    validate(epoch, network) {
      if (training.validation === undefined) return undefined;
      options.onProgress({ phase: 'training', activity: `validates epoch ${epoch}` });
      const featuresOf = front?.featuresOf;
      const scorer = makeNetworkScorer(network, {
        batchSize: embeddingBatchSize,
        ...(featuresOf === undefined ? {} : { featuresOf }),
      });
      return measureAccuracy(training.validation, data, scorer).then((value) => {
        accuracy = value;
        bestAccuracy = Math.max(value, bestAccuracy ?? 0);
        return value;
      });
    },
    saveLast(checkpoint) {
      // What the journal holds must be on the disk first: a resume starts behind it and never logs it again.
      journal.flush();
      writeTrainingCheckpoint(files.last, checkpoint);
      if (checkpoint.position.step === 0) options.onEpoch(checkpoint.position.epoch - 1);
    },
    saveBest(checkpoint) {
      writeWeightsCheckpoint(files.best, checkpoint);
    },
    stopRequested: options.stopRequested,
    progress({ epoch, maxEpochs, step, stepsPerEpoch: steps, loss }) {
      options.onProgress({
        phase: 'training',
        epoch: epoch - 1,
        maxEpochs,
        step,
        stepsPerEpoch: steps,
        loss,
        accuracy,
        bestAccuracy,
      });
    },
    now: () => performance.now(),
  };

  try {
    // The thread starts and draws while the network is made. A training that is over asks for no batch.
    const { epoch, step } = restore?.position ?? { epoch: 1, step: 0 };
    if (epoch <= Math.min(training.maxEpochs, options.haltAfterEpoch ?? training.maxEpochs))
      batches.begin(epoch - 1, step);
    const given = restore === undefined ? await options.prepareWeights?.() : undefined;
    const weights = restore?.arrays ?? given?.arrays ?? new Map();
    front = await openFixedFront({ model, augmentation, engine, data, weights, measured: given?.measured });
    return await train({
      engine,
      model,
      imageSize,
      ...(channels === undefined ? {} : { channels }),
      training,
      seed,
      stepsPerEpoch,
      classCount: numberClasses(data.split.train, augmentation).count,
      microBatchSize: options.microBatchSize,
      // The samplers count epochs from 0, the loop from 1.
      async batches(epoch, step) {
        const batch = await batches.next(epoch - 1, step);
        return front === undefined ? batch : front.replacePictures(batch);
      },
      ...(front === undefined ? {} : { fixedLayers: front.layers }),
      ...(given === undefined ? {} : { given: given.arrays }),
      ...(restore === undefined ? {} : { restore }),
      ...(options.haltAfterEpoch === undefined ? {} : { haltAfterEpoch: options.haltAfterEpoch }),
      hooks,
    });
  } finally {
    front?.dispose();
    await batches.close();
  }
}

async function measureAccuracy(
  { protocol, nWay, kShot, queries, seed }: Validation,
  data: LoadedData,
  network: ReturnType<typeof makeNetworkScorer>,
): Promise<number> {
  const section: Protocol = { protocol, nWay, kShot, queries, seed, selection: 'validation' };
  const [result] = await evaluate({ sections: [section], baselines: [], data, network });
  return result?.accuracy ?? Number.NaN;
}

/** Frees what only a resume needs, once training is over. */
export function removeTrainingCheckpoint(folder: string): void {
  rmSync(runFiles(folder).last, { force: true });
}

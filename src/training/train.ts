// The training loop: steps, epochs, validation, early stopping, checkpoints. It knows no files and no clock: hooks log,
// validate, save and tell the time. A training that was interrupted anywhere and goes on from its checkpoint ends with
// the same bytes, because everything random is keyed by position and checkpoints hold everything else.
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { OneshotError } from '../base/problem.js';
import type { Model, Training } from '../config/experiment.js';
import type { Engine } from '../engine/engine.js';
import { describeBatch } from '../model/batch-structure.js';
import { findMicroBatchConflict } from '../model/micro-batch-size.js';
import { findNonFinite, hashArrays, type NamedArrays } from '../model/named-arrays.js';
import { buildNetwork } from '../model/network.js';
import { makeNetworkFunctions, type NetworkFunctions } from '../model/network-functions.js';
import { describeNetwork } from '../model/network-shape.js';
import type { TrainingCheckpoint, TrainingPosition, WeightsCheckpoint } from './checkpoint.js';
import { type BestEpoch, hasRunOut, observeEpoch, type WatchedMetric, watchedMetric } from './early-stopping.js';
import { createEpochLoss } from './epoch-loss.js';
import { buildOptimizer } from './optimizers/registry.js';
import { buildSchedule } from './schedules/registry.js';
import type { Batch } from './tasks/task.js';
import { runStep, type StepContext } from './train-step.js';
import { drawInitialState, selectEvaluatedWeights, uploadState } from './training-state.js';

/** Times per epoch that losses are read back, and the time after which they are read back at the latest. */
const READ_BACKS_PER_EPOCH = 4;
const READ_BACK_AFTER_MS = 30_000;

/** What the loop does not do itself. A hook that throws or rejects ends the training with that error. */
export interface TrainingHooks {
  /** Takes a metric: `train/loss` (mean over the epoch's steps), `train/learning-rate` (the optimizer's, at the epoch's last step), `validation/one-shot-accuracy`; `step` is the epoch, from 1. `time/epoch-seconds` is the only one that differs from run to run. */
  log(key: string, step: number, value: number): void;
  /** The one-shot accuracy of the network that would be evaluated (averaged weights where there is averaging); undefined when there is no validation. Called every `validation.everyEpochs` epochs and after the last one. */
  validate(epoch: number, network: NetworkFunctions): Promise<number> | undefined;
  /** Stores what a resume needs; called at the end of each epoch, every `checkpointEveryMinutes` and on a stop. */
  saveLast(checkpoint: TrainingCheckpoint): void | Promise<void>;
  /** Stores the weights of the best epoch so far. */
  saveBest(checkpoint: WeightsCheckpoint): void | Promise<void>;
  /** Whether training is to stop with a checkpoint; asked between micro-batches. */
  stopRequested(): boolean;
  /** Told after each step. */
  progress(progress: TrainingProgress): void;
  /** Milliseconds of a clock that never runs backwards. */
  now(): number;
}

export interface TrainingProgress {
  /** From 1. */
  readonly epoch: number;
  readonly maxEpochs: number;
  /** Steps of the epoch that are done. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Mean loss of the epoch's steps that were read back so far. */
  readonly loss: number | undefined;
}

export interface TrainingOptions {
  readonly engine: Engine;
  readonly model: Model;
  readonly imageSize: number;
  readonly training: Training;
  readonly seed: number;
  readonly stepsPerEpoch: number;
  /** Units (pairs or groups) that are computed at once: `chooseMicroBatchSize`. Results depend on it. */
  readonly microBatchSize: number;
  /** The batch of a step, a function of its position alone: `epoch` from 1, `step` from 0. Asked for in order. */
  batches(epoch: number, step: number): Promise<Batch>;
  /** Goes on from here; without it training starts with drawn weights. */
  readonly restore?: TrainingCheckpoint;
  readonly hooks: TrainingHooks;
}

export interface TrainingResult {
  /** `stopped`: on request, with a checkpoint; to be gone on with. */
  readonly outcome: 'finished' | 'stopped';
  readonly reason: 'max-epochs' | 'early-stopping' | 'requested';
  /** Whole epochs done, those before a resume included. */
  readonly epochsDone: number;
  /** What decided which epoch is the best; undefined: the last one is. */
  readonly metric: WatchedMetric | undefined;
  /** The epoch whose weights `saveBest` had last, and the metric's value there. */
  readonly best: BestEpoch;
}

/**
 * Trains until the last epoch, until patience runs out, or until a stop is requested. The best weights have gone to
 * `saveBest` by then. Throws a OneshotError 'non-finite' when the loss or a weight is NaN or infinite (never stored in a
 * checkpoint), 'usage' for settings that no training can follow, 'corrupt' when `restore` does not fit.
 */
export async function train(options: TrainingOptions): Promise<TrainingResult> {
  const { engine, model, training, stepsPerEpoch, hooks, restore } = options;
  const { maxEpochs } = training;
  const { tf } = engine;
  const schedule = buildSchedule(training.schedule, { stepsPerEpoch, maxEpochs });
  const conflict = findMicroBatchConflict(options.microBatchSize, describeBatch(training).units, model.encoder);
  if (conflict !== undefined) throw new OneshotError('usage', `training.microBatchSize: ${conflict}`);
  const metric = watchedMetric(training);
  const patienceEpochs = training.earlyStopping?.patienceEpochs ?? Number.POSITIVE_INFINITY;

  const shape = describeNetwork(model, options.imageSize);
  const optimizer = buildOptimizer(
    training.optimizer,
    shape.parameters.filter(({ role }) => role !== 'statistic'),
  );
  const layout = { shape, slotNames: optimizer.slotNames, averaged: training.averaging !== undefined };
  const state = uploadState(tf, layout, restore?.arrays ?? drawInitialState(layout, options.seed));
  const context: StepContext = {
    engine,
    training,
    state,
    optimizer,
    network: buildNetwork(tf, model, shape, state.weights),
    seed: options.seed,
    microBatchSize: options.microBatchSize,
    stopRequested: hooks.stopRequested,
  };
  const evaluated = makeNetworkFunctions(tf, buildNetwork(tf, model, shape, state.averages ?? state.weights));

  let position: TrainingPosition = restore?.position ?? { epoch: 1, step: 0 };
  let best: BestEpoch = restore?.best ?? {};
  let secondsBefore = restore?.epochSeconds ?? 0;
  let epochStarted = hooks.now();
  let lastSaved: TrainingPosition | undefined = restore?.position;
  let lastSavedAt = hooks.now();
  let lastReadAt = hooks.now();
  const losses = createEpochLoss(restore?.epochLossSum ?? 0, position.step);

  function epochSeconds(): number {
    return secondsBefore + (hooks.now() - epochStarted) / 1000;
  }

  function fail(what: string, step: number): OneshotError {
    const stored =
      lastSaved === undefined
        ? 'there is no checkpoint yet'
        : `the last good checkpoint is of epoch ${lastSaved.epoch} after ${lastSaved.step} of ${stepsPerEpoch} steps`;
    return new OneshotError(
      'non-finite',
      `${what} at epoch ${position.epoch}, step ${step + 1} of ${stepsPerEpoch}; ${stored}`,
      { hint: 'A smaller training.optimizer.learningRate, or another weight initializer, usually helps.' },
    );
  }

  function readBackLosses(): void {
    lastReadAt = hooks.now();
    const badStep = losses.readBack();
    if (badStep !== undefined) throw fail('the loss is NaN or infinite', badStep);
  }

  /** All numbers, which are finite: a checkpoint with NaN would make every resume fail. */
  function takeSnapshot(): NamedArrays {
    readBackLosses();
    const arrays = state.snapshot();
    const bad = findNonFinite(arrays);
    if (bad !== undefined) throw fail(`${bad} holds NaN or infinity`, Math.max(0, position.step - 1));
    return arrays;
  }

  async function saveLast(arrays: NamedArrays): Promise<void> {
    await hooks.saveLast({
      position,
      best,
      epochLossSum: losses.sum(),
      epochSeconds: position.step === 0 ? 0 : epochSeconds(),
      arrays,
    });
    lastSaved = position;
    lastSavedAt = hooks.now();
  }

  async function saveBest(arrays: NamedArrays, epoch: number, value: number | undefined): Promise<void> {
    const weights = selectEvaluatedWeights(arrays);
    await hooks.saveBest({ epoch, metric, value, weightHash: hashArrays(weights), arrays: weights });
  }

  async function stop(): Promise<TrainingResult> {
    if (lastSaved?.epoch !== position.epoch || lastSaved.step !== position.step) await saveLast(takeSnapshot());
    return { outcome: 'stopped', reason: 'requested', epochsDone: position.epoch - 1, metric, best };
  }

  /** Validates and logs an epoch whose steps are done; returns the value of the watched metric, where it is known. */
  async function closeEpoch(epoch: number): Promise<number | undefined> {
    const meanLoss = losses.sum() / stepsPerEpoch;
    const lastStep = epoch * stepsPerEpoch - 1;
    hooks.log('train/loss', epoch, meanLoss);
    hooks.log('train/learning-rate', epoch, training.optimizer.learningRate * schedule(lastStep));
    const isDue = training.validation && (epoch % training.validation.everyEpochs === 0 || epoch === maxEpochs);
    const accuracy = isDue ? await hooks.validate(epoch, evaluated) : undefined;
    if (accuracy !== undefined) hooks.log('validation/one-shot-accuracy', epoch, accuracy);
    hooks.log('time/epoch-seconds', epoch, epochSeconds());
    return metric === 'train/loss' ? meanLoss : accuracy;
  }

  try {
    while (position.epoch <= maxEpochs && !hasRunOut(best, patienceEpochs, position.epoch - 1)) {
      const { epoch } = position;
      while (position.step < stepsPerEpoch) {
        await yieldToEvents();
        if (hooks.stopRequested()) return await stop();
        const stepsDone = (epoch - 1) * stepsPerEpoch + position.step;
        const batch = await options.batches(epoch, position.step);
        const progress = { stepsDone, epochsDone: epoch - 1, rateFactor: schedule(stepsDone) };
        const loss = await runStep(context, batch, position, progress);
        if (loss === undefined) return await stop();
        losses.add(loss);
        position = { epoch, step: position.step + 1 };

        const isReadBackDue =
          losses.pending() >= Math.ceil(stepsPerEpoch / READ_BACKS_PER_EPOCH) ||
          hooks.now() - lastReadAt >= READ_BACK_AFTER_MS;
        if (isReadBackDue) readBackLosses();
        const stepsRead = position.step - losses.pending();
        hooks.progress({
          epoch,
          maxEpochs,
          step: position.step,
          stepsPerEpoch,
          loss: stepsRead === 0 ? undefined : losses.sum() / stepsRead,
        });
        const isCheckpointDue = hooks.now() - lastSavedAt >= training.checkpointEveryMinutes * 60_000;
        if (isCheckpointDue && position.step < stepsPerEpoch) await saveLast(takeSnapshot());
      }

      const arrays = takeSnapshot();
      const value = await closeEpoch(epoch);
      if (metric !== undefined && value !== undefined) {
        const observation = observeEpoch(best, metric, patienceEpochs, epoch, value);
        best = observation.best;
        if (observation.improved) await saveBest(arrays, epoch, value);
      }
      position = { epoch: epoch + 1, step: 0 };
      losses.reset();
      secondsBefore = 0;
      epochStarted = hooks.now();
      await saveLast(arrays);
    }

    const epochsDone = position.epoch - 1;
    if (best.epoch === undefined) {
      // Nothing was watched: the last epoch counts, or the network as initialised.
      await saveBest(takeSnapshot(), epochsDone, undefined);
      best = { epoch: epochsDone };
    }
    const reason = epochsDone >= maxEpochs ? 'max-epochs' : 'early-stopping';
    return { outcome: 'finished', reason, epochsDone, metric, best };
  } finally {
    losses.dispose();
    state.dispose();
  }
}

// The training loop: steps, epochs, validation, early stopping, checkpoints. It knows no files and no clock: hooks log,
// validate, save and tell the time. A training that was interrupted anywhere and goes on from its checkpoint ends with
// the same bytes, because everything random is keyed by position and checkpoints hold everything else.
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { OneshotError } from '../base/problem.js';
import type { Model, Training } from '../config/experiment.js';
import type { Batch } from '../data/sampling/batch.js';
import type { Engine } from '../engine/engine.js';
import { shapeBehind } from '../model/front.js';
import { findMicroBatchConflict } from '../model/micro-batch-size.js';
import type { NamedArrays } from '../model/named-arrays.js';
import { buildNetwork } from '../model/network.js';
import { makeNetworkFunctions, type NetworkFunctions } from '../model/network-functions.js';
import { describeNetwork } from '../model/network-shape.js';
import { buildOptimizer } from '../optimizers/registry.js';
import { describeBatch } from '../tasks/describe-batch.js';
import { withTaskParameters } from '../tasks/task-parameters.js';
import type { TrainingCheckpoint, TrainingPosition } from './checkpoint.js';
import { createCheckpointKeeper } from './checkpoint-keeper.js';
import { type BestEpoch, hasRunOut, observeEpoch, type WatchedMetric, watchedMetric } from './early-stopping.js';
import { startEpochClock } from './epoch-clock.js';
import { createEpochLoss } from './epoch-loss.js';
import { findUnreached } from './find-unreached.js';
import { buildSchedule } from './schedules/registry.js';
import { createStepRunner, type StepContext } from './train-step.js';
import type { TrainingHooks } from './training-hooks.js';
import { drawInitialState, uploadState } from './training-state.js';

export interface TrainingOptions {
  readonly engine: Engine;
  readonly model: Model;
  readonly imageSize: number;
  /** Channels of the pictures: 1, ink, when left out. */
  readonly channels?: number;
  readonly training: Training;
  /** Layers at the encoder's beginning that pictures have been through already: batches and validation bring their output. */
  readonly fixedLayers?: number;
  /** Weights by path that are not drawn at the start. */
  readonly given?: NamedArrays;
  readonly seed: number;
  readonly stepsPerEpoch: number;
  /**
   * Classes of the training selection (its characters, four times as many with rotation classes), where the task tells
   * them apart.
   */
  readonly classCount?: number;
  /** Units (pairs, groups or pictures) that are computed at once: `chooseMicroBatchSize`. Results depend on it. */
  readonly microBatchSize: number;
  /** The batch of a step, a function of its position alone: `epoch` from 1, `step` from 0. Asked for in order. */
  batches(epoch: number, step: number): Promise<Batch>;
  /** Goes on from here; without it training starts with drawn weights. */
  readonly restore?: TrainingCheckpoint;
  /** Halts at the end of this epoch, where the training does not end before: successive halving decides whether it goes on. */
  readonly haltAfterEpoch?: number;
  readonly hooks: TrainingHooks;
}

export interface TrainingResult {
  /** `stopped`: on request, with a checkpoint; `halted`: after `haltAfterEpoch`, with a checkpoint. Both can be gone on with. */
  readonly outcome: 'finished' | 'stopped' | 'halted';
  readonly reason: 'max-epochs' | 'early-stopping' | 'requested' | 'halting';
  /** Whole epochs done, those before a resume included. */
  readonly epochsDone: number;
  /** What decided which epoch is the best; undefined: the last one is. */
  readonly metric: WatchedMetric | undefined;
  /** The epoch whose weights `saveBest` had last, and the metric's value there. */
  readonly best: BestEpoch;
}

/**
 * Trains until the last epoch, until patience runs out, until the epoch to halt after, or until a stop is requested. The
 * best weights have gone to `saveBest` by then. Throws a OneshotError 'non-finite' when the loss or a weight is NaN or
 * infinite (never stored in a checkpoint), 'usage' for settings that no training can follow, 'corrupt' when `restore`
 * does not fit.
 */
export async function train(options: TrainingOptions): Promise<TrainingResult> {
  const { training, stepsPerEpoch, hooks, restore } = options;
  const { maxEpochs } = training;
  const lastEpoch = Math.min(maxEpochs, options.haltAfterEpoch ?? maxEpochs);
  const schedule = buildSchedule(training.schedule, { stepsPerEpoch, maxEpochs });
  const metric = watchedMetric(training);
  const patienceEpochs = training.earlyStopping?.patienceEpochs ?? Number.POSITIVE_INFINITY;
  const { context, evaluated } = prepareNetwork(options);
  const { state } = context;
  const runStep = createStepRunner(context);
  let position: TrainingPosition = restore?.position ?? { epoch: 1, step: 0 };
  let best: BestEpoch = restore?.best ?? {};
  const clock = startEpochClock(hooks.now, restore?.epochSeconds ?? 0);
  const losses = createEpochLoss(restore?.epochLossSum ?? 0, position.step, hooks.now);
  const keeper = createCheckpointKeeper({ state, losses, hooks, stepsPerEpoch, restored: restore?.position });

  function describeProgress(): Omit<TrainingCheckpoint, 'arrays'> {
    return { position, best, epochLossSum: losses.sum(), epochSeconds: clock.seconds() };
  }

  /** Whether the step was done; not when a stop was requested within it. */
  async function doStep(): Promise<boolean> {
    const { epoch, step } = position;
    const stepsDone = (epoch - 1) * stepsPerEpoch + step;
    const batch = await options.batches(epoch, step);
    const progress = { stepsDone, epochsDone: epoch - 1, rateFactor: schedule(stepsDone) };
    const loss = await runStep({ batch, position, progress });
    if (loss === undefined) return false;
    losses.add(loss);
    position = { epoch, step: step + 1 };
    if (losses.isReadBackDue(stepsPerEpoch)) await keeper.readBackLosses(position);
    hooks.progress({ epoch, maxEpochs, step: position.step, stepsPerEpoch, loss: losses.meanSoFar() });
    return true;
  }

  /** Validates and logs the epoch whose steps are done; returns the value of the watched metric, where it is known. */
  async function measureEpoch(epoch: number): Promise<number | undefined> {
    const meanLoss = losses.sum() / stepsPerEpoch;
    const lastStep = epoch * stepsPerEpoch - 1;
    hooks.log('train/loss', epoch, meanLoss);
    hooks.log('train/learning-rate', epoch, training.optimizer.learningRate * schedule(lastStep));
    const isDue = training.validation && (epoch % training.validation.everyEpochs === 0 || epoch === maxEpochs);
    const accuracy = isDue ? await hooks.validate(epoch, evaluated) : undefined;
    if (accuracy !== undefined) hooks.log('validation/one-shot-accuracy', epoch, accuracy);
    hooks.log('time/epoch-seconds', epoch, clock.seconds());
    return metric === 'train/loss' ? meanLoss : accuracy;
  }

  /** Everything that follows the last step of an epoch. */
  async function closeEpoch(): Promise<void> {
    const { epoch } = position;
    const arrays = await keeper.takeSnapshot(position);
    const value = await measureEpoch(epoch);
    const next = metric === undefined || value === undefined ? best : observeEpoch(best, metric, epoch, value);
    if (next !== best) await keeper.saveBest(arrays, { epoch, metric, value });
    best = next;
    position = { epoch: epoch + 1, step: 0 };
    losses.reset();
    clock.restart();
    await keeper.saveLast(arrays, describeProgress());
  }

  async function stop(): Promise<TrainingResult> {
    if (!keeper.isSaved(position)) await keeper.saveLast(await keeper.takeSnapshot(position), describeProgress());
    return { outcome: 'stopped', reason: 'requested', epochsDone: position.epoch - 1, metric, best };
  }

  try {
    while (position.epoch <= lastEpoch && !hasRunOut(best, patienceEpochs, position.epoch - 1)) {
      while (position.step < stepsPerEpoch) {
        await yieldToEvents();
        if (hooks.stopRequested() || !(await doStep())) return await stop();
        if (keeper.isDue(training.checkpointEveryMinutes) && position.step < stepsPerEpoch)
          await keeper.saveLast(await keeper.takeSnapshot(position), describeProgress());
      }
      await closeEpoch();
    }

    const epochsDone = position.epoch - 1;
    if (epochsDone < maxEpochs && !hasRunOut(best, patienceEpochs, epochsDone))
      return { outcome: 'halted', reason: 'halting', epochsDone, metric, best };
    if (best.epoch === undefined) {
      // Nothing was watched: the last epoch counts, or the network as initialised.
      await keeper.saveBest(await keeper.takeSnapshot(position), { epoch: epochsDone });
      best = { epoch: epochsDone };
    }
    const reason = epochsDone >= maxEpochs ? 'max-epochs' : 'early-stopping';
    return { outcome: 'finished', reason, epochsDone, metric, best };
  } finally {
    losses.dispose();
    state.dispose();
  }
}

/** The network on the engine, as it is trained and as it is evaluated. */
function prepareNetwork(options: TrainingOptions): { context: StepContext; evaluated: NetworkFunctions } {
  const { engine, model, training, seed, microBatchSize, hooks, restore } = options;
  const { tf } = engine;
  const conflict = findMicroBatchConflict(microBatchSize, describeBatch(training).units, model.encoder);
  if (conflict !== undefined) throw new OneshotError('usage', `training.microBatchSize: ${conflict}`);
  const whole = describeNetwork(model, options.imageSize, options.channels);
  const shape = withTaskParameters(
    shapeBehind(whole, options.fixedLayers ?? 0),
    training.task,
    options.classCount ?? 0,
  );
  const optimizer = buildOptimizer(
    training.optimizer,
    shape.parameters.filter(({ role }) => role !== 'statistic'),
  );
  const layout = { shape, slotNames: optimizer.slotNames, averaged: training.averaging !== undefined };
  const state = uploadState(tf, layout, restore?.arrays ?? drawInitialState(layout, seed, options.given));
  const unreached = findUnreached(shape, training.task);
  const network = buildNetwork(tf, model, shape, state.weights);
  const averaged = state.averages && buildNetwork(tf, model, shape, state.averages);
  return {
    context: {
      engine,
      training,
      state,
      optimizer,
      unreached,
      network,
      seed,
      microBatchSize,
      stopRequested: hooks.stopRequested,
    },
    evaluated: makeNetworkFunctions(tf, averaged ?? network),
  };
}

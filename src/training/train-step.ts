// One optimizer step: gradients of a batch, in micro-batches where memory asks for it, then the update of weights,
// optimizer state, running statistics and averages. Between two flushes everything is one recorded graph, and nothing is
// read, so a recording engine runs each micro-batch as one call.
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import type { NamedTensorMap, Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import { OneshotError } from '../base/problem.js';
import { randomStream } from '../base/random-stream.js';
import type { Task, Training } from '../config/experiment.js';
import type { Batch } from '../data/sampling/batch.js';
import { type Engine, feedOf } from '../engine/engine.js';
import type { Feed } from '../layers/layer.js';
import { TASK_NAME } from '../layers/layer-name.js';
import { sizeOf } from '../layers/shape.js';
import { DEFAULT_MARGIN, lossTypeOf } from '../model/losses/registry.js';
import type { Network, TrainingMode } from '../model/network.js';
import type { BuiltOptimizer, ScalarAt, StepPosition } from '../optimizers/optimizer.js';
import { taskTypeOf } from '../tasks/registry.js';
import type { TaskContext } from '../tasks/task.js';
import { averagingDecayAt, updateAverage } from './averaging.js';
import type { TrainingPosition } from './checkpoint.js';
import { clipGradients } from './clip-gradients.js';
import type { TrainingState } from './training-state.js';

/** What a step works with and on. */
export interface StepContext {
  readonly engine: Engine;
  readonly network: Network;
  readonly training: Training;
  readonly state: TrainingState;
  readonly optimizer: BuiltOptimizer;
  /** Paths of parameters that stay as they are: `findUnreached`. */
  readonly unreached: ReadonlySet<string>;
  readonly seed: number;
  /** Units (pairs, groups or pictures) that are computed at once. */
  readonly microBatchSize: number;
  /** Asked between micro-batches: whether to leave the step undone. */
  stopRequested(): boolean;
}

/** Loss and gradients that are summed over the micro-batches of a step. */
interface Sum {
  readonly loss: Scalar;
  /** By path. */
  readonly gradients: ReadonlyMap<string, Tensor>;
}

/** What one step differs in from the others. */
export interface Step {
  readonly batch: Batch;
  readonly position: TrainingPosition;
  readonly progress: StepPosition;
}

/**
 * Does one step and returns its mean loss, a scalar that the caller disposes of; undefined when a stop was requested
 * between two micro-batches, in which case nothing has changed.
 */
export type StepRunner = (step: Step) => Promise<Scalar | undefined>;

/** Returns what does the steps of a training. A step that is computed in one piece is traced. */
export function createStepRunner(context: StepContext): StepRunner {
  const { engine, training, network, microBatchSize } = context;
  const { tf } = engine;
  const whole = engine.traceStep<Step>(({ batch }, feed) => {
    const statistics = new Map<string, Tensor>();
    const feedBatch: Feed<Batch> = (read, ...rest) => feed((step) => read(step.batch), ...rest);
    const { loss, gradients } = differentiate(context, batch, 1, feedBatch, {
      uniformNoise: (layer, shape) => feed((step) => drawNoise(context, layer, sizeOf(shape), step.position, 0), shape),
      // Kept, since it is made within the gradient's own tidy.
      updateStatistic: (path, value) => statistics.set(path, tf.keep(value)),
    });
    applyUpdate(
      context,
      clip(context, gradients),
      statistics,
      (read) => feed((step) => [read(step.progress)], []) as Scalar,
    );
    tf.dispose([...statistics.values()]);
    return [loss];
  });
  return async (step) => {
    const units = countUnits(step.batch, sizeOf(network.shape.input), training.task, step.position);
    return units <= microBatchSize ? (whole(step)[0] as Scalar) : runInPieces(context, step, units);
  };
}

async function runInPieces(
  context: StepContext,
  { batch, position, progress }: Step,
  units: number,
): Promise<Scalar | undefined> {
  const { engine, training, network, microBatchSize } = context;
  const { tf } = engine;
  const task = taskTypeOf(training.task);
  const pixelsPerPicture = sizeOf(network.shape.input);
  let previous: Sum | undefined;

  for (let first = 0, index = 0; ; first += microBatchSize, index++) {
    const count = Math.min(microBatchSize, units - first);
    const isLast = first + count >= units;
    const micro = task.slice(training.task, batch, first, count, pixelsPerPicture);
    const statistics = new Map<string, Tensor>();
    const mode: TrainingMode = {
      uniformNoise: (layer, shape) => tf.tensor(drawNoise(context, layer, sizeOf(shape), position, index), [...shape]),
      // Kept, since it is made within the gradient's own tidy.
      updateStatistic: (path, value) => statistics.set(path, tf.keep(value)),
    };
    const sum = tf.tidy(() => {
      const own = differentiate(context, micro, count / units, feedOf(tf, micro), mode);
      const total = previous === undefined ? own : addSums(context, previous, own);
      if (!isLast) return asContainer(total);
      applyUpdate(context, clip(context, total.gradients), statistics, (read) => tf.scalar(read(progress)));
      return { loss: total.loss };
    });
    tf.dispose([...statistics.values()]);
    engine.flush();
    if (previous !== undefined) disposeSum(context, previous);
    if (isLast) return sum.loss as Scalar;

    previous = fromContainer(sum);
    await yieldToEvents();
    if (context.stopRequested()) {
      disposeSum(context, previous);
      return undefined;
    }
  }
}

/** Units of a batch. Throws a OneshotError 'internal' when it is not made of whole ones. */
function countUnits(batch: Batch, pixelsPerPicture: number, task: Task, position: TrainingPosition): number {
  const { images, labels, classes } = batch;
  const pictures = images.length / pixelsPerPicture;
  const type = taskTypeOf(task);
  const { picturesPerUnit } = type.describeBatch(task);
  const units = pictures / picturesPerUnit;
  const readsClasses = type.readsClasses?.(task) ?? false;
  const isLabelled = type.truth !== 'labels' || labels?.length === units;
  const isClassified = classes === undefined ? !readsClasses : classes.length === pictures;
  if (Number.isInteger(units) && units > 0 && isLabelled && isClassified) return units;
  const where = `the batch of epoch ${position.epoch}, step ${position.step + 1}`;
  const classCount = readsClasses ? ` and ${classes?.length ?? 'no'} classes` : '';
  const holds = `${images.length} numbers of pictures and ${labels?.length ?? 'no'} labels${classCount}`;
  const needs = `${picturesPerUnit} pictures of ${pixelsPerPicture} numbers for each unit of task ${task.type}`;
  throw new OneshotError('internal', `${where} holds ${holds}; it needs ${needs}`);
}

/** Numbers in [0, 1) for a layer's random mask, by the place in the training. */
function drawNoise(
  { seed }: StepContext,
  layer: string,
  count: number,
  { epoch, step }: TrainingPosition,
  microBatch: number,
): Float32Array {
  const stream = randomStream(seed, 'dropout', layer, epoch, step, microBatch);
  return new Float32Array(count).map(() => stream.uniform());
}

function clip({ engine: { tf }, training }: StepContext, gradients: Sum['gradients']): Sum['gradients'] {
  const { globalNorm } = training.gradientClipping ?? {};
  return globalNorm === undefined ? gradients : clipGradients(tf, gradients, globalNorm);
}

/** Loss and gradients of a micro-batch, both times its share of the batch, so that the sum over all is the batch's mean. */
function differentiate(context: StepContext, batch: Batch, share: number, feed: Feed<Batch>, mode: TrainingMode): Sum {
  const { engine, network, training, state, unreached } = context;
  const { tf } = engine;
  const paths = [...state.slots.keys()];
  const variables = paths.map((path) => state.weights.get(path) as Variable);
  const { value, grads } = tf.variableGrads(() => {
    const taskContext: TaskContext = {
      tf,
      network,
      loss: lossTypeOf(training.loss),
      margin: training.margin ?? DEFAULT_MARGIN,
      training: mode,
      feed,
      parameter: (name) => state.weights.get(`${TASK_NAME}/${name}`) as Tensor,
    };
    const loss = taskTypeOf(training.task).loss(training.task, batch, taskContext);
    return share === 1 ? loss : tf.mul(loss, share);
  }, variables);
  return {
    loss: value,
    // A parameter that the loss does not touch (the head's scale under a loss of distances) has no gradient.
    gradients: new Map(
      paths.map((path, index) => {
        const variable = variables[index] as Variable;
        const gradient = unreached.has(path) ? undefined : grads[variable.name];
        return [path, gradient ?? tf.zerosLike(variable)];
      }),
    ),
  };
}

/** New values into weights, optimizer state, statistics and averages. */
function applyUpdate(
  { engine, state, optimizer, training }: StepContext,
  gradients: ReadonlyMap<string, Tensor>,
  statistics: ReadonlyMap<string, Tensor>,
  scalarAt: ScalarAt,
): void {
  const { tf } = engine;
  const inputs = new Map(
    [...gradients].map(([path, gradient]) => [
      path,
      { value: state.weights.get(path) as Tensor, gradient, slots: state.slots.get(path) as readonly Tensor[] },
    ]),
  );
  const outputs = optimizer.update(tf, inputs, scalarAt);
  const newWeights = new Map(statistics);
  for (const [path, { value, slots }] of outputs) {
    newWeights.set(path, value);
    slots.forEach((slot, index) => {
      state.slots.get(path)?.[index]?.assign(slot);
    });
  }
  for (const [path, value] of newWeights) state.weights.get(path)?.assign(value);
  if (state.averages === undefined || training.averaging === undefined) return;
  const { decay } = training.averaging;
  const leaves = scalarAt(({ stepsDone }) => 1 - averagingDecayAt(decay, stepsDone));
  for (const [path, average] of state.averages)
    average.assign(updateAverage(tf, average, state.weights.get(path) as Tensor, leaves));
}

function addSums({ engine: { tf } }: StepContext, a: Sum, b: Sum): Sum {
  return {
    loss: tf.add(a.loss, b.loss),
    gradients: new Map(
      [...a.gradients].map(([path, gradient]) => [path, tf.add(gradient, b.gradients.get(path) as Tensor)]),
    ),
  };
}

function disposeSum({ engine: { tf } }: StepContext, sum: Sum): void {
  tf.dispose([sum.loss, ...sum.gradients.values()]);
}

// `tidy` keeps tensors in objects and arrays, not in maps. A path may be called `loss`, hence the prefix.
const GRADIENT = 'gradient/';

function asContainer(sum: Sum): NamedTensorMap {
  const gradients = [...sum.gradients].map(([path, tensor]) => [GRADIENT + path, tensor]);
  return { loss: sum.loss, ...Object.fromEntries(gradients) };
}

function fromContainer({ loss, ...gradients }: NamedTensorMap): Sum {
  return {
    loss: loss as Scalar,
    gradients: new Map(Object.entries(gradients).map(([name, tensor]) => [name.slice(GRADIENT.length), tensor])),
  };
}

// A training small enough for the plain cpu engine: 8 x 8 pictures of characters that are bars and corners, as pairs or
// as groups, and hooks that remember what they are told.
import { randomStream } from '../../src/base/random-stream.js';
import type { Layer, Model, Training } from '../../src/config/experiment.js';
import type { Batch } from '../../src/data/sampling/batch.js';
import { describeBatch } from '../../src/tasks/describe-batch.js';
import type { TrainingCheckpoint, WeightsCheckpoint } from '../../src/training/checkpoint.js';
import type { TrainingOptions } from '../../src/training/train.js';
import type { TrainingHooks } from '../../src/training/training-hooks.js';

const IMAGE_SIZE = 8;
const SEED = 11;

const heNormal = { type: 'heNormal' } as const;
const zeros = { type: 'zeros' } as const;
const batchNorm: Layer = { type: 'batchNorm', epsilon: 1e-5, statisticsMomentum: 0.9 };
const conv: Layer = {
  name: 'conv1',
  type: 'conv',
  filters: 4,
  kernelSize: 3,
  stride: 1,
  padding: 'same',
  useBias: true,
  weightInitializer: heNormal,
  biasInitializer: zeros,
};
const embedding: Layer = {
  name: 'embedding',
  type: 'dense',
  units: 8,
  useBias: true,
  weightInitializer: { type: 'glorotUniform' },
  biasInitializer: zeros,
};
const head: Model['head'] = {
  type: 'weightedL1',
  weightInitializer: { type: 'constant', value: -0.5 },
  biasInitializer: { type: 'constant', value: 1 },
};

/** conv, relu, max pool, dense, sigmoid. */
export const plainModel: Model = {
  encoder: [conv, { type: 'relu' }, { type: 'maxPool', size: 2, padding: 'valid' }, embedding, { type: 'sigmoid' }],
  head,
};

/** The same with batch normalisation and dropout. */
export const noisyModel: Model = {
  encoder: [
    conv,
    batchNorm,
    { type: 'relu' },
    { type: 'maxPool', size: 2, padding: 'valid' },
    { type: 'dropout', rate: 0.2 },
    embedding,
    { type: 'sigmoid' },
  ],
  head,
};

export const pairTraining: Training = {
  task: { type: 'verification', pairs: { count: 16, redraw: 'never', different: 'within-alphabet' } },
  batchSize: 8,
  microBatchSize: 'auto',
  loss: 'binaryCrossEntropy',
  optimizer: {
    type: 'sgd',
    learningRate: 0.1,
    momentum: { from: 0.5, to: 0.9, rampEpochs: 3 },
    l2: { value: 0.001, coupling: 'coupled' },
  },
  schedule: { type: 'exponential', decayPerEpoch: 0.9 },
  maxEpochs: 4,
  checkpointEveryMinutes: 10,
};

export const groupTraining: Training = {
  ...pairTraining,
  batchSize: undefined,
  task: { type: 'allPairs', alphabets: 2, characters: 3, drawers: 2, negatives: 'hard' },
  optimizer: { type: 'adamW', learningRate: 0.02, beta1: 0.9, beta2: 0.98, epsilon: 1e-8, weightDecay: 0.01 },
  schedule: { type: 'cosine', warmupFraction: 0.1, finalFraction: 0 },
  averaging: { decay: 0.99 },
};

/** A distance that is given, as losses and tasks of distances need. */
export const distanceModel: Model = { ...noisyModel, head: { type: 'l2', squared: true, scale: 0.5, bias: 1 } };

export const episodeTraining: Training = {
  ...groupTraining,
  task: { type: 'episodes', alphabets: 2, characters: 3, drawers: 2, shots: 1, classHead: { weight: 1, scale: 8 } },
  gradientClipping: { globalNorm: 1 },
};

export const classTraining: Training = {
  ...groupTraining,
  batchSize: 12,
  task: { type: 'classification', softmax: 'cosine', scale: 8 },
  schedule: { type: 'oneCycle', warmupFraction: 0.3, startFraction: 0.1, finalFraction: 0 },
};

/** Character 0 … 5: a bar at one of three columns or rows of a square picture, with noise that differs per draw. */
function drawCharacter(target: Float32Array, character: number, stream: ReturnType<typeof randomStream>): void {
  const size = Math.sqrt(target.length);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const across = character < 3 ? row : column;
      const isInk = Math.floor((3 * across) / size) === character % 3;
      target[row * size + column] = (isInk ? 0.8 : 0) + 0.2 * stream.uniform();
    }
  }
}

/** Pairs or groups as the task wants them, a function of epoch and step. */
export async function drawTinyBatch(
  training: Training,
  imageSize: number,
  epoch: number,
  step: number,
): Promise<Batch> {
  const stream = randomStream(SEED, 'batch', epoch, step);
  const numbers = imageSize * imageSize;
  if (training.task.type === 'verification') {
    const pairs = training.batchSize!;
    const images = new Float32Array(2 * pairs * numbers);
    const labels = new Float32Array(pairs);
    for (let pair = 0; pair < pairs; pair++) {
      const first = stream.integer(6);
      labels[pair] = pair % 2;
      const second = labels[pair] ? first : (first + 1 + stream.integer(5)) % 6;
      drawCharacter(images.subarray(pair * numbers, (pair + 1) * numbers), first, stream);
      drawCharacter(images.subarray((pairs + pair) * numbers, (pairs + pair + 1) * numbers), second, stream);
    }
    return { images, labels };
  }
  if (!('alphabets' in training.task)) {
    const classes = Int32Array.from({ length: training.batchSize! }, () => stream.integer(6));
    const images = new Float32Array(classes.length * numbers);
    for (const [picture, character] of classes.entries())
      drawCharacter(images.subarray(picture * numbers, (picture + 1) * numbers), character, stream);
    return { images, classes };
  }
  const { alphabets, characters, drawers } = training.task;
  const images = new Float32Array(alphabets * characters * drawers * numbers);
  for (let picture = 0; picture < alphabets * characters * drawers; picture++) {
    const alphabet = Math.floor(picture / (characters * drawers));
    const character = Math.floor(picture / drawers) % characters;
    drawCharacter(images.subarray(picture * numbers, (picture + 1) * numbers), alphabet * 3 + character, stream);
  }
  const classes = Int32Array.from({ length: alphabets * characters * drawers }, (_, at) => Math.floor(at / drawers));
  return { images, classes };
}

/** What the hooks were told. */
export interface Recording {
  readonly metrics: [key: string, step: number, value: number][];
  readonly last: TrainingCheckpoint[];
  readonly best: WeightsCheckpoint[];
}

/** Hooks that remember, tell the number of finished steps as the time in ms, and stop before step `stopAfter` + 1. */
export function recordHooks(options: { stopAfter?: number; validate?: TrainingHooks['validate'] } = {}): {
  hooks: TrainingHooks;
  recording: Recording;
} {
  const recording: Recording = { metrics: [], last: [], best: [] };
  let steps = 0;
  const hooks: TrainingHooks = {
    log: (key, step, value) => recording.metrics.push([key, step, value]),
    validate: options.validate ?? (() => undefined),
    saveLast: (checkpoint) => void recording.last.push(checkpoint),
    saveBest: (checkpoint) => void recording.best.push(checkpoint),
    stopRequested: () => steps >= (options.stopAfter ?? Number.POSITIVE_INFINITY),
    progress: () => {
      steps++;
    },
    now: () => steps,
  };
  return { hooks, recording };
}

/** Options of a tiny training with everything that can be left out filled in. */
export function tinyOptions(
  given: Pick<TrainingOptions, 'engine'> & Partial<TrainingOptions>,
): Omit<TrainingOptions, 'hooks'> & Partial<Pick<TrainingOptions, 'hooks'>> {
  const training = given.training ?? pairTraining;
  const imageSize = given.imageSize ?? IMAGE_SIZE;
  return {
    model: plainModel,
    imageSize,
    training,
    seed: 1,
    stepsPerEpoch: 5,
    microBatchSize: describeBatch(training).units,
    classCount: 6,
    batches: (epoch, step) => drawTinyBatch(training, imageSize, epoch, step),
    ...given,
  };
}

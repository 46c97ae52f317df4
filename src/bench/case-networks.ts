// The measured steps in plain TensorFlow.js, so that every engine runs the same code. bench/torch_steps.py has the same
// networks, losses and optimizers in PyTorch. Pictures and weights are drawn from named streams.
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs';
import { randomStream } from '../base/random-stream.js';
import type { Engine } from '../engine/engine.js';
import type { Feed, TensorFlow } from '../layers/layer.js';
import type { BenchCaseName } from './bench-cases.js';

/** A network with its batch. Both functions read one number at the end, so that the work is done when they return. */
export interface CaseSteps {
  /** One training step; its loss before the update. */
  train(): Promise<number>;
  /** One forward pass; the mean of the embeddings. */
  forward(): Promise<number>;
}

type Variables = Readonly<Record<string, Variable>>;
/** `feed` brings in numbers that depend on how many steps were done. */
type Update = (gradients: Readonly<Record<string, Tensor>>, feed: Feed<number>) => void;

interface CaseNetwork {
  readonly variables: Variables;
  embed(): Tensor2D;
  loss(embeddings: Tensor2D): Scalar;
  readonly update: Update;
}

/** The case's steps; their tensors live until the process ends. */
export function createCaseSteps({ tf, traceStep }: Engine, name: BenchCaseName): CaseSteps {
  const { variables, embed, loss, update } = CREATORS[name](tf);
  const train = traceStep<number>((_, feed) => {
    const { value, grads } = tf.variableGrads(() => loss(embed()), Object.values(variables));
    const gradients = Object.entries(variables).map(([key, { name: id }]) => [key, grads[id] as Tensor]);
    update(Object.fromEntries(gradients), feed);
    return [value];
  });
  const forward = traceStep<null>(() => [tf.mean(embed())]);
  let steps = 0;
  const readNumber = async (scalar: Tensor) => {
    const [value] = await scalar.data();
    scalar.dispose();
    return value as number;
  };
  return {
    train: () => readNumber(train(steps++)[0] as Tensor),
    forward: () => readNumber(forward(null)[0] as Tensor),
  };
}

const CREATORS: Readonly<Record<BenchCaseName, (tf: TensorFlow) => CaseNetwork>> = {
  'koch-8': (tf) => createKoch(tf, 8),
  'koch-32': (tf) => createKoch(tf, 32),
  'small-128': (tf) => createSmall(tf, 128),
  'all-pairs-320': createAllPairs,
};

/** Koch et al. 2015: four convolutions, a dense layer, the weighted L1 distance; SGD with momentum and L2. */
function createKoch(tf: TensorFlow, pairs: number): CaseNetwork {
  const convolutions = [
    [10, 1, 64],
    [7, 64, 128],
    [4, 128, 128],
    [4, 128, 256],
  ] as const;
  const shapes: Shapes = { dense: [9216, 4096], denseBias: [4096], head: [4096, 1], headBias: [1] };
  convolutions.forEach(([size, inputs, outputs], index) => {
    shapes[`filter${index}`] = [size, size, inputs, outputs];
    shapes[`bias${index}`] = [outputs];
  });
  const v = createVariables(tf, shapes);
  const pictures = createPictures(tf, 2 * pairs, 105);
  const labels = tf.tensor2d(
    Array.from({ length: pairs }, (_, index) => index % 2),
    [pairs, 1],
  );
  return {
    variables: v,
    embed() {
      let h: Tensor4D = pictures;
      convolutions.forEach((_, index) => {
        const convolved = tf.conv2d(h, v[`filter${index}`] as Variable & Tensor4D, 1, 'valid');
        h = tf.relu(tf.add(convolved, v[`bias${index}`] as Variable));
        if (index < 3) h = tf.maxPool(h, 2, 2, 'valid');
      });
      const flat = tf.reshape(h, [2 * pairs, 9216]) as Tensor2D;
      return tf.sigmoid(tf.add(tf.matMul(flat, v.dense as Variable & Tensor2D), v.denseBias as Variable));
    },
    loss(embeddings) {
      const [a, b] = tf.split(embeddings, 2, 0) as [Tensor2D, Tensor2D];
      const distances = tf.abs(tf.sub(a, b)) as Tensor2D;
      const logits = tf.add(tf.matMul(distances, v.head as Variable & Tensor2D), v.headBias as Variable);
      const softplus = tf.softplus(tf.neg(tf.abs(logits)));
      return tf.mean(tf.add(tf.sub(tf.relu(logits), tf.mul(logits, labels)), softplus));
    },
    update: momentumUpdate(tf, v, { learningRate: 1e-3, momentum: 0.9, l2: 2e-4 }),
  };
}

/** Four blocks of 64 filters; the loss is the mean square of the embeddings; Adam. */
function createSmall(tf: TensorFlow, batch: number): CaseNetwork {
  const shapes: Shapes = {};
  for (let index = 0; index < 4; index++) addBlock(shapes, index, index === 0 ? 1 : 64, 64);
  const v = createVariables(tf, shapes);
  const pictures = createPictures(tf, batch, 28);
  return {
    variables: v,
    embed() {
      let h: Tensor4D = pictures;
      for (let index = 0; index < 4; index++) h = applyBlock(tf, v, index, h, true);
      return tf.reshape(h, [batch, 64]);
    },
    loss: (embeddings) => tf.mean(tf.square(embeddings)),
    update: adamUpdate(tf, v, { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, decay: 0 }),
  };
}

/** 4 groups of 20 characters x 4 drawers, each picture with all others of its group; hard negatives; AdamW. */
function createAllPairs(tf: TensorFlow): CaseNetwork {
  const [groups, characters, drawers, units] = [4, 20, 4, 256];
  const size = characters * drawers;
  const filters = [1, 32, 64, 128, 128];
  const shapes: Shapes = { dense: [1152, units], scale: [units], offset: [units], distance: [units], bias: [] };
  for (let index = 0; index < 4; index++) addBlock(shapes, index, filters[index]!, filters[index + 1]!);
  const v = createVariables(tf, shapes);
  v.distance?.assign(tf.fill([units], 40 / units));
  v.bias?.assign(tf.scalar(3));
  const pictures = createPictures(tf, groups * size, 28);
  const character = Array.from({ length: size }, (_, index) => Math.floor(index / drawers));
  const table = (value: (row: number, column: number) => boolean) =>
    tf.tensor2d(
      character.map((_, row) => character.map((_other, column) => Number(value(row, column)))),
      [size, size],
    );
  const positives = table((row, column) => row !== column && character[row] === character[column]);
  const sameCharacter = table((row, column) => character[row] === character[column]);
  /** Softmax over each row's negatives, without a gradient. */
  const weigh = tf.customGrad((logits) => ({
    value: tf.softmax(tf.sub(logits as Tensor, tf.mul(sameCharacter, 1e9))),
    gradFunc: (dy: Tensor) => tf.zerosLike(dy),
  }));
  return {
    variables: v,
    embed() {
      let h: Tensor4D = pictures;
      for (let index = 0; index < 4; index++) h = applyBlock(tf, v, index, h, index < 3);
      const flat = tf.reshape(h, [groups * size, 1152]) as Tensor2D;
      const dense = tf.matMul(flat, v.dense as Variable & Tensor2D) as Tensor2D;
      const { mean, variance } = tf.moments(dense, 0);
      const [offset, scale] = [v.offset as Variable & Tensor1D, v.scale as Variable & Tensor1D];
      return tf.sigmoid(tf.batchNorm2d(dense, mean as Tensor1D, variance as Tensor1D, offset, scale, 1e-5));
    },
    loss(embeddings) {
      const h = tf.reshape(embeddings, [groups, size, units]);
      const distances = tf.abs(tf.sub(tf.expandDims(h, 2), tf.expandDims(h, 1))); // [groups, size, size, units]
      const logits = tf.sub(v.bias as Variable, tf.sum(tf.mul(distances, v.distance as Variable), -1));
      const positive = tf.div(tf.sum(tf.mul(tf.softplus(tf.neg(logits)), positives)), groups * size * (drawers - 1));
      const negative = tf.mean(tf.sum(tf.mul(weigh(logits), tf.softplus(logits)), -1));
      return tf.mul(0.5, tf.add(positive, negative));
    },
    update: adamUpdate(tf, v, { learningRate: 5e-3, beta1: 0.9, beta2: 0.98, decay: 0.02 }),
  };
}

function addBlock(shapes: Shapes, index: number, inputs: number, outputs: number): void {
  Object.assign(shapes, {
    [`filter${index}`]: [3, 3, inputs, outputs],
    [`scale${index}`]: [outputs],
    [`offset${index}`]: [outputs],
  });
}

/** Convolution, batch norm with the batch's statistics, relu and, where asked for, pooling. */
function applyBlock(tf: TensorFlow, v: Variables, index: number, x: Tensor4D, isPooled: boolean): Tensor4D {
  const convolved = tf.conv2d(x, v[`filter${index}`] as Variable & Tensor4D, 1, 'same');
  const { mean, variance } = tf.moments(convolved, [0, 1, 2]);
  const [offset, scale] = [v[`offset${index}`] as Variable & Tensor1D, v[`scale${index}`] as Variable & Tensor1D];
  const normalized = tf.batchNorm4d(convolved, mean as Tensor1D, variance as Tensor1D, offset, scale, 1e-5);
  const active = tf.relu(normalized);
  return isPooled ? tf.maxPool(active, 2, 2, 'valid') : active;
}

type Shapes = Record<string, readonly number[]>;

const DRAWN_NUMBERS = 99_991;

/** A variable alone with its first value, which an engine may then write over. */
function createVariable(tf: TensorFlow, createValue: () => Tensor, trainable = true): Variable {
  return tf.tidy(() => tf.variable(createValue(), trainable));
}

/** Weights are uniform with the variance 2 / fan-in; scales are 1, other vectors 0. */
function createVariables(tf: TensorFlow, shapes: Shapes): Variables {
  const entries = Object.entries(shapes).map(([name, shape]) => {
    if (shape.length < 2)
      return [name, createVariable(tf, () => (name.startsWith('scale') ? tf.ones([...shape]) : tf.zeros([...shape])))];
    const random = randomStream(1, 'bench', name);
    const size = shape.reduce((product, length) => product * length, 1);
    const limit = Math.sqrt((6 * (shape.at(-1) as number)) / size);
    // Drawn once and repeated: millions of draws would be a large part of the start-up.
    const drawn = Float32Array.from({ length: Math.min(size, DRAWN_NUMBERS) }, () => random.between(-limit, limit));
    const values = new Float32Array(size);
    for (let start = 0; start < size; start += DRAWN_NUMBERS)
      values.set(drawn.subarray(0, Math.min(DRAWN_NUMBERS, size - start)), start);
    return [name, createVariable(tf, () => tf.tensor(values, [...shape]))];
  });
  return Object.fromEntries(entries) as Variables;
}

/** One pixel in five is ink. */
function createPictures(tf: TensorFlow, count: number, size: number): Tensor4D {
  const random = randomStream(1, 'bench', 'pictures');
  return tf.tensor4d(
    Float32Array.from({ length: count * size * size }, () => Number(random.chance(0.2))),
    [count, size, size, 1],
  );
}

function zerosBeside(tf: TensorFlow, variables: Variables): Variables {
  return Object.fromEntries(
    Object.entries(variables).map(([name, { shape }]) => [name, createVariable(tf, () => tf.zeros(shape), false)]),
  );
}

function momentumUpdate(
  tf: TensorFlow,
  variables: Variables,
  { learningRate, momentum, l2 }: { learningRate: number; momentum: number; l2: number },
): Update {
  const velocities = zerosBeside(tf, variables);
  return (gradients) =>
    tf.tidy(() => {
      for (const [name, variable] of Object.entries(variables)) {
        const velocity = velocities[name] as Variable;
        const gradient = tf.add(gradients[name] as Tensor, tf.mul(variable, l2));
        velocity.assign(tf.add(tf.mul(velocity, momentum), gradient));
        variable.assign(tf.sub(variable, tf.mul(velocity, learningRate)));
      }
    });
}

/** Adam with decoupled decay (Loshchilov and Hutter 2019, algorithm 2). */
function adamUpdate(
  tf: TensorFlow,
  variables: Variables,
  { learningRate, beta1, beta2, decay }: { learningRate: number; beta1: number; beta2: number; decay: number },
): Update {
  const [first, second] = [zerosBeside(tf, variables), zerosBeside(tf, variables)];
  const rateAt = (steps: number) => (learningRate * Math.sqrt(1 - beta2 ** steps)) / (1 - beta1 ** steps);
  return (gradients, feed) =>
    tf.tidy(() => {
      const rate = feed((stepsDone) => [rateAt(stepsDone + 1)], []);
      for (const [name, variable] of Object.entries(variables)) {
        const [mean, square] = [first[name] as Variable, second[name] as Variable];
        const gradient = gradients[name] as Tensor;
        mean.assign(tf.add(tf.mul(mean, beta1), tf.mul(gradient, 1 - beta1)));
        square.assign(tf.add(tf.mul(square, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
        const change = tf.div(tf.mul(rate, mean), tf.add(tf.sqrt(square), 1e-8));
        variable.assign(tf.sub(decay > 0 ? tf.mul(variable, 1 - learningRate * decay) : variable, change));
      }
    });
}

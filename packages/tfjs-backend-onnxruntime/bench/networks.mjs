/**
 * The three training steps that are measured, in plain TensorFlow.js. peer.py has the same ones in PyTorch.
 * Each creator returns a step: one batch through forward, backward and update; it returns the loss.
 */
import * as tf from '@tensorflow/tfjs';

/** Returns random numbers of a seeded generator (mulberry32). */
function createRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Returns a variable; its initial value is disposed of with the first update, not kept beside it. */
function createVariable(createValue, isTrained = true) {
  return tf.tidy(() => tf.variable(createValue(), isTrained));
}

function createVariables(shapes, seed) {
  const random = createRandom(seed);
  const variables = {};
  for (const [name, [shape, deviation, mean = 0]] of Object.entries(shapes)) {
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    for (let i = 0; i < values.length; i++) {
      const radius = deviation === 0 ? 0 : Math.sqrt(-2 * Math.log(1 - random())) * deviation;
      values[i] = mean + radius * Math.cos(2 * Math.PI * random());
    }
    variables[name] = createVariable(() => tf.tensor(values, shape));
  }
  return variables;
}

function createImages(count, size, seed) {
  const random = createRandom(seed);
  const values = Float32Array.from({ length: count * size * size }, () => (random() < 0.2 ? 1 : 0));
  return tf.tensor4d(values, [count, size, size, 1]);
}

function computeGradients(variables, loss) {
  const { value, grads } = tf.variableGrads(loss, Object.values(variables));
  const byName = Object.fromEntries(Object.entries(variables).map(([name, variable]) => [name, grads[variable.name]]));
  return { value, grads: byName };
}

function finishStep({ value, grads }) {
  // First, so that the gradients need not be stored when the loss is read.
  tf.dispose(grads);
  const loss = value.dataSync()[0];
  value.dispose();
  return loss;
}

/** SGD with momentum 0.9 and L2, as Koch et al. 2015 train. */
function createMomentumUpdate(variables, learningRate, l2) {
  const velocities = {};
  for (const [name, variable] of Object.entries(variables)) {
    velocities[name] = createVariable(() => tf.zeros(variable.shape), false);
  }
  return (grads) =>
    tf.tidy(() => {
      for (const [name, variable] of Object.entries(variables)) {
        const gradient = tf.add(grads[name], tf.mul(variable, l2));
        velocities[name].assign(tf.add(tf.mul(velocities[name], 0.9), gradient));
        variable.assign(tf.sub(variable, tf.mul(velocities[name], learningRate)));
      }
    });
}

/** Adam with decoupled weight decay (Loshchilov and Hutter 2019). */
function createAdamUpdate(variables, { learningRate, beta1, beta2, decay }) {
  const first = {};
  const second = {};
  for (const [name, variable] of Object.entries(variables)) {
    first[name] = createVariable(() => tf.zeros(variable.shape), false);
    second[name] = createVariable(() => tf.zeros(variable.shape), false);
  }
  let step = 0;
  return (grads) =>
    tf.tidy(() => {
      step++;
      const rate = tf.scalar((learningRate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step));
      for (const [name, variable] of Object.entries(variables)) {
        first[name].assign(tf.add(tf.mul(first[name], beta1), tf.mul(grads[name], 1 - beta1)));
        second[name].assign(tf.add(tf.mul(second[name], beta2), tf.mul(tf.square(grads[name]), 1 - beta2)));
        const change = tf.div(tf.mul(rate, first[name]), tf.add(tf.sqrt(second[name]), 1e-8));
        const kept = decay > 0 ? tf.mul(variable, 1 - learningRate * decay) : variable;
        variable.assign(tf.sub(kept, change));
      }
    });
}

/** Koch's network at 105 px: `batch` pairs. */
export function createKoch(batch) {
  const layers = [
    [10, 1, 64],
    [7, 64, 128],
    [4, 128, 128],
    [4, 128, 256],
  ];
  const shapes = {};
  layers.forEach(([kernel, input, output], index) => {
    shapes[`filter${index}`] = [[kernel, kernel, input, output], 1 / Math.sqrt(kernel * kernel * input)];
    shapes[`bias${index}`] = [[output], 0];
  });
  shapes.denseWeights = [[9216, 4096], 1 / Math.sqrt(9216)];
  shapes.denseBias = [[4096], 0];
  shapes.headWeights = [[4096, 1], 1 / Math.sqrt(4096)];
  shapes.headBias = [[1], 0];
  const v = createVariables(shapes, 1);
  const images = createImages(2 * batch, 105, 2);
  const labels = tf.tensor2d(
    Array.from({ length: batch }, (_, i) => i % 2),
    [batch, 1],
  );
  const embed = (x) => {
    let h = x;
    for (let i = 0; i < 4; i++) {
      h = tf.relu(tf.add(tf.conv2d(h, v[`filter${i}`], 1, 'valid'), v[`bias${i}`]));
      if (i < 3) h = tf.maxPool(h, 2, 2, 'valid');
    }
    return tf.sigmoid(tf.add(tf.matMul(tf.reshape(h, [2 * batch, -1]), v.denseWeights), v.denseBias));
  };
  const update = createMomentumUpdate(v, 1e-3, 2e-4);
  return () => {
    const result = computeGradients(v, () => {
      const [a, b] = tf.split(embed(images), 2, 0);
      const logits = tf.add(tf.matMul(tf.abs(tf.sub(a, b)), v.headWeights), v.headBias);
      const softplus = tf.softplus(tf.neg(tf.abs(logits)));
      return tf.mean(tf.add(tf.sub(tf.relu(logits), tf.mul(logits, labels)), softplus));
    });
    update(result.grads);
    return finishStep(result);
  };
}

function blockShapes(index, input, output) {
  return {
    [`filter${index}`]: [[3, 3, input, output], Math.sqrt(2 / (9 * input))],
    [`scale${index}`]: [[output], 0, 1],
    [`offset${index}`]: [[output], 0],
  };
}

function convolutionBlock(v, index, x, isPooled) {
  const h = tf.conv2d(x, v[`filter${index}`], 1, 'same');
  const { mean, variance } = tf.moments(h, [0, 1, 2]);
  const normalized = tf.batchNorm(h, mean, variance, v[`offset${index}`], v[`scale${index}`], 1e-5);
  const active = tf.relu(normalized);
  return isPooled ? tf.maxPool(active, 2, 2, 'valid') : active;
}

/** Four blocks of 64 filters on 28 px: `batch` images; the mean square of the embedding is the loss. */
export function createSmall(batch) {
  const shapes = {};
  for (let i = 0; i < 4; i++) Object.assign(shapes, blockShapes(i, i === 0 ? 1 : 64, 64));
  const v = createVariables(shapes, 1);
  const images = createImages(batch, 28, 2);
  const update = createAdamUpdate(v, { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, decay: 0 });
  return () => {
    const result = computeGradients(v, () => {
      let h = images;
      for (let i = 0; i < 4; i++) h = convolutionBlock(v, i, h, true);
      return tf.mean(tf.square(tf.reshape(h, [batch, -1])));
    });
    update(result.grads);
    return finishStep(result);
  };
}

/** The siamese step on all pairs: 4 groups of 20 characters × 4 drawers, hard negatives, AdamW. */
export function createAllPairs() {
  const [groups, characters, drawers] = [4, 20, 4];
  const size = characters * drawers;
  const filters = [1, 32, 64, 128, 128];
  const shapes = {};
  for (let i = 0; i < 4; i++) Object.assign(shapes, blockShapes(i, filters[i], filters[i + 1]));
  shapes.denseWeights = [[1152, 256], 1 / Math.sqrt(1152)];
  shapes.denseScale = [[256], 0, 1];
  shapes.denseOffset = [[256], 0];
  shapes.distanceWeights = [[256], 0, 40 / 256];
  shapes.distanceBias = [[], 0, 3];
  const v = createVariables(shapes, 1);
  const images = createImages(groups * size, 28, 2);
  const pairs = Array.from({ length: size * size }, (_, i) => [Math.floor(i / size), i % size]);
  const isSame = ([a, b]) => Math.floor(a / drawers) === Math.floor(b / drawers);
  const positives = tf.tensor2d(
    pairs.map((pair) => (isSame(pair) && pair[0] !== pair[1] ? 1 : 0)),
    [size, size],
  );
  const negatives = tf.tensor2d(
    pairs.map((pair) => (isSame(pair) ? 0 : 1)),
    [size, size],
  );
  const positiveCount = groups * size * (drawers - 1);
  const update = createAdamUpdate(v, { learningRate: 5e-3, beta1: 0.9, beta2: 0.98, decay: 0.02 });
  const embed = () => {
    let h = images;
    for (let i = 0; i < 4; i++) h = convolutionBlock(v, i, h, i < 3);
    const dense = tf.matMul(tf.reshape(h, [groups * size, -1]), v.denseWeights);
    const { mean, variance } = tf.moments(dense, 0);
    return tf.sigmoid(tf.batchNorm(dense, mean, variance, v.denseOffset, v.denseScale, 1e-5));
  };
  return () => {
    const result = computeGradients(v, () => {
      const h = tf.reshape(embed(), [groups, size, 256]);
      const distances = tf.abs(tf.sub(tf.expandDims(h, 2), tf.expandDims(h, 1)));
      const logits = tf.sub(v.distanceBias, tf.sum(tf.mul(distances, v.distanceWeights), -1));
      const weigh = tf.customGrad((z) => ({
        value: tf.softmax(tf.sub(z, tf.mul(tf.sub(1, negatives), 1e9))),
        gradFunc: (dy) => tf.zerosLike(dy),
      }));
      const positiveLoss = tf.div(tf.sum(tf.mul(tf.softplus(tf.neg(logits)), positives)), positiveCount);
      const negativeLoss = tf.mean(tf.sum(tf.mul(weigh(logits), tf.softplus(logits)), -1));
      return tf.mul(0.5, tf.add(positiveLoss, negativeLoss));
    });
    update(result.grads);
    return finishStep(result);
  };
}

/** The measured steps: how to create each one, and what one step processes. */
export const STEPS = {
  'koch-8': { create: () => createKoch(8), units: 8, unit: 'pairs' },
  'koch-32': { create: () => createKoch(32), units: 32, unit: 'pairs' },
  'small-128': { create: () => createSmall(128), units: 128, unit: 'images' },
  'small-360': { create: () => createSmall(360), units: 360, unit: 'images' },
  'all-pairs': { create: () => createAllPairs(), units: 320, unit: 'images' },
};

/**
 * Trains a tiny network for many steps, then runs it on many shapes, and checks that memory, tensors and the time of a
 * step stay where they were. Exit code 1 when they do not.
 * Usage: node --expose-gc bench/steadiness.mjs [--steps 20000] [--shapes 1000]
 */
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { registerOnnxRuntimeBackend } from '../dist/index.js';

const { values } = parseArgs({
  options: { steps: { type: 'string', default: '20000' }, shapes: { type: 'string', default: '1000' } },
});

const PARTS = 10;
const MAX_GROWTH_MB = 16;
const MAX_SLOWDOWN = 1.5;
const MAX_GRAPHS = 32;

const backend = registerOnnxRuntimeBackend(tf, { threads: 1, maxCompiledGraphs: MAX_GRAPHS });
await tf.setBackend('onnxruntime');
const model = tf.sequential({
  layers: [
    tf.layers.conv2d({ inputShape: [8, 8, 1], filters: 8, kernelSize: 3, activation: 'relu' }),
    tf.layers.maxPooling2d({ poolSize: 2 }),
    tf.layers.flatten(),
    tf.layers.dense({ units: 3 }),
  ],
});
const optimizer = tf.train.adam(1e-3);
const images = Float32Array.from({ length: 16 * 64 }, (_, i) => (i * 37) % 2);
const labels = Int32Array.from({ length: 16 }, (_, i) => i % 3);

/** Returns the loss after one step on a batch that is uploaded anew. */
function train() {
  return tf.tidy(() => {
    const x = tf.tensor4d(images, [16, 8, 8, 1]);
    const y = tf.oneHot(tf.tensor1d(labels, 'int32'), 3);
    const loss = optimizer.minimize(() => tf.losses.softmaxCrossEntropy(y, model.apply(x, { training: true })), true);
    return loss.dataSync()[0];
  });
}

function median(list) {
  return list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
}

function measure() {
  globalThis.gc?.();
  return {
    rssMb: process.memoryUsage.rss() / 2 ** 20,
    tensors: tf.memory().numTensors,
    data: backend.numDataIds(),
    compiles: backend.statistics.compiles,
  };
}

function print(label, state) {
  const { rssMb, tensors, data, compiles, stepMs } = state;
  const time = stepMs === undefined ? '' : `${stepMs.toFixed(2)} ms a step, `;
  console.log(
    `${label.padEnd(14)} ${time}${rssMb.toFixed(0)} MB, ${tensors} tensors, ${data} data, ${compiles} graphs`,
  );
}

const problems = [];
function expect(isTrue, problem) {
  if (!isTrue) problems.push(problem);
}

const states = [];
const stepsOfPart = Math.ceil(Number(values.steps) / PARTS);
for (let part = 1; part <= PARTS; part++) {
  const times = [];
  for (let i = 0; i < stepsOfPart; i++) {
    const start = performance.now();
    train();
    times.push(performance.now() - start);
  }
  // The event loop turns between epochs of a real training; what was collected is finalized then.
  await new Promise((resolve) => setImmediate(resolve));
  states.push({ ...measure(), stepMs: median(times) });
  print(`${part * stepsOfPart} steps`, states.at(-1));
}
const [first, last] = [states[0], states.at(-1)];
// Memory moves up and down with V8's young generation: peaks are compared.
const peakOf = (parts) => Math.max(...parts.map(({ rssMb }) => rssMb));
const growthMb = peakOf(states.slice(PARTS / 2)) - peakOf(states.slice(0, PARTS / 2));
expect(last.tensors === first.tensors && last.data === first.data, 'the number of tensors grew');
expect(last.compiles === first.compiles, 'graphs were compiled again');
expect(growthMb < MAX_GROWTH_MB, 'memory grew over the steps');
expect(last.stepMs < MAX_SLOWDOWN * first.stepMs, 'the steps became slower');

const shapes = Number(values.shapes);
let halfway;
for (let i = 1; i <= shapes; i++) {
  tf.tidy(() => tf.sum(model.apply(tf.zeros([i, 8, 8, 1]))).dataSync());
  if (i === Math.ceil(shapes / 2)) halfway = measure();
}
const end = measure();
print(`${Math.ceil(shapes / 2)} shapes`, halfway);
print(`${shapes} shapes`, end);
expect(end.tensors === last.tensors && end.data === last.data, 'shapes left tensors behind');
expect(end.rssMb - halfway.rssMb < MAX_GROWTH_MB, 'memory grew over the shapes');

for (const problem of problems) console.error(`Not steady: ${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;

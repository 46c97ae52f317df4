// One of our engines repeating one measured step. Started by bench-worker.ts with the engine's name, the case and the
// number of threads; answers each request of the channel.
import type { EngineName } from '../engine/engine.js';
import { engineTypes } from '../engine/registry.js';
import type { TensorFlow } from '../layers/layer.js';
import type { BenchCaseName } from './bench-cases.js';
import type { BenchAnswer, BenchRequest } from './bench-worker.js';
import { createCaseSteps } from './case-networks.js';

const [engineName, caseName, threads] = process.argv.slice(2) as [EngineName, BenchCaseName, string];

/** Side of the matrices whose product measures the peak, and how often it is tried. */
const MATRIX_SIDE = 1024;
const PEAK_TRIES = 8;

const started = start();

async function start() {
  const engine = await engineTypes[engineName].start({ threads: Number(threads) });
  return { engine, steps: createCaseSteps(engine, caseName) };
}

async function answer(request: BenchRequest): Promise<BenchAnswer> {
  const { engine, steps } = await started;
  if (request.kind === 'peak') return { peakFlopsPerSecond: await measurePeak(engine.tf), memoryBytes: 0 };
  const before = process.cpuUsage();
  const stepMs: number[] = [];
  for (let step = 0; step < request.steps; step++) {
    const from = performance.now();
    const value = await steps[request.kind]();
    stepMs.push(performance.now() - from);
    if (!Number.isFinite(value)) throw new Error(`${request.kind} gives ${value}`);
  }
  const { user, system } = process.cpuUsage(before);
  return { stepMs, cpuMs: (user + system) / 1000, memoryBytes: process.resourceUsage().maxRSS * 1024 };
}

async function measurePeak(tf: TensorFlow): Promise<number> {
  const matrix = tf.fill([MATRIX_SIDE, MATRIX_SIDE], 1 / MATRIX_SIDE);
  await matrix.data();
  let fastest = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < PEAK_TRIES; attempt++) {
    const from = performance.now();
    const product = tf.matMul(matrix, matrix);
    await product.data();
    fastest = Math.min(fastest, performance.now() - from);
    product.dispose();
  }
  matrix.dispose();
  return (2 * MATRIX_SIDE ** 3) / (fastest / 1000);
}

process.on('message', async (request: BenchRequest) => {
  try {
    process.send?.(await answer(request));
  } catch (error) {
    process.send?.({ memoryBytes: 0, problem: error instanceof Error ? error.message : String(error) });
  }
});

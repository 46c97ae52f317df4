/** Measures one step on the ONNX Runtime backend. Reads lines "steps N" and answers each with N step times in ms. */
import { createInterface } from 'node:readline';
import * as tf from '@tensorflow/tfjs';
import { registerOnnxRuntimeBackend } from '../dist/index.js';
import { STEPS } from './networks.mjs';

const [name, options = '{}'] = process.argv.slice(2);
const backend = registerOnnxRuntimeBackend(tf, JSON.parse(options));
await tf.setBackend('onnxruntime');
const step = STEPS[name].create();
for await (const line of createInterface({ input: process.stdin })) {
  const times = [];
  const { runMs } = backend.statistics;
  for (let i = 0; i < Number(line.split(' ')[1]); i++) {
    const start = performance.now();
    step();
    times.push(performance.now() - start);
  }
  const total = times.reduce((sum, time) => sum + time, 0);
  const javascriptMs = (total - (backend.statistics.runMs - runMs)) / times.length;
  const peakMb = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ times, peakMb, javascriptMs, compileMs: backend.statistics.compileMs }));
}

// Graphs write their profile when they are released.
backend.dispose();

/**
 * Measures training steps on this backend and on PyTorch, in turns, and prints a table of ratios.
 * Usage: node bench/run.mjs [--steps koch-8,small-128] [--rounds 5] [--python PATH] [--variants eager,channels_last]
 * [--options JSON]. Without Python's torch, this backend is measured alone.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { STEPS } from './networks.mjs';

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: Object.keys(STEPS).join(',') },
    rounds: { type: 'string', default: '5' },
    python: { type: 'string', default: 'python3' },
    variants: { type: 'string', default: 'eager,channels_last' },
    options: { type: 'string', default: '{}' },
  },
});

const WARM_UP_STEPS = 3;
const ROUND_MS = 1500;

/** Returns a process that answers "steps N" with measurements. */
function startWorker(command, args) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const measure = async (steps) => {
    child.stdin.write(`steps ${steps}\n`);
    const { value, done } = await answers.next();
    if (done) throw new Error(`${command} ${args.join(' ')} ended without an answer`);
    return JSON.parse(value);
  };
  return { measure, stop: () => child.kill() };
}

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const hasTorch = spawnSync(values.python, ['-c', 'import torch']).status === 0;

console.log('step        engine                     units/s   (slowest … fastest round)   peak MB  JS ms  ratio');
for (const name of values.steps.split(',')) {
  const { units } = STEPS[name];
  const engines = [
    { label: 'onnxruntime', command: process.execPath, args: [path('worker.mjs'), name, values.options] },
  ];
  for (const variant of hasTorch ? values.variants.split(',') : []) {
    engines.push({ label: `torch ${variant}`, command: values.python, args: [path('peer.py'), name, variant] });
  }
  for (const engine of engines) {
    Object.assign(engine, { worker: startWorker(engine.command, engine.args), rounds: [] });
    const { times } = await engine.worker.measure(WARM_UP_STEPS);
    engine.steps = Math.max(3, Math.round(ROUND_MS / times.at(-1)));
  }
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const engine of engines) {
      engine.last = await engine.worker.measure(engine.steps);
      engine.rounds.push(median(engine.last.times));
    }
  }
  const own = median(engines[0].rounds);
  for (const { label, rounds, last, worker } of engines) {
    const rate = (ms) => ((units / ms) * 1000).toFixed(1);
    const range = `(${rate(Math.max(...rounds))} … ${rate(Math.min(...rounds))})`;
    const columns = [name.padEnd(11), label.padEnd(20), rate(median(rounds)).padStart(12), range.padStart(26)];
    columns.push(last.peakMb.toFixed(0).padStart(14), (last.javascriptMs?.toFixed(1) ?? '').padStart(6));
    console.log(columns.join(' '), label === 'onnxruntime' ? '' : `${(median(rounds) / own).toFixed(2)} ×`);
    worker.stop();
  }
}

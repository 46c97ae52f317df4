/* ONNX Runtime reports home some twenty seconds after it starts, unless it is told not to: nothing may leave the machine. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const run = promisify(execFile);
const modules = new URL('../../../../node_modules/', import.meta.url);
const backend = new URL('../../dist/index.js', import.meta.url);
const SECONDS = 60;

/** Trains for a minute, in the main thread or in a worker, where `process.env` is a copy. */
const program = `
import { isMainThread, Worker } from 'node:worker_threads';
import * as tf from '${new URL('@tensorflow/tfjs/dist/tf.node.js', modules)}';
import { registerOnnxRuntimeBackend } from '${backend}';

if (isMainThread && process.argv[2] === 'worker') new Worker(new URL(import.meta.url));
else {
  registerOnnxRuntimeBackend(tf, { threads: 1 });
  await tf.setBackend('onnxruntime');
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 4, inputShape: [8] })] });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const end = Date.now() + ${SECONDS * 1000};
  let steps = 0;
  for (; Date.now() < end; steps++) {
    await model.trainOnBatch(tf.ones([4, 8]), tf.ones([4, 4]));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  console.log(steps > 100 ? 'trained' : 'only ' + steps + ' steps');
}
`;

let folder: string;

beforeAll(async () => {
  if (!existsSync('/usr/bin/strace')) {
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'strace'], { stdio: 'ignore' });
  }
  folder = await mkdtemp(join(tmpdir(), 'tfjs-backend-onnxruntime-telemetry-'));
  await writeFile(join(folder, 'train.mjs'), program);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

it.concurrent.each(['main', 'worker'])(
  'a minute of training in a %s thread asks no host and leaves no file',
  async (thread) => {
    const [home, log] = [await mkdtemp(join(folder, `home-${thread}-`)), join(folder, `calls-${thread}`)];
    const environment: NodeJS.ProcessEnv = { ...process.env, HOME: home };
    for (const name of ['ORT_DISABLE_TELEMETRY', 'XDG_CACHE_HOME', 'XDG_DATA_HOME']) delete environment[name];
    const calls = ['-f', '-e', 'trace=connect,sendto,sendmsg,sendmmsg', '-o', log];
    const { stdout } = await run('strace', [...calls, process.execPath, join(folder, 'train.mjs'), thread], {
      env: environment,
    });
    expect(stdout.trim()).toBe('trained');
    const sent = (await readFile(log, 'utf8')).split('\n').filter((line) => /connect|send/.test(line));
    expect(sent).toEqual([]);
    expect(await readdir(home, { recursive: true })).toEqual([]);
  },
);

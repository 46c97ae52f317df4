// What tracking costs training's own thread: the time in calls of the journal against the time of the steps, on the
// network of experiments/quickstart.yaml, with no server, one that answers, one that is down and one that hangs.
//   MLFLOW_TRACKING_URI=http://127.0.0.1:5000 node bench/tracking/training-thread.mjs [EPOCHS]      (default 5)
// Without the address of a server that answers, that line is left out. Prints one line for each.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const STEPS_PER_EPOCH = 50;
const epochs = Number(process.argv[2] ?? 5);
const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'oneshot-tracking-bench-'));

const hanging = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
await once(hanging, 'listening');
const servers = [
  ['none', ''],
  ['up', process.env.MLFLOW_TRACKING_URI ?? ''],
  ['down', 'http://127.0.0.1:9'],
  ['hanging', `http://127.0.0.1:${hanging.address().port}`],
].filter(([name, uri]) => name === 'none' || uri !== '');

console.log('server    step ms   tracking ms per step   share   longest call   calls');
for (const [name, uri] of servers) console.log(await measure(name, uri));
console.log(`load of the machine at the end: ${loadavg()[0].toFixed(1)}`);
hanging.close();
rmSync(folder, { recursive: true });

async function measure(name, uri) {
  const runs = join(folder, name);
  const output = join(folder, `${name}.json`);
  const child = spawn(
    process.execPath,
    [
      join(root, 'dist/programs/main.js'),
      ...['run', join(root, 'experiments/quickstart.yaml'), '--runs', runs],
      ...['--set', `training.maxEpochs=${epochs}`, '--set', 'evaluation=[]', '--set', 'baselines=[]'],
      ...['--set', `tracking.mlflow.experiment=bench-${name}`],
    ],
    {
      stdio: 'ignore',
      env: {
        ...process.env,
        MLFLOW_TRACKING_URI: uri,
        ONESHOT_BENCH_OUTPUT: output,
        ONESHOT_DEVICES: join(folder, 'devices'),
        NODE_OPTIONS: `--import ${join(import.meta.dirname, 'count-tracking-time.mjs')}`,
      },
    },
  );
  // A server that hangs would be waited for at the end, when training is over: what is measured is there by then.
  const ended = once(child, 'close');
  while (!existsSync(output) && child.exitCode === null) await new Promise((wait) => setTimeout(wait, 200));
  if (name === 'hanging') child.kill('SIGKILL');
  await ended;

  const counted = Object.values(JSON.parse(readFileSync(output, 'utf8')));
  const sum = (pick) => counted.reduce((total, entry) => total + pick(entry), 0);
  const stepMs = (1000 * readSeconds(runs)) / (epochs * STEPS_PER_EPOCH);
  const trackingMs = sum(({ ms }) => ms) / (epochs * STEPS_PER_EPOCH);
  const longest = Math.max(...counted.map(({ longestMs }) => longestMs));
  const share = `${((100 * trackingMs) / stepMs).toFixed(3)} %`;
  return `${name.padEnd(10)}${stepMs.toFixed(1).padStart(7)}${trackingMs.toFixed(4).padStart(23)}${share.padStart(8)}${`${longest.toFixed(1)} ms`.padStart(15)}${String(sum(({ calls }) => calls)).padStart(8)}`;
}

/** Seconds of all epochs. */
function readSeconds(runs) {
  const [experiment] = readdirSync(runs).filter((name) => !name.startsWith('.'));
  const [run] = readdirSync(join(runs, experiment)).filter((name) => name.startsWith('seed='));
  return readFileSync(join(runs, experiment, run, 'journal.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ key }) => key === 'time/epoch-seconds')
    .reduce((total, { value }) => total + value, 0);
}

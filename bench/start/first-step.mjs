// From the start of `oneshot run` to the end of the first training step, of one or several builds in turns, so that other
// programs' load falls on all alike:
//   node bench/start/first-step.mjs [ROUNDS] [FILE] [DIST…]     (default 7 rounds, experiments/quickstart.yaml, dist/)
// The epoch is one step long, and its loss, which the journal stamps with the time, is read when the step is computed.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 5;
const TICK_MS = 10; // of /proc: 100 a second

const root = resolve(import.meta.dirname, '../..');
const [rounds = '7', file = join(root, 'experiments/quickstart.yaml'), ...named] = process.argv.slice(2);
const builds = named.length === 0 ? [join(root, 'dist')] : named.map((path) => resolve(path));
const sets = ['stepsPerEpoch=1', 'maxEpochs=1'].map((set) => `training.${set}`);
const parts = ['trial process started', 'first step done', 'processor time'];

const costs = builds.map(() => parts.map(() => []));
for (let round = 0; round <= Number(rounds); round++) {
  for (const [at, build] of builds.entries()) {
    const measured = await measureStart(build);
    // The first round fills the caches of the disk.
    if (round > 0) for (const [part, value] of measured.entries()) costs[at][part].push(value);
  }
}
for (const [at, build] of builds.entries())
  for (const [part, values] of costs[at].entries()) {
    const [least, middle, most] = [0, 0.5, 1].map((share) => quantile(values, share).toFixed(0));
    console.log(`${parts[part].padEnd(22)} least ${least} ms, median ${middle} ms, most ${most} ms  ${build}`);
  }

/** Milliseconds from the start of the command until its trial's process started and until its first step was done, and what its processes computed until then. */
async function measureStart(build) {
  const runs = mkdtempSync(join(tmpdir(), 'oneshot-start-'));
  const given = [...sets, 'evaluation=[]', 'baselines=[]'].flatMap((set) => ['--set', set]);
  const startedAt = Date.now();
  const command = spawn(process.execPath, [join(build, 'programs/main.js'), 'run', file, '--runs', runs, ...given], {
    stdio: 'ignore',
  });
  const ended = new Promise((done) => command.on('exit', done));
  const samples = [];
  let isRunning = true;
  ended.then(() => {
    isRunning = false;
  });
  while (isRunning) {
    samples.push({ at: Date.now(), ms: sumProcessorTime(command.pid) });
    await sleep(POLL_MS);
  }
  if ((await ended) !== 0) throw new Error(`${build}: the run failed`);
  const folder = findRun(runs);
  const events = readFileSync(join(folder, 'journal.jsonl'), 'utf8').trim().split('\n').map(JSON.parse);
  const stepAt = events.find(({ type, key }) => type === 'metric' && key === 'train/loss').time;
  const trialAt = Date.parse(/^\S+/.exec(readFileSync(join(folder, 'log.txt'), 'utf8'))[0]);
  const used = samples.filter(({ at }) => at <= stepAt).at(-1).ms;
  rmSync(runs, { recursive: true });
  return [trialAt - startedAt, stepAt - startedAt, used];
}

function findRun(folder) {
  const journal = readdirSync(folder, { recursive: true }).find((path) => path.endsWith('/log.txt'));
  return join(folder, journal, '..');
}

// The command and its children. Fields of /proc/PID/stat behind the name: parent, utime, stime.
function sumProcessorTime(pid) {
  let sum = 0;
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(name) === pid || Number(fields[1]) === pid) sum += (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    } catch {
      // The process has ended since.
    }
  }
  return sum;
}

function quantile(values, share) {
  return values.toSorted((a, b) => a - b)[Math.round(share * (values.length - 1))];
}

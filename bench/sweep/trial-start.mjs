// What starting one trial costs, of one or several builds, run in turns so that other programs' load falls on all alike:
//   node bench/sweep/trial-start.mjs [ROUNDS] [DIST…]         (default 5 rounds of this checkout's dist/)
// A trial that trains nothing (`maxEpochs: 0`, no evaluation) in a process of its own. Prints the processor time, the least
// and the median of the rounds, beside that of an empty Node process, and the ratio to the first build.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const [rounds = '5', ...named] = process.argv.slice(2);
const builds = named.length === 0 ? [join(root, 'dist')] : named.map((path) => resolve(path));
const folder = mkdtempSync(join(tmpdir(), 'oneshot-start-'));

const empty = [];
const costs = builds.map(() => []);
for (let round = 0; round < Number(rounds); round++) {
  empty.push(await measure(() => void spawnSync(process.execPath, ['-e', '0'])));
  for (const [at, build] of builds.entries()) costs[at].push(await measure(await prepareTrial(build, round)));
}
rmSync(folder, { recursive: true, force: true });

print('an empty Node process', empty);
for (const [at, build] of builds.entries()) print(build, costs[at]);
if (builds.length > 1)
  for (const [at, build] of builds.entries())
    console.log(`ratio ${(median(costs[at]) / median(costs[0])).toFixed(3)}  ${build}`);

/** A function that runs the trial of a seed in its own process. */
async function prepareTrial(build, round) {
  const { loadPlan } = await import(`${build}/check/load-plan.js`);
  const { prepareRun } = await import(`${build}/launch/prepare-run.js`);
  const sets = [`seeds=[${round + 1}]`, 'training.maxEpochs=0', 'evaluation=[]', 'baselines=[]'];
  const plan = loadPlan(join(root, 'test/fixtures/tiny.yaml'), { sets });
  const run = prepareRun(join(folder, String(builds.indexOf(build))), plan.trials[0]);
  const options = {
    folder: run.folder,
    experiment: plan.trials[0].experiment,
    engine: 'auto',
    threads: 'auto',
    autoThreads: 1,
    allowDrift: false,
    baseFolder: root,
  };
  return () =>
    new Promise((done, failed) => {
      const stdio = ['pipe', 'ignore', 'ignore', 'ipc'];
      const child = spawn(process.execPath, [join(build, 'programs/trial-process.js'), run.folder], { stdio });
      child.stdin.end(JSON.stringify(options));
      child.on('exit', (code) => (code === 0 ? done() : failed(new Error(`${build}: exit code ${code}`))));
    });
}

/** Seconds of processor time that the children of this process take within `act`. */
async function measure(act) {
  const before = readChildSeconds();
  await act();
  return readChildSeconds() - before;
}

// Fields of /proc/PID/stat behind the command; cutime and cstime in ticks of 1/100 s.
function readChildSeconds() {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function print(name, seconds) {
  console.log(`${Math.min(...seconds).toFixed(2)} s least, ${median(seconds).toFixed(2)} s median  ${name}`);
}

// What `oneshot validate` takes, of one or several builds in turns, so that other programs' load falls on all alike:
//   node bench/start/validate.mjs [ROUNDS] [FILE] [DIST…]         (default 15 rounds, experiments/quickstart.yaml, dist/)
// Prints wall and processor time beside those of an empty Node process.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const [rounds = '15', file = join(root, 'experiments/quickstart.yaml'), ...named] = process.argv.slice(2);
const builds = named.length === 0 ? [join(root, 'dist')] : named.map((path) => resolve(path));
const commands = [['-e', '0'], ...builds.map((build) => [join(build, 'programs/main.js'), 'validate', file])];

const costs = commands.map(() => ({ wall: [], processor: [] }));
for (let round = 0; round <= Number(rounds); round++) {
  for (const [at, command] of commands.entries()) {
    const { wall, processor } = measure(command);
    // The first round fills the caches.
    if (round === 0) continue;
    costs[at].wall.push(wall);
    costs[at].processor.push(processor);
  }
}
for (const [at, { wall, processor }] of costs.entries())
  console.log(`wall ${describe(wall)}; processor ${describe(processor)}  ${at === 0 ? 'node -e 0' : builds[at - 1]}`);

/** Milliseconds of a Node process. */
function measure(command) {
  const before = readChildMs();
  const startedAt = performance.now();
  const { status } = spawnSync(process.execPath, command, { stdio: 'ignore' });
  if (status !== 0) throw new Error(`${command.join(' ')} failed`);
  return { wall: performance.now() - startedAt, processor: readChildMs() - before };
}

// Fields of /proc/PID/stat behind the name: cutime and cstime, in ticks of 10 ms.
function readChildMs() {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10;
}

function describe(values) {
  const [least, middle, most] = [0, 0.5, 1].map((share) => quantile(values, share).toFixed(0));
  return `least ${least} ms, median ${middle} ms, most ${most} ms`;
}

function quantile(values, share) {
  return values.toSorted((a, b) => a - b)[Math.round(share * (values.length - 1))];
}

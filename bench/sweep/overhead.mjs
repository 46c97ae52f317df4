// What the runner costs per trial: a sweep of trials that train nothing (`maxEpochs: 0`, no evaluation), two at a time.
//   node bench/sweep/overhead.mjs [TRIALS]         (default 500)
// Prints wall time and processor time per trial, and the supervisor's memory after a tenth of the trials and at the end.
// Wall time is worth something on a quiet machine only; processor time divided by the cores is what it comes to there.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const trials = Number(process.argv[2] ?? 500);
const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'oneshot-overhead-'));
const file = join(folder, 'overhead.yaml');
writeFileSync(
  file,
  `name: overhead
extends: ${join(root, 'test/fixtures/tiny.yaml')}
seeds: [${Array.from({ length: trials }, (_, at) => at + 1).join(', ')}]
training: {maxEpochs: 0}
evaluation: []
baselines: []
`,
);

const startedAt = performance.now();
const child = spawn(
  process.execPath,
  [join(root, 'dist/programs/main.js'), 'run', file, '--runs', join(folder, 'runs'), '--parallel', '2'],
  { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ONESHOT_DEVICES: join(folder, 'devices') } },
);
let ended = 0;
const memory = [];
let lastUsage;
child.stderr.on('data', (chunk) => {
  ended += String(chunk)
    .split('\n')
    .filter((line) => / finished \d/.test(line)).length;
  const usage = readUsage(child.pid);
  if (usage === undefined) return;
  lastUsage = usage;
  memory.push([ended, usage.residentBytes]);
});
child.on('close', (code) => {
  const seconds = (performance.now() - startedAt) / 1000;
  const early = memory.find(([count]) => count >= trials / 10)?.[1] ?? Number.NaN;
  const late = memory.at(-1)?.[1] ?? Number.NaN;
  console.log(
    `${ended} of ${trials} trials, exit code ${code}, load ${loadavg()[0].toFixed(1)} on ${cpus().length} cores`,
  );
  console.log(`wall time      ${(seconds / trials).toFixed(3)} s per trial`);
  console.log(
    `processor time ${(lastUsage.processorSeconds / trials).toFixed(3)} s per trial, supervisor and trials together`,
  );
  console.log(
    `supervisor     ${(early / 1e6).toFixed(0)} MB after ${Math.ceil(trials / 10)} trials, ${(late / 1e6).toFixed(0)} MB at the end`,
  );
  rmSync(folder, { recursive: true, force: true });
});

// Fields of /proc/PID/stat behind the command: utime, stime, cutime, cstime in ticks of 1/100 s, rss in pages of 4096 bytes.
function readUsage(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [user, system, childUser, childSystem] = fields.slice(11, 15);
    return { processorSeconds: (user + system + childUser + childSystem) / 100, residentBytes: fields[21] * 4096 };
  } catch {
    return undefined;
  }
}

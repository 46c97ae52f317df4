// Bundles the command and each program that it starts from what `tsc` has written (`npm run build`). A process that loads
// three hundred small modules spends a quarter of a second of processor time on finding them, and a sweep starts one for
// each trial.
import { chmodSync } from 'node:fs';
import { build } from 'rolldown';

const FOLDER = 'dist/programs';
const ENTRIES = [
  'dist/cli/main.js',
  'dist/run/trial-process.js',
  'dist/data/sampling/batch-worker.js',
  'dist/launch/slurm/task-process.js',
  'dist/launch/slurm/controller-process.js',
  'dist/use/engine-process.js',
  'dist/use/bench/bench-process.js',
];

// One by one: bundled together, they would share a hundred small chunks.
for (const input of ENTRIES)
  await build({
    input,
    platform: 'node',
    // Packages stay where npm installed them.
    external: /^[^./]/,
    // Chunks are named after their contents and stay: a process that runs finds its own, whatever is built meanwhile.
    output: { dir: FOLDER, format: 'esm', sourcemap: true },
  });

// npm does this where it links the command, once: npx would not find it in the next checkout at the same place.
chmodSync(`${FOLDER}/main.js`, 0o755);

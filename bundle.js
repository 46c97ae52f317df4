// Bundles the command and each program that it starts from what `tsc` has written (`npm run build`), together with the
// small packages that every start needs. A process that loads three hundred small modules spends a quarter of a second of
// processor time on finding them, and a sweep starts one for each trial.
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';

const FOLDER = 'dist/programs';
const ENTRIES = [
  'dist/cli/main.js',
  'dist/library/oneshot-runner.js',
  'dist/run/trial-process.js',
  'dist/tasks/batch-worker.js',
  'dist/launch/slurm/task-process.js',
  'dist/launch/slurm/controller-process.js',
  'dist/engine/engine-process.js',
  'dist/bench/bench-process.js',
];
// Small, written in JavaScript alone, and without state that two copies could disagree on; what they need goes with them.
// All other packages stay where npm installed them.
const BUNDLED = [
  'cli-table3',
  'commander',
  'execa',
  'fastest-levenshtein',
  'log-update',
  'mlflow-ts-client',
  'picocolors',
  'pngjs',
  'seedrandom',
  'stroke-programs',
  'yaml',
];
const isInstalled = (id, importer = '') =>
  /^[^./]/.test(id) && !BUNDLED.includes(id.split('/')[0]) && !importer.includes('/node_modules/');

// A sixth of the command's start is reading its text. Names stay, for the traces of `--debug`.
const WITHOUT_SPACES = { compress: false, mangle: false, codegen: true };
const isCommand = (input) => input === 'dist/cli/main.js';

/** The folders of the packages that a bundle has taken in. */
const notePackages = (output, packages) => {
  for (const module of output.flatMap(({ moduleIds = [] }) => moduleIds)) {
    const [folder] = /^[^\0]*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(module) ?? [];
    if (folder !== undefined) packages.add(folder);
  }
};

// Whoever passes the bundles on passes these packages on, which their licenses allow with the text beside it.
function writeLicenses(folder, packages) {
  const licenses = [...packages].sort().map((path) => {
    const files = readdirSync(path);
    const own = files.find((name) => /^licen[cs]e/i.test(name));
    const { license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
    // TensorFlow.js names its licence without a copy of it.
    const apache = license === 'Apache-2.0' ? 'node_modules/typescript/LICENSE' : undefined;
    const text = readFileSync(
      own
        ? join(path, own)
        : (apache ??
            join(
              path,
              files.find((name) => /^readme/i.test(name)),
            )),
      'utf8',
    );
    return `${path.split('/node_modules/').at(-1)}\n\n${text.trim()}\n`;
  });
  writeFileSync(`${folder}/LICENSES.txt`, licenses.join(`\n${'-'.repeat(80)}\n\n`));
}

// One by one: bundled together, they would share a hundred small chunks.
const packages = new Set();
const built = new Set();
for (const input of ENTRIES) {
  const { output } = await build({
    input,
    platform: 'node',
    external: isInstalled,
    // Chunks are named after their contents and stay: a process that runs finds its own, whatever is built meanwhile.
    output: { dir: FOLDER, format: 'esm', sourcemap: true, minify: isCommand(input) && WITHOUT_SPACES },
  });
  for (const { fileName } of output) built.add(fileName);
  notePackages(output, packages);
}

// TensorFlow.js as one file, with what computes here alone: the core, its gradients (which come only with the union package)
// and the plain backend. Models of layers, converted models, data pipelines and WebGL would be a quarter of a gigabyte on disk.
const UNUSED = /^@tensorflow\/tfjs-(layers|converter|data|backend-webgl)$/;
const withoutUnused = {
  name: 'without-unused-parts',
  resolveId: (id) => (UNUSED.test(id) ? '\0unused' : undefined),
  load: (id) => (id === '\0unused' ? 'module.exports = {};' : undefined),
};
const { output: tensorFlow } = await build({
  input: 'node_modules/@tensorflow/tfjs/dist/tf.node.js',
  platform: 'node',
  plugins: [withoutUnused],
  // For versions of Node that have no `fetch`.
  external: ['node-fetch'],
  output: { file: `${FOLDER}/tensorflow.cjs`, format: 'cjs', minify: WITHOUT_SPACES },
});
notePackages(tensorFlow, packages);
writeLicenses(FOLDER, packages);

// What runs in pages is one file each, with everything: they fetch nothing, and there is no Node in them.
const outsideFiles = {
  name: 'outside-files',
  resolveId: (id) =>
    id.endsWith('/file/encoder-file.js') ? resolve('dist/browser/encoder-files-outside.js') : undefined,
};
const pagePackages = new Set();
const PAGES = { 'browser.js': 'dist/browser/load-model.js', 'demo.js': 'dist/demo/page/main.js' };
for (const [name, input] of Object.entries(PAGES)) {
  const { output } = await build({
    input,
    platform: 'browser',
    plugins: [outsideFiles],
    moduleTypes: { '.wasm': 'binary' },
    output: { file: `dist/pages/${name}`, format: 'esm', minify: true },
  });
  notePackages(output, pagePackages);
}
writeLicenses('dist/pages', pagePackages);

// npm does this where it links the command, once: npx would not find it in the next checkout at the same place.
chmodSync(`${FOLDER}/main.js`, 0o755);

// What earlier builds left is not passed on: npm reads this file, and leaves out what it names.
const stale = readdirSync(FOLDER).filter((name) => /\.js(\.map)?$/.test(name) && !built.has(name));
writeFileSync(`${FOLDER}/.npmignore`, [...stale, ''].join('\n'));

// The types of what can be imported, each as one file in which nothing leads to what is inside.
const TYPES = 'dist/types';
rmSync(TYPES, { recursive: true, force: true });
const DECLARATIONS = {
  'oneshot-runner': 'dist/library/oneshot-runner.d.ts',
  browser: 'dist/browser/load-model.d.ts',
};
for (const [name, input] of Object.entries(DECLARATIONS))
  await build({
    input: { [name]: input },
    plugins: [dts({ dtsInput: true, emitDtsOnly: true })],
    checks: { bundlerTimings: false, pluginTimings: false },
    external: (id, importer) => importer !== undefined && /^[^./]/.test(id),
    output: { dir: TYPES, format: 'esm' },
  });

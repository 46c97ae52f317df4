/* Bundles the specs with the modules that they import, so that there is one TensorFlow.js, and runs them in a process per backend. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/** Specs that come with the package on npm, and folders of a checkout of tensorflow/tfjs that hold those of the others. */
export const SUITES = { core: null, layers: 'tfjs-layers/src', data: 'tfjs-data/src' };

/**
 * Returns for each backend the specs that ran, with their messages, and how the process ended where it did not reach the end.
 * `part` is every n-th spec from the first of it on. Other suites than `core` need the checkout.
 */
export async function runSpecs(
  backends,
  { suite = 'core', checkout = '', part = { first: 0, of: 1 }, filter = '' } = {},
) {
  const folder = await mkdtemp(join(tmpdir(), 'tfjs-conformance-'));
  try {
    const file = await bundle(folder, suite, checkout);
    const results = [];
    for (const backend of backends) results.push({ backend, ...(await runWorker(file, { backend, part, filter })) });
    return results;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function bundle(folder, suite, checkout) {
  const worker = fileURLToPath(new URL('worker.js', import.meta.url));
  const files = SUITES[suite] === null ? ['@tensorflow/tfjs-core/dist/tests.js'] : findSpecs(checkout, SUITES[suite]);
  const build = await rolldown({
    input: worker,
    plugins: [
      {
        name: 'specs',
        resolveId(source, importer) {
          if (source === 'specs') return source;
          if (checkout === '' || !importer?.startsWith(checkout) || source.startsWith('/')) return null;
          // What specs of a checkout import comes from the packages on npm: there is one TensorFlow.js.
          const published = `@tensorflow/${SUITES[suite].split('/')[0]}/dist`;
          const target = relative(resolve(checkout, SUITES[suite]), resolve(dirname(importer), source));
          return this.resolve(source.startsWith('.') ? `${published}/${target}.js` : source, worker);
        },
        load: (id) => (id === 'specs' ? files.map((file) => `import ${JSON.stringify(file)};`).join('\n') : null),
      },
    ],
    platform: 'node',
    // The package says that its specs have no side effects; describing themselves is one.
    treeshake: false,
    resolve: { mainFields: ['module', 'main'] },
    onLog: () => undefined,
  });
  const file = join(folder, 'specs.mjs');
  await build.write({ file, format: 'esm', codeSplitting: false });
  await build.close();
  return file;
}

function findSpecs(checkout, folder) {
  const root = resolve(checkout, folder);
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('_test.ts'));
  return names.sort().map((name) => join(root, name));
}

async function runWorker(file, settings) {
  const packageUrl = new URL('../dist/index.js', import.meta.url).href;
  const child = spawn(process.execPath, [file, JSON.stringify({ ...settings, packageUrl })], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (text) => {
    errors = `${errors}${text}`.slice(-2000);
  });
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve(signal ?? `exit code ${code}`)));
  const specs = [];
  let isDone = false;
  for await (const line of createInterface({ input: child.stdout })) {
    // Specs print too.
    if (!line.startsWith('\u001e')) continue;
    const { done, ...spec } = JSON.parse(line.slice(1));
    if (done) isDone = true;
    else specs.push({ ...spec, key: spec.name.replaceAll(settings.backend, '') });
  }
  const end = await ended;
  return { specs, crash: isDone ? null : `ended early: ${end}\n${errors}` };
}

/* Bundles the specs with the modules that they import, so that there is one TensorFlow.js, and runs them in a process per backend. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/**
 * Returns for each backend the specs that ran, with their messages, and how the process ended where it did not reach the end.
 * `part` is every n-th spec from the first of it on.
 */
export async function runSpecs(backends, { part = { first: 0, of: 1 }, filter = '' } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'tfjs-conformance-'));
  try {
    const file = await bundle(folder);
    const results = [];
    for (const backend of backends) results.push({ backend, ...(await runWorker(file, { backend, part, filter })) });
    return results;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function bundle(folder) {
  const build = await rolldown({
    input: fileURLToPath(new URL('worker.js', import.meta.url)),
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

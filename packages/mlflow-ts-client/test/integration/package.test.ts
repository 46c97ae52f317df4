/* The package as a stranger gets it: packed, installed in an empty project, type-checked without Node's types, used. */

import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MlflowServer, startMlflowServer } from '../../../../test/integration/support/mlflow-server.js';

const run = promisify(execFile);
const packageFolder = fileURLToPath(new URL('../..', import.meta.url));
const compiler = fileURLToPath(new URL('../../../../node_modules/typescript/bin/tsc', import.meta.url));

const program = `
import { isMlflowError, MlflowClient, type Run } from 'mlflow-ts-client';

const client = MlflowClient.fromEnvironment();
const { experimentId } = await client.experiments.getOrCreate('packed');
const run: Run = await client.runs.create({ experimentId, runName: 'first' });
await client.log.params(run.runId, { learningRate: 0.01, augmented: true });
for (let step = 1; step <= 3; step++) await client.log.metrics(run.runId, { 'train/loss': 1 / step }, { step });
await client.artifacts.upload(run, 'notes/hello.txt', { bytes: 'hello' });
await client.runs.terminate(run.runId);
for await (const found of client.runs.search({ experimentIds: [experimentId] })) {
  const points: number[] = [];
  for await (const metric of client.runs.metricHistory(found.runId, 'train/loss')) points.push(metric.value);
  console.log(JSON.stringify({ name: found.runName, status: found.status, params: found.params, points }));
}
try {
  await client.runs.get('0'.repeat(32));
} catch (error) {
  if (isMlflowError(error, 'NOT_FOUND')) console.log(error.code);
}
`;

let folder: string;
let server: MlflowServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mlflow-ts-client-packed-'));
  server = await startMlflowServer();
});

afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('npm pack', () => {
  it('makes a package that installs, type-checks and runs in an empty project', async () => {
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: packageFolder });
    const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
    const paths = files.map((file) => file.path);
    expect(paths).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts']));
    expect(paths.filter((path) => path.includes('test') || path.includes('tsbuildinfo'))).toEqual([]);

    const compilerOptions = {
      target: 'ES2022',
      module: 'NodeNext',
      lib: ['ES2022', 'DOM', 'DOM.AsyncIterable'],
      types: [],
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      outDir: 'out',
    };
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }));
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }));
    await writeFile(join(folder, 'main.ts'), program);
    await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, filename)], {
      cwd: folder,
    });
    expect((await readdir(join(folder, 'node_modules'))).filter((name) => !name.startsWith('.'))).toEqual([
      'mlflow-ts-client',
      // Proxies and certificates of the environment; loaded where these are set.
      'undici',
    ]);
    const checked = await run(process.execPath, [compiler], { cwd: folder }).catch(
      (error: { stdout: string }) => error,
    );
    expect(checked.stdout).toBe('');

    const environment = { ...process.env, MLFLOW_TRACKING_URI: server.uri };
    const output = await run(process.execPath, ['out/main.js'], { cwd: folder, env: environment });
    expect(output.stderr).toBe('');
    const [line = '', code] = output.stdout.trim().split('\n');
    expect(JSON.parse(line)).toEqual({
      name: 'first',
      status: 'FINISHED',
      params: { learningRate: '0.01', augmented: 'true' },
      points: [1, 1 / 2, 1 / 3],
    });
    expect(code).toBe('NOT_FOUND');
  });
});

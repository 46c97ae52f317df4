/* The package as a stranger gets it: packed, unpacked in an empty project beside what it declares, type-checked, used. */

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const packageFolder = fileURLToPath(new URL('../..', import.meta.url));
const repositoryModules = fileURLToPath(new URL('../../../../node_modules', import.meta.url));
const compiler = join(repositoryModules, 'typescript/bin/tsc');

/** Plain TensorFlow.js: layers with dropout and batch norm, fit, evaluate, predict, save; own gradients. */
const program = `
import * as tf from '@tensorflow/tfjs';
import { type OnnxRuntimeBackend, registerOnnxRuntimeBackend } from 'tfjs-backend-onnxruntime';

const backend: OnnxRuntimeBackend = registerOnnxRuntimeBackend(tf, { threads: 1 });
await tf.setBackend(process.argv[2]!);

function createNumbers(length: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length }, () => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return state / 0x7fffffff;
  });
}

// No bias before batch norm: its gradient is rounding noise, which Adam makes large.
const initialized = (seed: number) => ({ kernelInitializer: tf.initializers.glorotNormal({ seed }) });
const depthwise = tf.initializers.glorotNormal({ seed: 2 });
function createModel(dropout: number): tf.LayersModel {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [12, 12, 3], filters: 16, kernelSize: 3, useBias: false, ...initialized(1) }),
      tf.layers.batchNormalization(),
      tf.layers.activation({ activation: 'relu' }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.depthwiseConv2d({ kernelSize: 3, activation: 'elu', depthwiseInitializer: depthwise }),
      tf.layers.upSampling2d({ size: [2, 2], interpolation: 'bilinear' }),
      tf.layers.conv2dTranspose({ filters: 8, kernelSize: 3, strides: 2, ...initialized(3) }),
      tf.layers.averagePooling2d({ poolSize: 2 }),
      tf.layers.dropout({ rate: dropout, seed: 4 }),
      tf.layers.globalAveragePooling2d({}),
      tf.layers.layerNormalization(),
      tf.layers.dense({ units: 4, activation: 'softmax', ...initialized(5) }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(0.003), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}

const x = tf.tensor4d(createNumbers(48 * 12 * 12 * 3), [48, 12, 12, 3]);
const labels = tf.tensor1d(Array.from({ length: 48 }, (_, i) => i % 4), 'int32');
const y = tf.oneHot(labels, 4).toFloat();

const model = createModel(0);
const { history } = await model.fit(x, y, { epochs: 2, batchSize: 20, validationSplit: 0.25, shuffle: false, verbose: 0 });
const [loss] = model.evaluate(x, y, { batchSize: 32 }) as tf.Scalar[];
const answers = model.predict(x) as tf.Tensor;
const artifacts = await new Promise<tf.io.ModelArtifacts>((resolve) => {
  const modelArtifactsInfo = { dateSaved: new Date(), modelTopologyType: 'JSON' as const };
  void model.save(
    tf.io.withSaveHandler(async (saved) => {
      resolve(saved);
      return { modelArtifactsInfo };
    }),
  );
});
const again = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
const difference = tf.max(tf.abs(tf.sub(again.predict(x) as tf.Tensor, answers)));

const withDropout = createModel(0.5);
const dropped = await withDropout.fit(x, y, { epochs: 1, batchSize: 24, shuffle: false, verbose: 0 });

const weights = tf.variable(tf.tensor2d(createNumbers(12), [4, 3]));
const { value, grads } = tf.variableGrads(() => tf.mean(tf.square(tf.matMul(y as tf.Tensor2D, weights as never))) as tf.Scalar);
const curvature = tf.grad((z) => tf.sum(tf.grad((t) => tf.sum(tf.pow(t, 3)))(z)))(tf.tensor1d([1, 2]));

console.log(
  JSON.stringify({
    losses: [...history['loss']!, ...history['val_loss']!, loss!.dataSync()[0]],
    answers: Array.from(answers.dataSync()),
    gradients: [value.dataSync()[0], ...grads[weights.name]!.dataSync(), ...curvature.dataSync()],
    difference: difference.dataSync()[0],
    dropped: Number.isFinite(dropped.history['loss']![0]),
    runs: backend.statistics.runs,
  }),
);
`;

interface Outcome {
  readonly losses: number[];
  readonly answers: number[];
  readonly gradients: number[];
  readonly difference: number;
  readonly dropped: boolean;
  readonly runs: number;
}

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tfjs-backend-onnxruntime-packed-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Links what the package declares, and nothing else of the repository, into the project. */
async function linkDependencies(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const link = join(folder, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(repositoryModules, name), link);
  }
}

describe('npm pack', () => {
  it('makes a package that type-checks and trains in an empty project, as cpu does and without a warning', async () => {
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: packageFolder });
    const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
    const paths = files.map((file) => file.path);
    expect(paths).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts']));
    expect(paths.filter((path) => path.includes('test') || path.includes('tsbuildinfo'))).toEqual([]);

    const unpacked = join(folder, 'node_modules', 'tfjs-backend-onnxruntime');
    await mkdir(unpacked, { recursive: true });
    await run('tar', ['-xzf', join(folder, filename), '-C', unpacked, '--strip-components=1']);
    const manifest = JSON.parse(await readFile(join(unpacked, 'package.json'), 'utf8')) as Record<string, object>;
    await linkDependencies([
      ...Object.keys(manifest.dependencies ?? {}),
      ...Object.keys(manifest.peerDependencies ?? {}),
      '@types/node',
    ]);

    const compilerOptions = { target: 'ES2022', module: 'NodeNext', strict: true, skipLibCheck: true, types: ['node'] };
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }));
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }));
    await writeFile(join(folder, 'main.ts'), program);
    const checked = await run(process.execPath, [compiler], { cwd: folder }).catch(
      (error: { stdout: string }) => error,
    );
    expect(checked.stdout).toBe('');

    const compute = async (backend: string) => {
      const output = await run(process.execPath, ['main.js', backend], { cwd: folder });
      return { warnings: output.stderr, outcome: JSON.parse(output.stdout) as Outcome };
    };
    const { warnings, outcome } = await compute('onnxruntime');
    expect(warnings).toBe('');
    const { outcome: expected } = await compute('cpu');
    expect(outcome).toMatchObject({ difference: 0, dropped: true });
    expect(outcome.runs).toBeGreaterThan(0);
    for (const name of ['losses', 'answers', 'gradients'] as const) {
      expect(outcome[name]).toHaveLength(expected[name].length);
      outcome[name].forEach((found, index) => {
        expect(found).toBeCloseTo(expected[name][index]!, 3);
      });
    }
  });
});

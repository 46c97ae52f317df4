import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(`packages/${path}`, import.meta.url));

const TENSORFLOW_FILE = fileURLToPath(new URL('dist/programs/tensorflow.cjs', import.meta.url));

/** The tests of this program get its own TensorFlow.js, those of the packages npm's: two copies would register their kernels twice. */
const ownTensorFlow = {
  name: 'own-tensorflow',
  enforce: 'pre',
  resolveId: (id: string, importer?: string) =>
    id === '@tensorflow/tfjs' && importer?.includes('/packages/') !== true ? TENSORFLOW_FILE : undefined,
} as const;

/** What is no unit test. */
const OTHERS = [
  '**/node_modules/**',
  '**/dist/**',
  'test/integration/**',
  'test/soak/**',
  'packages/*/test/integration/**',
];

/** Files that need a process of their own: they start engines, replace globals, or look at locks, threads and environment. */
const ALONE = [
  'packages/tfjs-backend-onnxruntime/test/**/*.test.ts',
  'packages/stroke-programs/test/parsing.test.ts',
  'test/{engine,export,model,optimizers,run,tasks,training}/**/*.test.ts',
  'test/base/process-lock.test.ts',
  'test/bench/case-networks.test.ts',
  'test/cli/{cancel,explain-picture,sync-journals}.test.ts',
  'test/data/folder/{file-stamps,open-folder}.test.ts',
  'test/install/fetch-wheel.test.ts',
  'test/launch/slurm/{slurm-launcher,submit-plan}.test.ts',
  'test/run-folder/{provenance,tuning}.test.ts',
  'test/tracking/ship-sync.test.ts',
];

/**
 * Unit tests: CPU, no network, under three minutes. Most share a process with others, since starting one and loading the same
 * modules again is a third of all their time. Real servers and browsers live in test/integration, long fault runs in test/soak.
 */
export default defineConfig({
  plugins: [ownTensorFlow],
  resolve: {
    alias: {
      'mlflow-ts-client': source('mlflow-ts-client/src/index.ts'),
      'stroke-programs': source('stroke-programs/src/index.ts'),
      // The longer name first: an alias takes everything that begins with it.
      'tfjs-backend-onnxruntime/onnx-model': source('tfjs-backend-onnxruntime/src/runtime/onnx-model.ts'),
      'tfjs-backend-onnxruntime': source('tfjs-backend-onnxruntime/src/index.ts'),
    },
  },
  test: {
    server: { deps: { external: [/\/node_modules\//, TENSORFLOW_FILE] } },
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
          exclude: [...OTHERS, ...ALONE],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'alone', include: ALONE, exclude: OTHERS } },
    ],
  },
});

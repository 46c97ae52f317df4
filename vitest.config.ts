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

/** Unit tests: CPU, no network, under three minutes. Real servers and browsers live in test/integration, long fault runs in test/soak. */
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
    include: ['test/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
    exclude: [
      '**/node_modules/**',
      '**/dist/**',
      'test/integration/**',
      'test/soak/**',
      'packages/*/test/integration/**',
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    server: { deps: { external: [/\/node_modules\//, TENSORFLOW_FILE] } },
    pool: 'forks',
    maxWorkers: 2,
  },
});

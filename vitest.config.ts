import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(`packages/${path}`, import.meta.url));

/** Unit tests: CPU, no network, under three minutes. Real servers and browsers live in test/integration, long fault runs in test/soak. */
export default defineConfig({
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
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});

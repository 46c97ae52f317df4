import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (name: string) => fileURLToPath(new URL(`packages/${name}/src/index.ts`, import.meta.url));

/** Unit tests: CPU, no network, under three minutes. Real servers and browsers live in test/integration, long fault runs in test/soak. */
export default defineConfig({
  resolve: {
    alias: {
      'mlflow-ts-client': source('mlflow-ts-client'),
      'stroke-programs': source('stroke-programs'),
      'tfjs-backend-onnxruntime': source('tfjs-backend-onnxruntime'),
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
    pool: 'forks',
    maxWorkers: 2,
  },
});

import base from './vitest.config.js';

const { projects: _, ...shared } = base.test ?? {};

/** Tests against real servers and browsers, with a tenth of the faults that `npm run soak` injects. */
export default {
  ...base,
  test: {
    ...shared,
    include: ['test/integration/**/*.test.ts', 'packages/*/test/integration/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    maxWorkers: 2,
  },
};

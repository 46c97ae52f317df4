import base from './vitest.config.js';

const { projects: _, ...shared } = base.test ?? {};

/** Long fault runs: the full count of kills and outages. */
export default {
  ...base,
  test: {
    ...shared,
    include: ['test/soak/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 7_200_000,
    hookTimeout: 600_000,
    maxWorkers: 1,
  },
};

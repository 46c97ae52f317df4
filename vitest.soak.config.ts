import base from './vitest.config.js';

/** Long fault runs: the full count of kills and outages. */
export default {
  ...base,
  test: {
    ...base.test,
    include: ['test/soak/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 7_200_000,
    hookTimeout: 600_000,
    maxWorkers: 1,
  },
};

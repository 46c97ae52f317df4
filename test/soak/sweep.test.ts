// Two hundred trials, fifty kills.
import { test } from 'vitest';
import { SOAK } from '../support/fault-counts.js';
import { expectKillsToChangeNothing } from '../support/kill-sweep.js';

test('two hundred trials under fifty kills finish once each and equal those of a quiet sweep byte for byte', async () => {
  await expectKillsToChangeNothing(SOAK, 2);
});

// Sweeps that are killed at random end like quiet ones; a tenth of the soak.
import { test } from 'vitest';
import { TENTH } from '../support/fault-counts.js';
import { expectKillsToChangeNothing } from '../support/kill-sweep.js';

test('a sweep whose supervisor and trials are killed ends like a quiet one, byte for byte', async () => {
  await expectKillsToChangeNothing(TENTH, 1);
});

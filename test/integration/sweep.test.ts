// Sweeps that are killed at random end like quiet ones; a tenth of the soak.

import { expect, test } from 'vitest';
import { TENTH } from '../support/fault-counts.js';
import { describeSweepResult, runQuietly, runUnderKills } from '../support/kill-sweep.js';
import { newFolder } from '../support/run-command.js';

test('a sweep whose supervisor and trials are killed ends like a quiet one, byte for byte', async () => {
  const [quietRuns, killedRuns] = [newFolder(), newFolder()];
  await runQuietly(quietRuns, TENTH);
  const quiet = describeSweepResult(quietRuns);
  expect(quiet.trials.size).toBe(TENTH.trials);

  expect(await runUnderKills(killedRuns, TENTH, 1)).toHaveLength(TENTH.kills);
  const killed = describeSweepResult(killedRuns);
  expect(killed.states).toEqual(quiet.states);
  expect(new Set(killed.states)).toEqual(new Set(['finished']));
  expect(killed.ends).toEqual(quiet.ends);
  expect(killed.asks).toEqual(quiet.asks);
  expect(killed.outcomes).toEqual(quiet.outcomes);
  expect(killed.tells).toBe(quiet.tells);
  expect(killed.trials).toEqual(quiet.trials);
  expect(killed.leftovers).toEqual([]);
  expect(killed.processes).toEqual([]);
});

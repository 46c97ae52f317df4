// Two hundred trials, fifty kills.
import { expect, test } from 'vitest';
import { SOAK } from '../support/fault-counts.js';
import { describeSweepResult, runQuietly, runUnderKills } from '../support/kill-sweep.js';
import { newFolder } from '../support/run-command.js';

test('two hundred trials under fifty kills finish once each and equal those of a quiet sweep byte for byte', async () => {
  const [quietRuns, killedRuns] = [newFolder(), newFolder()];
  await runQuietly(quietRuns, SOAK);
  const quiet = describeSweepResult(quietRuns);
  expect(quiet.trials.size).toBe(SOAK.trials);

  expect(await runUnderKills(killedRuns, SOAK, 2)).toHaveLength(SOAK.kills);
  const killed = describeSweepResult(killedRuns);
  expect(new Set(killed.states)).toEqual(new Set(['finished']));
  expect(killed.ends).toEqual(quiet.ends);
  expect(killed.asks).toEqual(quiet.asks);
  expect(killed.outcomes).toEqual(quiet.outcomes);
  expect(killed.tells).toBe(quiet.tells);
  expect(killed.trials).toEqual(quiet.trials);
  expect(killed.leftovers).toEqual([]);
  expect(killed.processes).toEqual([]);
});

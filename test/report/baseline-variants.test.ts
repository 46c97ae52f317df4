import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Baseline } from '../../src/config/experiment.js';
import { measureVerifications } from '../../src/report/figures/verifications.js';
import { groupRuns, measureGroups } from '../../src/report/group-runs.js';
import { loadRuns } from '../../src/report/load-runs.js';
import { nameSystem } from '../../src/report/names.js';
import { newFolder } from '../support/run-command.js';
import { FIVE_WAY, makeSmallData, SIXTY_PAIRS } from './support/small-data.js';
import { writeRun } from './support/write-run.js';

const data = makeSmallData();
/** Cheap: hardly a point of each picture. */
const COARSE = { spacing: 8, stiffness: 1, truncation: 1, directionWeight: 0, bendingWeight: 0, affineWeight: 0 };
const mine = (steps: number): Baseline => ({ type: 'elasticMatching', name: 'mine', steps, ...COARSE });

async function measure(baselines: readonly (readonly Baseline[])[]) {
  const runs = newFolder();
  for (const [index, own] of baselines.entries()) {
    await writeRun(runs, {
      experiment: `experiment-${index}`,
      evaluation: { data, sections: [FIVE_WAY, SIXTY_PAIRS], baselines: own, skill: 1 },
    });
  }
  const groups = groupRuns(loadRuns([join(runs)]).runs);
  const all = [...measureGroups(groups), ...measureVerifications(groups)];
  return all.filter(({ scorer }) => scorer !== 'network').map((found) => `${nameSystem(found)} ${found.task}`);
}

test('a baseline with the same settings is shown once, and with others under the settings that differ', async () => {
  const chance: Baseline = { type: 'chance' };
  expect(await measure([[mine(1), chance], [chance, mine(1)], [mine(2)]])).toEqual(
    ['test/within-alphabet/5-way-1-shot', 'test/verification'].flatMap((task) => [
      `mine (steps=1) ${task}`,
      `mine (steps=2) ${task}`,
      `chance ${task}`,
    ]),
  );
});

// What tasks of groups share: an alphabet, some of its characters, several drawers of each; every picture of a group meets
// all others of it. A unit is a group.
import type { TaskAllPairs } from '../config/experiment.js';
import type { SettingProblem } from '../config/setting-problem.js';
import type { AlphabetCount } from '../data/splits.js';
import type { BatchStructure } from './task.js';

/** The part of a task's settings that groups are made of. */
export type GroupSettings = Pick<TaskAllPairs, 'alphabets' | 'characters' | 'drawers'>;

export const GROUP_KEYS = ['alphabets', 'characters', 'drawers'] as const;

/** Batches of groups, [alphabets, characters, drawers] pictures. */
export function describeGroups({ alphabets, characters, drawers }: GroupSettings): BatchStructure {
  const pictures = characters * drawers;
  return { units: alphabets, picturesPerUnit: pictures, pairsPerUnit: pictures * pictures };
}

/** What a training selection lacks to fill a group. */
export function findGroupProblems(
  { characters, drawers }: GroupSettings,
  train: readonly AlphabetCount[],
): SettingProblem[] {
  const problems: SettingProblem[] = [];
  const most = train.reduce((sum, alphabet) => sum + alphabet.characters, 0);
  if (characters > most) {
    problems.push({
      code: 'episode',
      keys: [['characters'], []],
      found: `${characters} characters`,
      allowed: `at most ${most}, which the training selection has`,
    });
  }
  const people = Math.min(...train.map((alphabet) => alphabet.drawers));
  if (drawers > people) {
    problems.push({
      code: 'episode',
      keys: [['drawers'], []],
      found: `${drawers} drawers`,
      allowed: `at most ${people}: so many pictures has the smallest class of the training selection`,
    });
  }
  return problems;
}

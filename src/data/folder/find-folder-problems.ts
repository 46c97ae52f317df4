// A folder of one's own pictures is there and is a data set; the groups or classes that are named for validation and test are
// there, each for one purpose.
import type { OneshotError } from '../../base/problem.js';
import type { DataFolder } from '../../config/experiment.js';
import type { SettingProblem } from '../../config/setting-problem.js';
import { suggestName } from '../suggest-name.js';
import { listedNames, listUnitNames } from './divide-folder.js';
import { listFolder } from './list-folder.js';

/** Names of a folder that are worth printing. */
const MAX_NAMES = 20;

/** What is wrong with a section; `failure` is what describing it has thrown, keys are those of `data`. */
export function findFolderProblems(section: DataFolder, failure: OneshotError | undefined): SettingProblem[] {
  // Wrong names of the division are found one by one, with their places.
  const unreadable = failure === undefined || failure.code === 'usage' ? [] : [describeFailure(failure)];
  return failure?.code === 'data' ? unreadable : [...unreadable, ...findWrongNames(section)];
}

function describeFailure({ message, hint }: OneshotError): SettingProblem {
  return {
    code: 'unreadable',
    keys: [['path']],
    found: message.replace(/:\n +/, ': ').replace(/\n +/g, '; '),
    allowed: 'a folder of pictures',
    hint,
  };
}

function findWrongNames(section: DataFolder): SettingProblem[] {
  if (section.divideBy === 'pictures')
    return (['test', 'validation'] as const)
      .filter((purpose) => typeof section[purpose] !== 'number')
      .map((purpose) => ({
        code: 'conflict',
        keys: [[purpose]],
        found: 'names, with data.divideBy: pictures',
        allowed: 'a share of the pictures of each class, from 0 to 0.9',
      }));
  const names = listUnitNames(listFolder(section), section);
  const forTest = listedNames(section.test);
  return (['test', 'validation'] as const).flatMap((purpose) =>
    listedNames(section[purpose]).flatMap((name, index): SettingProblem[] => {
      const isTwice = purpose === 'validation' && forTest.includes(name);
      if (names.includes(name) && !isTwice) return [];
      return [
        {
          code: isTwice ? 'leak' : 'wrong-value',
          keys: [[purpose, index]],
          found: isTwice ? `${JSON.stringify(name)}, which is for the test` : JSON.stringify(name),
          allowed: isTwice ? 'names that data.test does not have' : names.slice(0, MAX_NAMES).join(', '),
          ...(isTwice ? {} : suggestName(name, names)),
        },
      ];
    }),
  );
}

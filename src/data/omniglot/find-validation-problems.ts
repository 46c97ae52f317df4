// Validation alphabets are among those that the split trains on, where the split has none of its own.
import type { DataOmniglot } from '../../config/experiment.js';
import type { SettingProblem } from '../../config/setting-problem.js';
import { suggestName } from '../suggest-name.js';
import { EVALUATION_ALPHABETS } from './omniglot-alphabets.js';
import { omniglotSplits, SPLITS_WITH_CHOICE } from './omniglot-splits.js';

/** The names of `validationAlphabets` that cannot be there; keys are those of `data`. */
export function findValidationProblems({ split, validationAlphabets }: DataOmniglot): SettingProblem[] {
  if (validationAlphabets.length === 0) return [];
  const choices = omniglotSplits[split].validationChoices;
  if (choices.length === 0) {
    return [
      {
        code: 'conflict',
        keys: [['validationAlphabets']],
        at: 'key',
        found: `validationAlphabets with split ${split}`,
        allowed: `split ${SPLITS_WITH_CHOICE.join(', ')}`,
        hint: `${split} has validation alphabets of its own`,
      },
    ];
  }
  return validationAlphabets.flatMap((name, index): SettingProblem[] => {
    if (choices.includes(name)) return [];
    const isLeak = EVALUATION_ALPHABETS.has(name);
    return [
      {
        code: isLeak ? 'leak' : 'wrong-value',
        keys: [['validationAlphabets', index]],
        found: isLeak ? `the evaluation alphabet ${name}` : JSON.stringify(name),
        allowed: isLeak ? 'background alphabets: the test uses the others' : choices.join(', '),
        ...(isLeak ? {} : suggestName(name, choices)),
      },
    ];
  });
}

// The protocol `verification`: pairs to measure, and others to choose the threshold on.
import type { AlphabetCount } from '../../data/splits.js';
import { describeDataOnce } from '../describe-data-once.js';
import { firstGiven, type Rule } from '../rule.js';

/** The selections have pairs, and the threshold is never chosen on the pairs that are measured. */
export const checkVerification: Rule = {
  name: 'verification',
  needs: ['data'],
  reads: ['evaluation'],
  check({ data, evaluation }, context) {
    const selections = data && describeDataOnce(data)?.selections;
    if (!selections || !context.isSound(['evaluation'])) return;
    evaluation.forEach((section, index) => {
      if (section.protocol !== 'verification') return;
      const path = ['evaluation', index];
      const isChosen = typeof section.threshold !== 'number';
      const lack = findLack(selections[section.selection], section.different);
      if (lack !== undefined) {
        context.report({
          code: 'episode',
          path: firstGiven(context, [[...path, 'selection'], path]),
          found: `the ${section.selection} selection, which ${lack}`,
          allowed: 'a selection with pairs of both kinds',
        });
      }
      if (!isChosen) return;
      if (section.selection === 'validation') {
        context.report({
          code: 'leak',
          path: firstGiven(context, [[...path, 'threshold'], [...path, 'selection'], path]),
          found: 'a threshold chosen on the pairs that are measured',
          allowed: 'a number, or another selection',
        });
      } else {
        const missing = findLack(selections.validation, section.different);
        if (missing === undefined) return;
        context.report({
          code: 'episode',
          path: firstGiven(context, [[...path, 'threshold'], path]),
          found: `a threshold from the validation selection, which ${missing}`,
          allowed: 'a number, the probability from which on a pair counts as same; or a validation selection',
        });
      }
    });
  },
};

/** Why no pairs of both kinds can be drawn from alphabets, as a clause; undefined where they can. */
function findLack(alphabets: readonly AlphabetCount[], different: 'within-alphabet' | 'anywhere'): string | undefined {
  if (alphabets.length === 0) return 'is empty';
  const byOne = alphabets.find(({ drawers }) => drawers < 2);
  if (byOne) return `has characters by one drawer only (${byOne.name})`;
  const single = alphabets.find(({ characters }) => characters < 2);
  if (single && (different === 'within-alphabet' || alphabets.length < 2))
    return `has ${single.name} with one character`;
  return undefined;
}

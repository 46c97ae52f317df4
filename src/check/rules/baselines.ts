// Names of baselines: results of one experiment are told apart by them.
import type { Rule } from '../rule.js';

/** Every baseline has a name of its own, and none the network's. */
export const checkBaselineNames: Rule = {
  name: 'baseline names',
  needs: ['baselines'],
  check({ baselines }, { report }) {
    const taken = new Set(['network']);
    for (const [index, baseline] of baselines.entries()) {
      const given = 'name' in baseline ? baseline.name : undefined;
      const name = given ?? baseline.type;
      if (taken.has(name)) {
        report({
          code: 'wrong-value',
          path: given === undefined ? ['baselines', index] : ['baselines', index, 'name'],
          found: `the name ${name} a second time`,
          allowed: 'a name of its own for each baseline',
          hint: 'several of a kind are told apart by name: {type: elasticMatching, name: stiff, stiffness: 3}',
        });
      }
      taken.add(name);
    }
  },
};

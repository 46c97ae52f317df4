// The experiment's name, which names a folder.
import { isReservedName } from '../../base/file-name.js';
import type { Rule } from '../rule.js';

/** Runs are copied between systems: a folder that one of them cannot have is refused on all. */
export const checkName: Rule = {
  name: 'name',
  needs: ['name'],
  check({ name }, { report }) {
    if (!isReservedName(name)) return;
    const isDot = name.endsWith('.');
    report({
      code: 'wrong-value',
      path: ['name'],
      found: JSON.stringify(name),
      allowed: isDot ? 'a name that ends with another sign than a dot' : 'a name that no system keeps for a device',
      hint: isDot ? 'Windows cuts it off' : `Windows has no folders con, prn, aux, nul, com1, lpt1, …; write ${name}-1`,
    });
  },
};

// What a name that is not there may have been meant to be.
import { explainLookAlike } from '../base/look-alike.js';
import { findNearestKey } from '../base/nearest-key.js';
import type { SettingProblem } from '../config/setting-problem.js';

/** The nearest of the names, and why it looks like the one that was given. */
export function suggestName(name: string, names: readonly string[]): Pick<SettingProblem, 'nearest' | 'hint'> {
  const alike = explainLookAlike(name, names);
  return { nearest: alike?.name ?? findNearestKey(name, names), hint: alike?.why };
}

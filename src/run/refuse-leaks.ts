// The last guard against dishonest figures: whatever a data source and its split say, the pictures themselves are looked
// at before anything is trained or measured.
import { OneshotError } from '../base/problem.js';
import { findLeaks } from '../data/find-leaks.js';
import type { LoadedData } from '../data/loaded-data.js';

/** Throws OneshotError('data') when a character or picture, or a drawer where the split promises disjoint ones, stands in two selections. */
export function refuseLeaks({ split, description }: Pick<LoadedData, 'split' | 'description'>): void {
  const { disjointDrawers } = description;
  const leaks = findLeaks(split, { disjointAlphabets: false, disjointDrawers });
  if (leaks.length === 0) return;
  const found = leaks.map(
    ({ kind, between, example, count }) =>
      `${count} ${kind}${count === 1 ? '' : 's'} in both ${between.join(' and ')} (${example})`,
  );
  throw new OneshotError('data', `the split of ${description.dataset} leaks: ${found.join('; ')}`, {
    hint: 'a figure measured on it would not be honest; check the data set, and please report a split that comes with the program',
  });
}

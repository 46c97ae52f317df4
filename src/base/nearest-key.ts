// The nearest of the allowed names to a mistyped one, for error messages. Limits as in commander's suggestSimilar:
// at most 3 edits and no more than 40 % of the longer name.
import { distance } from 'fastest-levenshtein';

/**
 * The allowed name most like `found` (ignoring case), or undefined when none is near. Ties go to the first in
 * alphabetical order.
 */
export function findNearestKey(found: string, allowed: readonly string[]): string | undefined {
  let best: { name: string; edits: number } | undefined;
  for (const name of [...allowed].sort()) {
    const limit = Math.min(3, Math.floor(0.4 * Math.max(found.length, name.length)));
    if (Math.abs(found.length - name.length) > limit) continue;
    const edits = distance(found.toLowerCase(), name.toLowerCase());
    if (edits <= limit && (best === undefined || edits < best.edits)) best = { name, edits };
  }
  return best?.name;
}

// Files that stop a folder from being a data set: all of them in one message, up to a bound.
import { OneshotError } from '../../base/problem.js';
import { showPath } from './show-path.js';

/** One file or folder, and what is wrong with it. */
export interface BadFile {
  /** Within the data set's folder. */
  readonly path: string;
  /** Reads on from the path: `is a GIF file; expected PNG or JPEG`. */
  readonly what: string;
}

/** Lines of a message at most. */
const MAX_SHOWN = 20;

/** The failure that names the files, one to a line. */
export function failWithBadFiles(headline: string, bad: readonly BadFile[], hint: string): OneshotError {
  const shown = bad.slice(0, MAX_SHOWN).map(({ path, what }) => `\n  ${showPath(path)} ${what}`);
  const more = bad.length > MAX_SHOWN ? `\n  and ${bad.length - MAX_SHOWN} more` : '';
  return new OneshotError('data', `${headline}:${shown.join('')}${more}`, { hint });
}

// Readable names of trials, made of what varies between them; also folder names, so they hold letters that every file
// system takes.
import { fileNameOf } from '../base/file-name.js';
import type { Assignment } from './trial.js';

/** Longest name; the id behind it keeps folders apart whatever is cut. */
const LONGEST_NAME = 100;

/**
 * The shortest ending of each key path that no other path shares: `training.task.pairs.count` becomes `count` where
 * nothing else is called so.
 */
export function shortenPaths(paths: readonly string[]): ReadonlyMap<string, string> {
  const short = new Map<string, string>();
  for (const path of paths) {
    const words = path.split('.');
    let length = 1;
    const ending = () => words.slice(-length).join('.');
    while (length < words.length && paths.some((other) => other !== path && `.${other}`.endsWith(`.${ending()}`)))
      length++;
    short.set(path, ending());
  }
  return short;
}

/** The name of a trial: `count=30000,copies=8,seed=1`. */
export function nameTrial(
  assignments: readonly Assignment[],
  seed: number,
  shortPaths: ReadonlyMap<string, string>,
): string {
  const parts = assignments.map(({ path, value }) => `${shortPaths.get(path) ?? path}=${nameValue(value)}`);
  const ending = `seed=${seed}`;
  if (parts.length === 0) return ending;
  // `[0]` becomes `.0`: a layer of a key path.
  const varied = parts.join(',').replace(/\[([^\]]*)\]/g, '.$1');
  return `${fileNameOf(varied, { gap: '_', longest: LONGEST_NAME - ending.length - 1 })},${ending}`;
}

function nameValue(value: unknown): string {
  if (Array.isArray(value)) return value.map(nameValue).join('x');
  if (value !== null && typeof value === 'object') return Object.values(value).map(nameValue).join('x');
  return String(value);
}

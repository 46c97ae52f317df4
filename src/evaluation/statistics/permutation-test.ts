// Paired permutation test of two systems on the same episodes: under the null hypothesis their names may be exchanged
// within any episode, so the signs of the differences per episode are flipped (Good 2005, "Permutation, Parametric and
// Bootstrap Tests of Hypotheses", section 3.2; whole episodes, since their queries share a support set). All sign
// patterns where they are few; otherwise random ones with p = (1 + hits) / (1 + draws) (Phipson and Smyth 2010).
import { randomStream } from '../../base/random-stream.js';
import type { EpisodeOutcome } from './clustered-bootstrap.js';

export interface PermutationTestResult {
  /** Accuracy of the first system minus that of the second. */
  readonly difference: number;
  /** Two-sided. */
  readonly pValue: number;
  /** Whether all sign patterns were counted. */
  readonly exact: boolean;
  /** Patterns that the p-value was counted on: its digits are worth no more. */
  readonly patterns: number;
}

export interface PermutationTestOptions {
  readonly seed?: number;
  /** Random sign patterns; all patterns are counted instead when there are no more than that. */
  readonly permutations?: number;
}

/**
 * The test on two systems' outcomes of the same episodes in the same order (10,000 permutations unless told). Throws a
 * RangeError when the episodes do not match or there are none.
 */
export function testPermutation(
  first: readonly EpisodeOutcome[],
  second: readonly EpisodeOutcome[],
  options: PermutationTestOptions = {},
): PermutationTestResult {
  checkPaired(first, second);
  const { seed = 0, permutations = 10_000 } = options;
  const queries = first.reduce((sum, episode) => sum + episode.queries, 0);
  const differences = Float64Array.from(first, (episode, index) => episode.credit - second[index]!.credit);
  const observed = differences.reduce((sum, difference) => sum + difference, 0);
  // Credits such as 1/3 add up with rounding errors that must not decide whether a pattern is as extreme as the observed one.
  const threshold = Math.abs(observed) - 1e-9;
  const moving = differences.filter((difference) => difference !== 0);
  const exact = 2 ** moving.length <= permutations;
  const pValue = exact ? countAllPatterns(moving, threshold) : drawPatterns(moving, threshold, seed, permutations);
  return { difference: observed / queries, pValue, exact, patterns: exact ? 2 ** moving.length : permutations };
}

function checkPaired(first: readonly EpisodeOutcome[], second: readonly EpisodeOutcome[]): void {
  const paired =
    first.length > 0 &&
    first.length === second.length &&
    first.every((episode, index) => episode.queries === second[index]!.queries);
  if (!paired)
    throw new RangeError(`the same episodes are needed, not ${first.length} and ${second.length} that differ`);
}

function countAllPatterns(differences: Float64Array, threshold: number): number {
  const patterns = 2 ** differences.length;
  let hits = 0;
  for (let pattern = 0; pattern < patterns; pattern++) {
    let sum = 0;
    for (let i = 0; i < differences.length; i++) sum += (pattern >> i) & 1 ? -differences[i]! : differences[i]!;
    if (Math.abs(sum) >= threshold) hits++;
  }
  return hits / patterns;
}

function drawPatterns(differences: Float64Array, threshold: number, seed: number, permutations: number): number {
  const stream = randomStream(seed, 'permutation-test', differences.length);
  let hits = 0;
  for (let draw = 0; draw < permutations; draw++) {
    let sum = 0;
    for (const difference of differences) sum += stream.uniform() < 0.5 ? difference : -difference;
    if (Math.abs(sum) >= threshold) hits++;
  }
  return (1 + hits) / (1 + permutations);
}

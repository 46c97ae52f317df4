// The interval of a mean accuracy over training seeds. Two things vary: seeds, of which there are a handful, and episodes,
// which all seeds may share, so that a hard episode is hard for all of them. Student's interval over the seeds sees the
// first alone and holds with two of them; the interval of a single run sees the second. Independent errors add in
// quadrature (ISO 1995, "Guide to the Expression of Uncertainty in Measurement", 5.1.2), so both reach as far together as
// the root of the sum of their squares. Resampling seeds, as a bootstrap does, covers 70 to 90 % with two or three of them.
import type { Interval } from './interval.js';
import { studentInterval } from './student-interval.js';

/** What one run reached, with its own 95 % interval. */
export interface SeedResult {
  readonly accuracy: number;
  readonly interval: Interval;
}

/**
 * The 95 % interval of the mean over runs: within 0 … 1 and never narrower than that of any of them. That of the run
 * itself where there is one. Throws a RangeError where there is none.
 */
export function intervalOverSeeds(runs: readonly SeedResult[]): Interval {
  const [first] = runs;
  if (first === undefined) throw new RangeError('an interval over no runs');
  const student = studentInterval(runs.map(({ accuracy }) => accuracy));
  if (student === undefined) return first.interval;
  const mean = (student[0] + student[1]) / 2;
  const half = (student[1] - student[0]) / 2;
  const reach = (distance: (run: SeedResult) => number) => Math.hypot(half, Math.max(...runs.map(distance)));
  const low = mean - reach(({ accuracy, interval }) => accuracy - interval[0]);
  const high = mean + reach(({ accuracy, interval }) => interval[1] - accuracy);
  return keepWidth([Math.max(0, low), Math.min(1, high)], Math.max(...runs.map(({ interval: [a, b] }) => b - a)));
}

// What an end was cut by at 0 or 1 may leave less than a single run's width: the other end gives it back.
function keepWidth([low, high]: Interval, width: number): Interval {
  if (high - low >= width) return [low, high];
  return low === 0 ? [0, Math.min(1, width)] : [Math.max(0, high - width), high];
}

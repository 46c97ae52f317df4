// The score interval of a proportion (Wilson 1927, "Probable inference, the law of succession, and statistical
// inference", equation for p; Brown, Cai and DasGupta 2001 recommend it). It takes queries as independent; those of one
// episode are not, see clustered-bootstrap.ts.
import type { Interval } from './interval.js';

/** The standard normal distribution's 97.5 % point. */
export const Z_95 = 1.959963984540054;

/**
 * The 95 % Wilson interval of `correct` right answers out of `n`. `correct` may be fractional (shared ties). Throws a
 * RangeError unless 0 <= correct <= n and n > 0.
 */
export function wilsonInterval(correct: number, n: number, z = Z_95): Interval {
  if (!(n > 0) || !(correct >= 0 && correct <= n)) throw new RangeError(`no proportion: ${correct} of ${n}`);
  const proportion = correct / n;
  const shrink = 1 + (z * z) / n;
  const centre = (proportion + (z * z) / (2 * n)) / shrink;
  const half = (z / shrink) * Math.sqrt((proportion * (1 - proportion)) / n + (z * z) / (4 * n * n));
  // At 0 and n the formula gives 0 and 1 but for rounding.
  return [correct === 0 ? 0 : Math.max(0, centre - half), correct === n ? 1 : Math.min(1, centre + half)];
}

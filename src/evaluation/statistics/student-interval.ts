// Student's interval of a mean: for a handful of settings or seeds, where a bootstrap would be far too narrow.
// Distribution: Abramowitz and Stegun 1964, 26.7.3 and 26.7.4 (whole degrees of freedom).

/** Mean and 95 % interval; undefined for fewer than two values. Not cut to any range. */
export function studentInterval(values: readonly number[]): readonly [number, number] | undefined {
  const n = values.length;
  if (n < 2) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const half = studentQuantile(n - 1) * Math.sqrt(variance / n);
  return [mean - half, mean + half];
}

/** The t below which 97.5 % of the distribution lie, found by bisection: 12.706 for 1 degree of freedom, 1.96 for many. */
export function studentQuantile(degrees: number): number {
  let low = 0;
  let high = 16;
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2;
    if (centralPart(middle, degrees) < 0.95) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The two-sided p-value of a statistic with Student's distribution. */
export function studentPValue(t: number, degrees: number): number {
  return Math.max(0, 1 - centralPart(Math.abs(t), degrees));
}

/** The part of the distribution between -t and t. */
function centralPart(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const isOdd = degrees % 2 === 1;
  if (degrees === 1) return (2 * angle) / Math.PI;
  let term = isOdd ? cos : 1;
  let sum = term;
  for (let k = isOdd ? 3 : 2; k <= degrees - 2; k += 2) {
    term *= ((k - 1) / k) * cos * cos;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (angle + sin * sum) : sin * sum;
}

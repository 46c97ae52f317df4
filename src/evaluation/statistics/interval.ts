// Intervals of accuracies, and the percentile rule that the bootstraps share.

/** Lower and upper end, both included; fractions, not per cent. */
export type Interval = readonly [low: number, high: number];

/** The central interval that holds `level` (0.95) of the resampled values: percentiles by linear interpolation between order statistics (Hyndman and Fan 1996, type 7, as in NumPy). Sorts `values` in place. Throws a RangeError when there are none. */
export function percentileInterval(values: Float64Array, level: number): Interval {
  if (values.length === 0) throw new RangeError('percentiles of no values');
  values.sort();
  const tail = (1 - level) / 2;
  return [quantile(values, tail), quantile(values, 1 - tail)];
}

function quantile(sorted: Float64Array, fraction: number): number {
  const position = fraction * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (position - below) * (high - low);
}

// Intervals of accuracies, and the percentile rule that the bootstraps share.

/** Lower and upper end, both included; fractions, not per cent. */
export type Interval = readonly [low: number, high: number];

/**
 * The interval to print beside one accuracy: from the lower of both low ends to the higher of both high ends. Resampling
 * episodes sees that their queries belong together, but covers too little where there are few episodes and nothing at all
 * at 0 or 1; Wilson's takes queries as independent. `clustered` is null for a single episode.
 */
export function coverBoth(wilson: Interval, clustered: Interval | null): Interval {
  if (clustered === null) return wilson;
  return [Math.min(wilson[0], clustered[0]), Math.max(wilson[1], clustered[1])];
}

/** Whether all of the interval lies below a value. */
export function isBelow([, high]: Interval, value: number): boolean {
  return high < value;
}

/**
 * The central interval that holds `level` (0.95) of the resampled values: percentiles by linear interpolation between
 * order statistics (Hyndman and Fan 1996, type 7, as in NumPy). Sorts `values` in place. Throws a RangeError when there
 * are none.
 */
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

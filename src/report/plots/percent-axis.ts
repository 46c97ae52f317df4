// Ticks of an axis in per cent, each with its label: a few round values within the domain.

/** Steps between ticks, in per cent. */
const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 25];
const MOST_TICKS = 5;

/** The axis of fractions between two ends. */
export function percentAxis([low, high]: readonly [number, number]) {
  const step = STEPS.find((candidate) => (100 * (high - low)) / candidate < MOST_TICKS) ?? 25;
  const first = Math.ceil((100 * low) / step - 1e-9);
  const last = Math.floor((100 * high) / step + 1e-9);
  const values = Array.from({ length: last - first + 1 }, (_, index) => ((first + index) * step) / 100);
  return { values, format: step < 1 ? '.1%' : '.0%', labelOverlap: false as const, labelFlush: false as const };
}

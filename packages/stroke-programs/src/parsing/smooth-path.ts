// From paths of pixels to smooth lines with evenly spaced points.
import type { Place } from '../skeleton/skeleton-graph.js';

/** The standard deviation of smoothing in pixels of arc length: a pixel path's stairs are about that long. */
const SMOOTHING = 1.5;

/** The path as points about one pixel apart, ends kept, stairs smoothed away by a Gaussian of arc length. At least one point. */
export function smoothPath(path: readonly Place[]): Place[] {
  const even = spaceEvenly(path);
  if (even.length < 3) return even;
  const reach = Math.ceil(3 * SMOOTHING);
  return even.map((_, i) => {
    // Near an end the window shrinks, so that the end itself stays where it is.
    const own = Math.min(reach, i, even.length - 1 - i);
    let [sum, x, y] = [0, 0, 0];
    for (let k = -own; k <= own; k++) {
      const weight = Math.exp(-(k * k) / (2 * SMOOTHING * SMOOTHING));
      sum += weight;
      x += weight * even[i + k]![0];
      y += weight * even[i + k]![1];
    }
    return [x / sum, y / sum] as const;
  });
}

/** Points on the path at equal distances of about a pixel, both ends included. */
function spaceEvenly(path: readonly Place[]): Place[] {
  const lengths = [0];
  for (let i = 1; i < path.length; i++) {
    lengths.push(lengths[i - 1]! + Math.hypot(path[i]![0] - path[i - 1]![0], path[i]![1] - path[i - 1]![1]));
  }
  const total = lengths.at(-1)!;
  if (total === 0) return path.slice(0, 1);
  const count = Math.max(2, Math.round(total) + 1);
  let at = 1;
  return Array.from({ length: count }, (_, i) => {
    const wanted = (total * i) / (count - 1);
    while (at < path.length - 1 && lengths[at]! < wanted) at++;
    const [before, after] = [path[at - 1]!, path[at]!];
    const span = lengths[at]! - lengths[at - 1]!;
    const part = span === 0 ? 0 : (wanted - lengths[at - 1]!) / span;
    return [before[0] + part * (after[0] - before[0]), before[1] + part * (after[1] - before[1])] as const;
  });
}

// One picture made smaller or larger with a triangle filter as wide as a target pixel (the antialiased bilinear resize of
// Pillow and PyTorch). Without Node: pages resize by the same rule.

/**
 * Resizes the `[height, width]` bytes that start at `offset` into `target`, `[targetHeight, targetWidth]`, 0 to 255,
 * unrounded.
 */
export type Resizer = (source: Uint8Array, offset: number, target: Float64Array) => void;

/**
 * A resizer between two fixed sizes. Equal sizes copy exactly. Works from the source's side and skips paper, which most
 * of a drawing is.
 */
export function createResizer(height: number, width: number, targetHeight: number, targetWidth: number): Resizer {
  const columns = triangleShares(width, targetWidth);
  const rows = triangleShares(height, targetHeight);
  const narrowed = new Float64Array(targetWidth); // one source row, [targetWidth]
  return (source, offset, target) => {
    target.fill(0);
    for (let y = 0; y < height; y++) {
      if (!narrowRow(source, offset + y * width, width, columns, narrowed)) continue;
      for (let k = rows.start[y]!; k < rows.start[y + 1]!; k++) {
        const weight = rows.weight[k]!;
        const start = rows.target[k]! * targetWidth;
        for (let x = 0; x < targetWidth; x++) target[start + x]! += weight * narrowed[x]!;
      }
    }
  };
}

// Returns whether the row holds any ink.
function narrowRow(
  source: Uint8Array,
  offset: number,
  width: number,
  columns: Shares,
  narrowed: Float64Array,
): boolean {
  let hasInk = false;
  for (let x = 0; x < width; x++) {
    const ink = source[offset + x]!;
    if (ink === 0) continue;
    if (!hasInk) narrowed.fill(0);
    hasInk = true;
    for (let k = columns.start[x]!; k < columns.start[x + 1]!; k++) {
      narrowed[columns.target[k]!]! += columns.weight[k]! * ink;
    }
  }
  return hasInk;
}

/**
 * Which target positions each source position has a share in, and how much: those of source i stand from `start[i]` to
 * `start[i + 1]`.
 */
interface Shares {
  readonly start: Int32Array;
  readonly target: Int32Array;
  readonly weight: Float64Array;
}

// A target pixel is centred at (t + 1/2) scale in the source; the triangle reaches one target pixel (at least one source
// pixel) to both sides. What a target takes adds up to 1, so flat areas stay as they are, up to the edge.
function triangleShares(length: number, targetLength: number): Shares {
  const scale = length / targetLength;
  const reach = Math.max(1, scale);
  const shares: { source: number; target: number; weight: number }[] = [];
  for (let target = 0; target < targetLength; target++) {
    const centre = (target + 0.5) * scale;
    const taken: typeof shares = [];
    for (let source = Math.max(0, Math.ceil(centre - reach - 0.5)); source < length; source++) {
      const weight = 1 - Math.abs(source + 0.5 - centre) / reach;
      if (weight <= 0 && source > centre) break;
      if (weight > 0) taken.push({ source, target, weight });
    }
    const total = taken.reduce((sum, { weight }) => sum + weight, 0);
    shares.push(...taken.map((share) => ({ ...share, weight: share.weight / total })));
  }
  shares.sort((a, b) => a.source - b.source || a.target - b.target);
  const start = new Int32Array(length + 1);
  for (const { source } of shares) start[source + 1]!++;
  for (let i = 0; i < length; i++) start[i + 1]! += start[i]!;
  return {
    start,
    target: Int32Array.from(shares, ({ target }) => target),
    weight: Float64Array.from(shares, ({ weight }) => weight),
  };
}

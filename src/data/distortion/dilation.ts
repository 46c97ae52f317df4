// Strokes made wider, as a thicker pen draws them: a grey dilation of ink by a disc (Serra 1982), whose
// edge is soft, so that radii between whole pixels lie between their results.
import type { SourcePicture } from './warp.js';

/** Offsets of a disc with the part of the ink that each takes along. */
interface SoftDisc {
  readonly dx: Int32Array;
  readonly dy: Int32Array;
  readonly part: Float64Array;
}

/**
 * The bytes `[size, size]` of a picture (0 paper, 255 ink) dilated by a disc of `radius` pixels, at least 0: every pixel
 * becomes the largest of p(q) min(1, radius + 1 - d) over the pixels q at a distance d < radius + 1. Radius 0 changes
 * nothing.
 */
export function dilate({ pixels, offset, size }: SourcePicture, radius: number): Uint8Array {
  const dilated = pixels.slice(offset, offset + size * size);
  const { dx, dy, part } = makeDisc(radius);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const ink = pixels[offset + y * size + x]!;
      // Most of a picture is paper, which widens nothing.
      if (ink === 0) continue;
      for (let i = 0; i < part.length; i++) {
        const toX = x + dx[i]!;
        const toY = y + dy[i]!;
        if (toX < 0 || toY < 0 || toX >= size || toY >= size) continue;
        const place = toY * size + toX;
        const spread = Math.round(ink * part[i]!);
        if (spread > dilated[place]!) dilated[place] = spread;
      }
    }
  }
  return dilated;
}

/** Without its centre, where all ink stays. */
function makeDisc(radius: number): SoftDisc {
  const reach = Math.ceil(radius);
  const offsets: { dx: number; dy: number; part: number }[] = [];
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const part = Math.min(1, radius + 1 - Math.hypot(dx, dy));
      if (part > 0 && (dx !== 0 || dy !== 0)) offsets.push({ dx, dy, part });
    }
  }
  return {
    dx: Int32Array.from(offsets, (offset) => offset.dx),
    dy: Int32Array.from(offsets, (offset) => offset.dy),
    part: Float64Array.from(offsets, (offset) => offset.part),
  };
}

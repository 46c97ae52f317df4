// Which tone of a picture is paper. Drawings, signs and scans have their ink in the middle and paper around it, so the
// edge of the pictures tells: light paper means dark ink.
import type { DecodedPicture } from '../pictures/decode-picture.js';

/** The edge that is looked at, as a share of the shorter side. */
const EDGE_SHARE = 0.05;

/** The mean brightness of a picture's edge, 0 (black) … 255 (white). Where the edge is transparent, the opposite of what is visible, which is ink then. */
export function measurePaperBrightness({ height, width, brightness, opacity }: DecodedPicture): number {
  const edge = Math.max(1, Math.round(EDGE_SHARE * Math.min(height, width)));
  let edgeSum = 0;
  let edgeWeight = 0;
  let sum = 0;
  let weight = 0;
  for (let y = 0, i = 0; y < height; y++) {
    const isEdgeRow = y < edge || y >= height - edge;
    for (let x = 0; x < width; x++, i++) {
      const share = opacity === undefined ? 1 : opacity[i]! / 255;
      sum += share * brightness[i]!;
      weight += share;
      if (!isEdgeRow && x >= edge && x < width - edge) continue;
      edgeSum += share * brightness[i]!;
      edgeWeight += share;
    }
  }
  if (weight === 0) return 255;
  return edgeWeight > 0.5 * countEdge(height, width, edge) ? edgeSum / edgeWeight : 255 - sum / weight;
}

function countEdge(height: number, width: number, edge: number): number {
  return height * width - Math.max(0, height - 2 * edge) * Math.max(0, width - 2 * edge);
}

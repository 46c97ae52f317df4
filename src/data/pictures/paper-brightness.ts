// Which tone of a picture is paper. Drawings, signs and scans have their ink in the middle and paper around it, so the
// edge of the pictures tells: light paper means dark ink.
import type { DecodedPicture } from './decoded-picture.js';

/** The edge that is looked at, as a share of the shorter side. */
const EDGE_SHARE = 0.05;

/**
 * The mean brightness of a picture's edge, 0 (black) … 255 (white). Where the edge is transparent, the opposite of what
 * is visible, which is ink then.
 */
export function measurePaperBrightness({ height, width, rgba }: DecodedPicture): number {
  const edge = Math.max(1, Math.round(EDGE_SHARE * Math.min(height, width)));
  let edgeSum = 0;
  let edgeWeight = 0;
  let sum = 0;
  let weight = 0;
  for (let y = 0, i = 0; y < height; y++) {
    const isEdgeRow = y < edge || y >= height - edge;
    for (let x = 0; x < width; x++, i += 4) {
      const share = rgba[i + 3]! / 255;
      const brightness = Math.round(0.299 * rgba[i]! + 0.587 * rgba[i + 1]! + 0.114 * rgba[i + 2]!);
      sum += share * brightness;
      weight += share;
      if (!isEdgeRow && x >= edge && x < width - edge) continue;
      edgeSum += share * brightness;
      edgeWeight += share;
    }
  }
  if (weight === 0) return 255;
  return edgeWeight > 0.5 * countEdge(height, width, edge) ? edgeSum / edgeWeight : 255 - sum / weight;
}

function countEdge(height: number, width: number, edge: number): number {
  return height * width - Math.max(0, height - 2 * edge) * Math.max(0, width - 2 * edge);
}

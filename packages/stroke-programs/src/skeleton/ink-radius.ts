// How thick ink is at a pixel: the largest circle in the ink about it.
import type { InkPicture } from '../ink-picture.js';

/**
 * The distance in pixels from the middle of a pixel to that of the nearest pixel of paper, or to beyond the edge;
 * `most` where it is larger.
 */
export function measureInkRadius({ width, height, ink }: InkPicture, x: number, y: number, most = 20): number {
  let nearest = most * most;
  for (let reach = 0; reach * reach <= nearest; reach++) {
    for (let dy = -reach; dy <= reach; dy++) {
      const step = Math.abs(dy) === reach ? 1 : Math.max(1, 2 * reach);
      for (let dx = -reach; dx <= reach; dx += step) {
        const [column, row] = [Math.round(x) + dx, Math.round(y) + dy];
        const isInk = column >= 0 && row >= 0 && column < width && row < height && ink[row * width + column] === 1;
        if (!isInk) nearest = Math.min(nearest, dx * dx + dy * dy);
      }
    }
  }
  return Math.sqrt(nearest);
}

// A line as grey pixels: what a round pen leaves that is moved along it.
import type { InkLine } from 'stroke-programs';
import { STROKE_SIZE } from './read-ink.js';

/** Square bytes `[size, size]`; 0 paper, 255 ink. */
export interface PaintedPicture {
  readonly pixels: Uint8Array;
  readonly size: number;
}

/**
 * Fills the picture with the line, whose places and `radius` are in pixels of a picture of `STROKE_SIZE`. A pixel at the pen's
 * edge is as grey as it is covered; what lies outside is not seen.
 */
export function paintLine({ x, y, isStart }: InkLine, radius: number, { pixels, size }: PaintedPicture): void {
  pixels.fill(0);
  const ratio = size / STROKE_SIZE;
  const reach = radius * ratio + 0.5;
  // A line thinner than a pixel covers no pixel whole.
  const most = 255 * Math.min(1, 2 * radius * ratio);
  const toPixels = (place: number) => (place + 0.5) * ratio - 0.5;
  let [fromX, fromY] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    const toX = toPixels(x[i]!);
    const toY = toPixels(y[i]!);
    if (isStart[i] === 1) [fromX, fromY] = [toX, toY];
    const dx = toX - fromX;
    const dy = toY - fromY;
    const inverse = dx === 0 && dy === 0 ? 0 : 1 / (dx * dx + dy * dy);
    const top = Math.max(0, Math.ceil(Math.min(fromY, toY) - reach));
    const bottom = Math.min(size - 1, Math.floor(Math.max(fromY, toY) + reach));
    const left = Math.max(0, Math.ceil(Math.min(fromX, toX) - reach));
    const right = Math.min(size - 1, Math.floor(Math.max(fromX, toX) + reach));
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        const along = ((column - fromX) * dx + (row - fromY) * dy) * inverse;
        const part = along < 0 ? 0 : along > 1 ? 1 : along;
        const awayX = column - fromX - part * dx;
        const awayY = row - fromY - part * dy;
        const squared = awayX * awayX + awayY * awayY;
        if (squared >= reach * reach) continue;
        const value = most * Math.min(1, reach - Math.sqrt(squared));
        const at = row * size + column;
        if (value > pixels[at]!) pixels[at] = value;
      }
    }
    [fromX, fromY] = [toX, toY];
  }
}

// Pixels to a small PNG file, for pages.
import { loadPng } from '../../base/load-png.js';

/** A grey PNG of `[height, width]` ink, drawn black on white. */
export function encodeInkPng(ink: Uint8Array, height: number, width: number): Buffer {
  const Png = loadPng();
  const png = new Png({ width, height });
  for (let i = 0; i < ink.length; i++) png.data.set([255 - ink[i]!, 255 - ink[i]!, 255 - ink[i]!, 255], 4 * i);
  return Png.sync.write(png, { colorType: 0 });
}

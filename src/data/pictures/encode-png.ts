// Pixels to a small PNG file, for pages.
import { loadPng } from '../../base/load-png.js';
import { type PictureSet, pictureBytes } from './picture-set.js';

/** A PNG of one picture `[height, width, channels]`: ink black on white, or colours as they are. */
export function encodePng(
  pixels: Uint8Array,
  { height, width, channels = 1 }: Pick<PictureSet, 'height' | 'width'> & Partial<Pick<PictureSet, 'channels'>>,
): Buffer {
  const Png = loadPng();
  const png = new Png({ width, height });
  for (let i = 0; i < pictureBytes({ height, width }); i++) {
    for (let c = 0; c < 3; c++) png.data[4 * i + c] = channels === 3 ? pixels[3 * i + c]! : 255 - pixels[i]!;
    png.data[4 * i + 3] = 255;
  }
  return Png.sync.write(png, { colorType: channels === 3 ? 2 : 0 });
}

// Pixels to canvases, and strokes to pixels.
import { createStrokePen, type Point } from '../../data/glyphs/draw-strokes.js';
import type { DecodedPicture } from '../../data/pictures/decoded-picture.js';

/** A stroke as it was drawn: points from (0, 0), upper left, to (1, 1), lower right. */
export type DrawnStroke = readonly Point[];

/** Pixels of a picture `[size, size, channels]`: ink of which 255 is all, or red, green and blue. */
export interface Pixels {
  readonly size: number;
  readonly channels: number;
  readonly values: ArrayLike<number>;
}

/** Resolution at which strokes become pixels: Omniglot's own. */
const SIZE = 105;

/**
 * The strokes as a picture. By the program's own pen and not by the page's canvas: the same in every browser, at every
 * zoom. Black on white, or white on black where the network's pictures have light ink.
 */
export function pictureOfStrokes(
  strokes: readonly DrawnStroke[],
  penWidth: number,
  isInkLight: boolean,
): DecodedPicture {
  const ink = inkOfStrokes(strokes, penWidth);
  const rgba = new Uint8Array(4 * ink.length).fill(255);
  for (let i = 0; i < ink.length; i++) {
    const value = Math.round(255 * (isInkLight ? ink[i]! : 1 - ink[i]!));
    rgba.fill(value, 4 * i, 4 * i + 3);
  }
  return { height: SIZE, width: SIZE, rgba };
}

/** The strokes' ink, `[105, 105]`, as pixels. */
export function pixelsOfStrokes(strokes: readonly DrawnStroke[], penWidth: number): Pixels {
  const values = Uint8Array.from(inkOfStrokes(strokes, penWidth), (ink) => Math.round(255 * ink));
  return { size: SIZE, channels: 1, values };
}

function inkOfStrokes(strokes: readonly DrawnStroke[], penWidth: number): Float64Array {
  const ink = new Float64Array(SIZE * SIZE);
  const drawn = strokes.map((points) => ({
    points: points.length === 1 ? [...points, ...points] : points,
    smooth: false,
  }));
  createStrokePen(SIZE).draw(ink, drawn, (point) => point, penWidth / 2);
  return ink;
}

/** Makes the canvas show the pixels: ink dark on white, or colours. */
export function paintPixels(canvas: HTMLCanvasElement, { size, channels, values }: Pixels): void {
  canvas.width = size;
  canvas.height = size;
  const image = new ImageData(size, size);
  for (let i = 0; i < size * size; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = channels === 3 ? values[3 * i + c]! : 255 - values[i]!;
    image.data[4 * i + 3] = 255;
  }
  canvas.getContext('2d')!.putImageData(image, 0, 0);
}

/** A new canvas of the pixels, or a small copy of a picture. */
export function paint(picture: Pixels | ImageBitmap): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  if ('values' in picture) paintPixels(canvas, picture);
  else {
    canvas.width = SIZE;
    canvas.height = SIZE;
    drawWithin(canvas.getContext('2d')!, picture, SIZE);
  }
  return canvas;
}

/** Draws a picture whole into the middle of a square. */
export function drawWithin(
  pen: CanvasRenderingContext2D,
  picture: ImageBitmap | HTMLCanvasElement,
  size: number,
): void {
  const scale = size / Math.max(picture.width, picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  pen.imageSmoothingQuality = 'high';
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, size, size);
  pen.drawImage(picture, (size - width) / 2, (size - height) / 2, width, height);
}

// Whatever a page has as a picture, as pixels.
import type { DecodedPicture } from '../data/pictures/decoded-picture.js';

/** A file, an element of the page (image, canvas, video), a bitmap, or pixels. */
export type PictureLike = Blob | ImageData | CanvasImageSource | DecodedPicture;

/** Pixels at most: larger pictures are shrunk by the browser first, to what a network can be shown from. */
const MAX_PIXELS = 4e6;

/** The picture, files turned upright. Rejects with an Error when a file cannot be decoded. */
export async function decodePicture(given: PictureLike): Promise<DecodedPicture> {
  if ('rgba' in given) return given;
  if (given instanceof ImageData) return fromPixels(given);
  if (!(given instanceof Blob)) return draw(given);
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(given);
  } catch (error) {
    throw new Error('the file is no picture that this browser can show', { cause: error });
  }
  const decoded = draw(bitmap);
  bitmap.close();
  return decoded;
}

function draw(given: CanvasImageSource): DecodedPicture {
  const [width, height] = measure(given);
  const scale = Math.min(1, Math.sqrt(MAX_PIXELS / (width * height)));
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  if (pen === null) throw new Error('this browser has no canvas to decode pictures on');
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(given, 0, 0, canvas.width, canvas.height);
  return fromPixels(pen.getImageData(0, 0, canvas.width, canvas.height));
}

function measure(given: CanvasImageSource): [width: number, height: number] {
  if ('naturalWidth' in given) return [given.naturalWidth, given.naturalHeight];
  if ('videoWidth' in given) return [given.videoWidth, given.videoHeight];
  if ('displayWidth' in given) return [given.displayWidth, given.displayHeight];
  if (given instanceof SVGImageElement) throw new Error('draw an SVG image on a canvas first');
  return [given.width, given.height];
}

function fromPixels({ width, height, data }: ImageData): DecodedPicture {
  return { width, height, rgba: new Uint8Array(data.buffer, data.byteOffset, data.length) };
}

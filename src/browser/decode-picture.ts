// Whatever a page has as a picture, as pixels.
import type { DecodedPicture } from '../data/pictures/decoded-picture.js';

/** A file, an element of the page (image, canvas, video), a bitmap, or pixels. */
export type PictureSource = Blob | ImageData | CanvasImageSource | DecodedPicture;

/** Pixels at most: larger pictures are shrunk by the browser first, to what a network can be shown from. */
const MAX_PIXELS = 4e6;

/** The picture, files turned upright. Rejects with an Error when a file cannot be decoded. */
export async function decodePicture(source: PictureSource): Promise<DecodedPicture> {
  if ('rgba' in source) return source;
  if (source instanceof ImageData) return fromPixels(source);
  if (!(source instanceof Blob)) return draw(source);
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(source);
  } catch (error) {
    throw new Error('the file is no picture that this browser can show', { cause: error });
  }
  const decoded = draw(bitmap);
  bitmap.close();
  return decoded;
}

function draw(source: CanvasImageSource): DecodedPicture {
  const [width, height] = measure(source);
  const scale = Math.min(1, Math.sqrt(MAX_PIXELS / (width * height)));
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  if (pen === null) throw new Error('this browser has no canvas to decode pictures on');
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(source, 0, 0, canvas.width, canvas.height);
  return fromPixels(pen.getImageData(0, 0, canvas.width, canvas.height));
}

function measure(source: CanvasImageSource): [width: number, height: number] {
  if ('naturalWidth' in source) return [source.naturalWidth, source.naturalHeight];
  if ('videoWidth' in source) return [source.videoWidth, source.videoHeight];
  if ('displayWidth' in source) return [source.displayWidth, source.displayHeight];
  if (source instanceof SVGImageElement) throw new Error('draw an SVG image on a canvas first');
  return [source.width, source.height];
}

function fromPixels({ width, height, data }: ImageData): DecodedPicture {
  return { width, height, rgba: new Uint8Array(data.buffer, data.byteOffset, data.length) };
}

// What the page brings along, out of its elements.
import { DATA_IDS, type PageData, type StarterPictures } from '../page-data.js';
import type { Pixels } from './pictures.js';

const textOf = (id: string) => document.getElementById(id)!.textContent;

export function readPageData(): PageData {
  return JSON.parse(textOf(DATA_IDS.page)) as PageData;
}

/** The bytes of the exported network. Its element is emptied: the text of a large one takes memory. */
export function takeNetwork(): Uint8Array {
  const element = document.getElementById(DATA_IDS.network)!;
  const bytes = decodeBase64(element.textContent);
  element.textContent = '';
  return bytes;
}

/** Pictures of the starters by number. */
export type PictureList = (picture: number) => Pixels;

export async function readPictures(
  id: typeof DATA_IDS.seen | typeof DATA_IDS.shown,
  { size, channels }: StarterPictures,
): Promise<PictureList> {
  const packed = new Blob([decodeBase64(textOf(id))]).stream().pipeThrough(new DecompressionStream('deflate'));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  const length = size * size * channels;
  return (picture) => ({ size, channels, values: bytes.subarray(picture * length, (picture + 1) * length) });
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}

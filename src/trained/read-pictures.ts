// Picture files as a network sees them: bytes, decoding, form.
import { hashBytes } from '../base/stable-hash.js';
import { decodePicture, sizeForSquare } from '../data/pictures/decode-picture.js';
import { readPictureFile } from '../data/pictures/read-picture-file.js';
import { createViewer, type PictureForm, type SeenPicture } from '../data/pictures/see-picture.js';

/** A picture as the network sees it, with the SHA-256 of its file. */
export interface ReadPicture extends SeenPicture {
  readonly hash: string;
}

/** What reads picture files, one after the other or several at a time. */
export type PictureReader = (path: string) => Promise<ReadPicture>;

/** A reader for pictures of this form. It throws an Error that reads on from the file's name: `is a damaged PNG file`. */
export function createPictureReader(form: PictureForm): PictureReader {
  const view = createViewer(form);
  const chooseSize = sizeForSquare(form.sourceSize, form.fit);
  return async (path) => {
    const bytes = readPictureFile(path);
    return { ...view(await decodePicture(bytes, chooseSize)), hash: hashBytes(bytes) };
  };
}

// The emoji of four designers as npm publishes them (emoji-datasource-* 16.0.0, MIT; the drawings belong to their makers,
// Google's under Apache-2.0, Twitter's under CC-BY 4.0): which files, and which of their pictures are used.
import { join } from 'node:path';
import { list, type ReadEntry } from 'tar';
import { OneshotError } from '../../base/problem.js';

export interface EmojiPackage {
  readonly designer: string;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** In the order of their numbers as drawers. */
export const EMOJI_PACKAGES: readonly EmojiPackage[] = [
  emojiPackage('apple', 99_291_668, 'b34d1665e136f163b0d4433318df151895b785186e8c729b2211b43017945075'),
  emojiPackage('google', 74_344_091, 'fb5fd131b362aab7a55542d2a147a79708cce0a8b1c1bbacd470172708b5c438'),
  emojiPackage('twitter', 61_683_754, 'f64a530c63bca463bd8317fdc4615ce63a53a0c65018e4ce2d848aaba7a28877'),
  emojiPackage('facebook', 102_958_917, '017038cf5a4e7fcf03dd9133cbed43d4c281c4b3ce7b927c7160261b92b8821e'),
];

function emojiPackage(designer: string, bytes: number, sha256: string): EmojiPackage {
  return { designer, file: `emoji-datasource-${designer}-16.0.0.tgz`, bytes, sha256 };
}

/** Emoji that all four have and that are one character, not a sequence of several. */
export const EMOJI_CLASSES = 1377;

/** One drawing. */
export interface EmojiPicture {
  /** Its code in hexadecimal, `1f600`. */
  readonly code: string;
  /** A PNG file of 64 x 64 pixels with transparent parts. */
  readonly bytes: Buffer;
}

/** Pictures of 64 pixels: `img/apple/64/1f600.png`, or with the sign that asks for a picture, `img/apple/64/2600-fe0f.png`. */
const PICTURE = /\/64\/([0-9a-f]+)(?:-fe0f)?\.png$/;

/** The drawings of a package, in no order. Throws a OneshotError('data') when it is missing or damaged. */
export function readEmojiPackage(folder: string, { file }: EmojiPackage): EmojiPicture[] {
  const path = join(folder, file);
  const pictures: EmojiPicture[] = [];
  try {
    list({
      file: path,
      sync: true,
      strict: true,
      onReadEntry: (entry: ReadEntry) => {
        const [, code] = PICTURE.exec(entry.path) ?? [];
        if (code === undefined) return;
        const pieces: Buffer[] = [];
        entry.on('data', (piece: Buffer) => pieces.push(piece));
        entry.on('end', () => pictures.push({ code, bytes: Buffer.concat(pieces) }));
      },
    });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new OneshotError('data', `${path} ${code === 'ENOENT' ? 'is missing' : `cannot be read (${message})`}`, {
      hint: explainEmojiFiles(),
      cause: error,
    });
  }
  return pictures;
}

/** What to do where a package is missing. */
export function explainEmojiFiles(): string {
  return 'fetch them with: oneshot data fetch emoji';
}

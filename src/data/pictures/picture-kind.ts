// What a file is, told by its first bytes and never by its name: a picture that is read, one of a kind that is not, or
// something else. Signatures: the formats' own specifications, and ISO/IEC 14496-12 (`ftyp`) for AVIF, HEIC and films.

/** Kinds of pictures that are read. */
const READ = ['PNG', 'JPEG', 'GIF', 'WebP', 'TIFF', 'AVIF'] as const;

/** The kinds that are read, for messages. */
export const READ_KINDS = `${READ.slice(0, -1).join(', ')} or ${READ.at(-1)}`;

/** What a file turned out to be. */
export interface FileKind {
  /** `picture`: it is read; `other-picture`: a picture that is not read, so that it would be missed; `other`: no picture. */
  readonly role: 'picture' | 'other-picture' | 'other';
  /** `JPEG`, `HEIC`, `text`, in the singular. */
  readonly name: string;
}

/** Bytes of a file's start that its kind is told by. */
export const KIND_BYTES = 64;

type Signature = readonly [name: string, start: string, after?: RegExp];

const PICTURES: readonly Signature[] = [
  ['PNG', '\x89PNG\r\n\x1a\n'],
  ['JPEG', '\xff\xd8\xff'],
  ['GIF', 'GIF8'],
  ['WebP', 'RIFF', /^.{4}WEBP/s],
  ['TIFF', 'II*\0'],
  ['TIFF', 'MM\0*'],
  ['AVIF', '\0\0', /^.{2}ftyp(avif|avis|(mif1|msf1).*avif)/s],
];

const OTHER_PICTURES: readonly Signature[] = [
  ['HEIC', '\0\0', /^.{2}ftyp(heic|heix|heim|heis|hevc|hevx|mif1|msf1)/s],
  ['raw camera', '\0\0', /^.{2}ftypcrx /s],
  ['raw camera', 'FUJIFILMCCD-RAW'],
  ['BMP', 'BM', /^.{4}\0\0\0\0/s],
  ['JPEG XL', '\xff\x0a'],
  ['JPEG XL', '\0\0\0\x0cJXL '],
  ['JPEG 2000', '\0\0\0\x0cjP  '],
  ['Photoshop', '8BPS'],
  ['ICO', '\0\0\x01\0'],
  ['SVG', '<svg'],
  ['SVG', '<?xml', /<svg/],
  ['portable any-map', 'P', /^[1-6]\s+(#|\d)/],
];

const OTHERS: readonly Signature[] = [
  ['film', '\0\0', /^.{2}ftyp/s],
  ['film', '\x1aE\xdf\xa3'],
  ['film', 'RIFF', /^.{4}AVI /s],
  ['PDF', '%PDF'],
  ['ZIP', 'PK'],
  ['gzip', '\x1f\x8b'],
];

/** The kind of a file by its first `KIND_BYTES` bytes (fewer where it is shorter). */
export function tellKind(start: Uint8Array): FileKind {
  if (start.length === 0) return { role: 'other', name: 'empty' };
  const text = Buffer.from(start.buffer, start.byteOffset, Math.min(start.length, KIND_BYTES)).toString('latin1');
  for (const [role, signatures] of [
    ['picture', PICTURES],
    ['other-picture', OTHER_PICTURES],
    ['other', OTHERS],
  ] as const) {
    const found = signatures.find(
      ([, first, after]) => text.startsWith(first) && (after === undefined || after.test(text.slice(first.length))),
    );
    if (found) return { role, name: found[0] };
  }
  return { role: 'other', name: /[\0-\x08\x0e-\x1a]/.test(text) ? 'unknown' : 'text' };
}

/** `is a HEIC file; expected PNG, …`, with what to do where there is more to say. */
export function explainKind({ name }: FileKind): string {
  if (name === 'empty') return 'is empty';
  const article = /^[AEIOU]/.test(name) ? 'an' : 'a';
  const what = name === 'unknown' || name === 'text' ? 'is no picture' : `is ${article} ${name} file`;
  const advice = name === 'HEIC' ? ' (phones write JPEG when set to "most compatible")' : '';
  return `${what}; expected ${READ_KINDS}${advice}`;
}

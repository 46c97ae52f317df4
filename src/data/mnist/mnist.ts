// MNIST from its IDX files, packed with gzip or not. What counts is the content: a digest over the unpacked bytes is
// compared with the published files' own. Format: LeCun, Cortes, Burges, "The MNIST database", section "File formats".
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { OneshotError } from '../../base/problem.js';
import { hashBytes } from '../../base/stable-hash.js';

/** Height and width of the files' pictures. */
export const MNIST_SIZE = 28;

/** One of the four files. */
export interface MnistFile {
  /** Without `.gz`. */
  readonly name: string;
  /** Of the unpacked bytes. */
  readonly bytes: number;
  /** SHA-256 of the unpacked bytes. */
  readonly digest: string;
}

/** Pictures and labels of one purpose. */
export interface MnistPart {
  readonly images: MnistFile;
  readonly labels: MnistFile;
  /** How many pictures there are of each digit. */
  readonly counts: readonly number[];
}

export const MNIST_TRAIN: MnistPart = {
  images: {
    name: 'train-images-idx3-ubyte',
    bytes: 47_040_016,
    digest: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
  },
  labels: {
    name: 'train-labels-idx1-ubyte',
    bytes: 60_008,
    digest: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  },
  counts: [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
};

export const MNIST_TEST: MnistPart = {
  images: {
    name: 't10k-images-idx3-ubyte',
    bytes: 7_840_016,
    digest: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
  },
  labels: {
    name: 't10k-labels-idx1-ubyte',
    bytes: 10_008,
    digest: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
  },
  counts: [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
};

/** Bytes before the pixels and before the labels: magic number and sizes. */
const IMAGES_HEADER = 16;
const LABELS_HEADER = 8;

/** What to do when a file of MNIST is missing or wrong, for error messages. */
export function explainMnistFiles(folder: string): string {
  return (
    `Fetch them with \`oneshot data fetch mnist\`, or place them (train-images-idx3-ubyte.gz and so on) in ${folder}, ` +
    'or name another folder with data.path or ONESHOT_DATA.'
  );
}

/**
 * The pictures of one purpose in the order of the files: pixels `[count, 28, 28]`, 255 is ink, and digits `[count]`.
 * Throws a OneshotError('data') that names the file when one is missing or its content is not the published one.
 */
export function readMnist(folder: string, part: MnistPart): { pixels: Uint8Array; digits: Uint8Array } {
  return {
    pixels: readMnistFile(folder, part.images).subarray(IMAGES_HEADER),
    digits: readMnistFile(folder, part.labels).subarray(LABELS_HEADER),
  };
}

/** The unpacked bytes of one file. Throws a OneshotError('data') as `readMnist` does. */
export function readMnistFile(folder: string, file: MnistFile): Uint8Array {
  const packed = join(folder, `${file.name}.gz`);
  const plain = join(folder, file.name);
  const bytes = readBounded(packed, file, folder) ?? readBounded(plain, file, folder);
  if (bytes === undefined) throw failWith(folder, `${packed} is missing`);
  if (hashBytes(bytes) !== file.digest) {
    throw failWith(folder, `${file.name} in ${folder} is altered: its content is not the published one`);
  }
  return bytes;
}

function readBounded(path: string, file: MnistFile, folder: string): Uint8Array | undefined {
  try {
    const stat = statSync(path);
    // Packing never makes a file much larger.
    const limit = file.bytes + 64 * 1024;
    if (!stat.isFile()) throw failWith(folder, `${path} is not a file`);
    if (stat.size > limit) throw failWith(folder, `${path} has ${stat.size} bytes; expected at most ${limit}`);
    const bytes = readFileSync(path);
    return path.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: file.bytes }) : bytes;
  } catch (error) {
    if (error instanceof OneshotError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw failWith(folder, `${path} is damaged or cannot be read (${message})`, error);
  }
}

function failWith(folder: string, message: string, cause?: unknown): OneshotError {
  return new OneshotError('data', message, { hint: explainMnistFiles(folder), cause });
}

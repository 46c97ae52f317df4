// The files of the data sets that are downloaded: where they are published, and what they are known by. A file counts as
// the published one by the checksum of its bytes, or, where somebody packed it again, by its content.
import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { LayerPretrained } from '../../config/experiment.js';
import { EMOJI_PACKAGES, type EmojiPackage } from '../emoji/emoji-files.js';
import { MNIST_TEST, MNIST_TRAIN, type MnistFile, readMnistFile } from '../mnist/mnist.js';
import { readLakeRuns } from '../omniglot/lake-runs.js';
import { readPart } from '../omniglot/omniglot.js';
import { BACKGROUND, EVALUATION, type OmniglotPart } from '../omniglot/omniglot-files.js';
import { pretrainedFile } from './pretrained-files.js';
import type { PublishedFile } from './published-file.js';
import { refuse } from './refuse-file.js';

/** A data set, or the weights of a network, that can be fetched. */
export interface PublishedDataSet {
  readonly name: 'omniglot' | 'mnist' | 'emoji' | LayerPretrained['network'];
  readonly description: string;
  readonly files: readonly PublishedFile[];
}

const OMNIGLOT_URL = 'https://raw.githubusercontent.com/brendenlake/omniglot/master/python';
const NPM_URL = 'https://registry.npmjs.org';
/** A mirror by Google, since the address that MNIST was published at refuses programs. */
const MNIST_URL = 'https://storage.googleapis.com/cvdf-datasets/mnist';

// Sizes and checksums: url_checksums/omniglot.txt and mnist.txt of tensorflow/datasets; all_runs.zip as in the repository.
export const PUBLISHED_DATA_SETS: readonly PublishedDataSet[] = [
  {
    name: 'omniglot',
    description: '1,623 characters of 50 alphabets by 20 people (Lake et al. 2015, MIT licence)',
    files: [
      omniglotFile(BACKGROUND, 9_464_212, 'ad41ab679c8b5d90b271ef46be6987cc81211774a695c29dcc5367b2b26ee640'),
      omniglotFile(EVALUATION, 6_462_886, '1f61a8f3366785b057fc117d9228e78a16e3d976c8953b2a10fcc74cf0609cee'),
      {
        name: 'all_runs.zip',
        url: `${OMNIGLOT_URL}/one-shot-classification/all_runs.zip`,
        bytes: 352_787,
        sha256: '437c1eeab0af8484112e1b4cc0f3d541ec727f7c47b9b202da738af9dfd6c325',
        checkContent: readLakeRuns,
      },
    ],
  },
  {
    name: 'mnist',
    description: '70,000 handwritten digits (LeCun, Cortes, Burges)',
    files: [
      mnistFile(MNIST_TRAIN.images, 9_912_422, '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609'),
      mnistFile(MNIST_TRAIN.labels, 28_881, '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c'),
      mnistFile(MNIST_TEST.images, 1_648_877, '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6'),
      mnistFile(MNIST_TEST.labels, 4_542, 'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6'),
    ],
  },
  {
    name: 'emoji',
    description: "1,377 emoji by four designers (npm emoji-datasource-* 16.0.0; the drawings are their makers')",
    files: EMOJI_PACKAGES.map(emojiFile),
  },
  {
    name: 'efficientnet-lite0',
    description: 'weights of EfficientNet-Lite0, learned on ImageNet (Apache-2.0), for layers `pretrained`',
    files: [pretrainedFile('efficientnet-lite0')],
  },
];

/** The published file as it lies in a folder, packed or not; undefined where it is missing. */
export function findPublishedFile(file: PublishedFile, folder: string): { path: string; bytes: number } | undefined {
  for (const name of [file.name, file.plainName]) {
    const path = name === undefined ? undefined : join(folder, name);
    const stat = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
    if (path !== undefined && stat?.isFile()) return { path, bytes: stat.size };
  }
  return undefined;
}

/**
 * Resolves when a folder holds the published file. Rejects with a OneshotError('data') that says what is wrong with it,
 * or the file system's error.
 */
export async function checkPublishedFile(file: PublishedFile, folder: string): Promise<void> {
  const found = findPublishedFile(file, folder);
  if (found !== undefined && (await hashFile(found.path)) === file.sha256) return;
  await file.checkContent(folder);
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function omniglotFile(part: OmniglotPart, bytes: number, sha256: string): PublishedFile {
  return {
    name: part.file,
    url: `${OMNIGLOT_URL}/${part.file}`,
    bytes,
    sha256,
    checkContent: (folder) => readPart(folder, part),
  };
}

function emojiFile({ designer, file, bytes, sha256 }: EmojiPackage): PublishedFile {
  return {
    name: file,
    url: `${NPM_URL}/emoji-datasource-${designer}/-/${file}`,
    bytes,
    sha256,
    checkContent: refuse(file),
  };
}

function mnistFile(file: MnistFile, bytes: number, sha256: string): PublishedFile {
  const name = `${file.name}.gz`;
  return {
    name,
    url: `${MNIST_URL}/${name}`,
    bytes,
    sha256,
    plainName: file.name,
    checkContent: async (folder) => readMnistFile(folder, file),
  };
}

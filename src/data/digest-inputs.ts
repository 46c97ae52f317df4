// What the files that an experiment names hold, as a digest: the same wherever they lie and whatever they are called.
import { stableHash } from '../base/stable-hash.js';
import type { Experiment } from '../config/experiment.js';
import { digestNetworks } from '../layers/file/encoder-file.js';
import { describeData } from './data-source.js';

/**
 * The digest of the pictures of an experiment and of the networks that its encoder names. Throws a OneshotError('data')
 * when one is missing or damaged.
 */
export function digestInputs({ data, model }: Pick<Experiment, 'data' | 'model'>): string {
  const { identity } = describeData(data);
  const networks = digestNetworks(model?.encoder ?? []);
  return networks.length === 0 ? identity : stableHash({ pictures: identity, networks });
}

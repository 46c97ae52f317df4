// Two fingerprints tell what has to be done again (design: a changed evaluation does not train again, a changed
// description changes nothing). Which key affects what is written in the schema (`x-affects`).
import { canonicalJson, hashBytes, stableHash } from '../base/stable-hash.js';
import { partition } from '../config/affects.js';
import type { Experiment } from '../config/experiment.js';

/**
 * Raised whenever the same experiment and seed would give other numbers than before: trials made under another version
 * are not reused.
 */
export const NUMERICS_VERSION = 5;

export interface Fingerprints {
  /**
   * 64 hex digits over the keys that affect training, the seed, the data's digest and the version of the numerics:
   * decides whether a trial is finished.
   */
  readonly training: string;
  /** 64 hex digits over the training fingerprint and the keys that affect evaluation: decides whether its results are current. */
  readonly evaluation: string;
  /** The training fingerprint without the seed: the same for all seeds of a sweep point, for grouping. */
  readonly config: string;
}

/** The fingerprints of one resolved experiment with one seed. */
export function makeFingerprints(
  experiment: Experiment,
  seed: number,
  dataDigest: string,
  numerics = NUMERICS_VERSION,
): Fingerprints {
  return makePointFingerprints(experiment, dataDigest, numerics)(seed);
}

/** The fingerprints of one resolved experiment by seed; what all seeds share is hashed once. */
export function makePointFingerprints(
  experiment: Experiment,
  dataDigest: string,
  numerics = NUMERICS_VERSION,
): (seed: number) => Fingerprints {
  const parts = partition(experiment);
  const config = stableHash({ keys: parts.training, data: dataDigest, numerics });
  const evaluationKeys = canonicalJson(parts.evaluation);
  return (seed) => {
    const training = stableHash({ config, seed });
    // The canonical JSON of { keys, training }, with the part that all seeds share written once.
    const evaluation = hashBytes(`{"keys":${evaluationKeys},"training":"${training}"}`);
    return { training, config, evaluation };
  };
}

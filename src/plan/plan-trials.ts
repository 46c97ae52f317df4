// From one checked experiment to its ordered list of trials: the plan. Pure: no files, no clock.
import type { Experiment } from '../config/experiment.js';
import { expandSweep } from './expand-sweep.js';
import { type Fingerprints, makeFingerprints } from './fingerprint.js';
import { nameTrial, shortenPaths } from './trial-name.js';

/** One point of a sweep with one seed, fully resolved. */
export interface Trial {
  /** 8 hex digits of the training fingerprint: the same in every plan that holds this trial. */
  readonly id: string;
  /** What varies, readable: `count=30000,copies=8,seed=1`. */
  readonly name: string;
  /** Name of its folder below `runs/EXPERIMENT/`: the name and the id. */
  readonly folder: string;
  readonly seed: number;
  /** The swept keys and their values at this point. */
  readonly assignments: readonly Assignment[];
  /** Without sweep, with this seed alone. */
  readonly experiment: Experiment;
  readonly fingerprints: Fingerprints;
}

export interface Assignment {
  readonly path: string;
  readonly value: unknown;
}

export interface Plan {
  readonly experiment: Experiment;
  /** Sweep points in the order of the file, seeds innermost. */
  readonly trials: readonly Trial[];
}

/** The plan of an experiment. `digestData` gives the digest of the data that a data section stands for. */
export function planTrials(experiment: Experiment, digestData: (section: Experiment['data']) => string): Plan {
  const points = expandSweep(experiment);
  const shortPaths = shortenPaths([...new Set(points.flatMap((point) => point.assignments.map(({ path }) => path)))]);
  const digests = new Map<string, string>();
  const digestOnce = (section: Experiment['data']) => {
    const key = JSON.stringify(section);
    let digest = digests.get(key);
    if (digest === undefined) {
      digest = digestData(section);
      digests.set(key, digest);
    }
    return digest;
  };

  const trials: Trial[] = [];
  for (const point of points) {
    const dataDigest = digestOnce(point.experiment.data);
    for (const seed of experiment.seeds) {
      const fingerprints = makeFingerprints(point.experiment, seed, dataDigest);
      const id = fingerprints.training.slice(0, 8);
      const name = nameTrial(point.assignments, seed, shortPaths);
      trials.push({
        id,
        name,
        folder: `${name}-${id}`,
        seed,
        assignments: point.assignments,
        experiment: { ...point.experiment, seeds: [seed] },
        fingerprints,
      });
    }
  }
  return { experiment, trials };
}

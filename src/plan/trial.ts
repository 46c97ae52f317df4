// A trial: one point of a sweep with one seed, and what making one needs to know.
import type { Experiment } from '../config/experiment.js';
import type { Fingerprints } from './fingerprint.js';

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

/** What planning has to know of the world outside `plan/`. */
export interface PlanSurroundings {
  /** The digest of the data that a data section stands for. */
  digestData(section: Experiment['data']): string;
  /** The experiment with the digest of the weights that it begins with; as it is where it draws all. Default: as it is. */
  pinWeights?(experiment: Experiment): Experiment;
  /** Whether an experiment holds the cross-field rules; a search proposes no other. */
  isFeasible(experiment: Experiment): boolean;
  /** What the command line changed of the file: names tell it, fingerprints know it anyway. */
  readonly changes?: readonly Assignment[];
}

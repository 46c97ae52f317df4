// A trained network as it is used outside of its run: what computes it, what its pictures went through, where it comes
// from and what is known of it. A run folder and an exported file both give one. Plain data, without Node.
import type { Model } from '../config/experiment.js';
import type { PictureForm } from '../data/pictures/see-picture.js';
import type { NamedArrays } from '../model/named-arrays.js';
import type { Calibration } from './calibration.js';

/** Where a network comes from. */
export interface Origin {
  readonly experiment: string;
  /** Name of the trial: what varied, and the seed. */
  readonly trial: string;
  readonly seed: number;
  /** Unique to the run. */
  readonly uid: string;
  /** Training fingerprint, 64 hex digits. */
  readonly fingerprint: string;
  readonly dataset: string;
  /** Equal for equal pictures in equal selections, 64 hex digits. */
  readonly dataIdentity: string;
  /** Which classes were for training, in words. */
  readonly split: string;
  /** Version of the program that trained it. */
  readonly program: string;
}

/** An accuracy that the run measured, with its 95 % interval (the wider of Wilson's and the one over episodes). */
export interface ReportedAccuracy {
  /** `test/within-alphabet/20-way-1-shot`. */
  readonly task: string;
  /** Answers. */
  readonly n: number;
  readonly accuracy: number;
  readonly low: number;
  readonly high: number;
}

export interface TrainedNetwork {
  readonly model: Model;
  /** What pictures go through before it sees them: as the data that it was trained on. */
  readonly pictures: PictureForm;
  /** By path: `conv1/kernel`. */
  readonly weights: NamedArrays;
  /** SHA-256 over names, shapes and bytes of the weights. */
  readonly weightHash: string;
  readonly origin: Origin;
  readonly accuracies: readonly ReportedAccuracy[];
  /** What is known already of its answers on validation classes; an exported file brings them along. */
  readonly calibrations: readonly Calibration[];
}

/** `experiment/trial`, for people. */
export function nameNetwork({ origin }: Pick<TrainedNetwork, 'origin'>): string {
  return `${origin.experiment}/${origin.trial}`;
}

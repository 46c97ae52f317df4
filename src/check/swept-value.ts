// A value that a sweep gives to a key path, with its place in the file.
import type { ConcretePath } from '../config/key-path.js';

/** One value of the sweep in the file. */
export interface SweptValue {
  /** As in the file; key of the sweep. */
  readonly path: string;
  /** Resolved against the base experiment. */
  readonly steps: ConcretePath;
  readonly value: unknown;
  /** Where the value stands: `sweep.parameters.….[2]`. */
  readonly place: ConcretePath;
  /** Where its key path stands: `sweep.parameters.…`. */
  readonly keyPlace: ConcretePath;
}

export type SweptPoint = readonly SweptValue[];

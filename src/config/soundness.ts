// Which parts of an experiment can be relied on while problems are still being gathered: a cross-field rule looks at sound
// parts only, so that one mistake is reported once and not again through its consequences.
import { type ConcretePath, isWithin } from './key-path.js';

/** The paths at which something is wrong or missing. */
export class Soundness {
  readonly #broken: ConcretePath[] = [];

  /** Marks a path and all below it as not to be relied on. */
  markBroken(path: ConcretePath): void {
    this.#broken.push(path);
  }

  /** Whether nothing is wrong at a path or around it, so that its being there or not can be relied on. */
  isIntact(path: ConcretePath): boolean {
    return !this.#broken.some((broken) => isWithin(path, broken));
  }

  /** Whether nothing is wrong at a path, around it or below it. */
  isSound(path: ConcretePath): boolean {
    return !this.#broken.some((broken) => isWithin(path, broken) || isWithin(broken, path));
  }
}

// Which parts of an experiment can be relied on while problems are still being gathered: a cross-field rule looks at sound
// parts only, so that one mistake is reported once and not again through its consequences.
import { type ConcretePath, isWithin } from './key-path.js';

/** Broken places beyond which looking at the others says nothing. Every question goes through all of them. */
const MAX_BROKEN = 500;

/** The paths at which something is wrong or missing. */
export class Soundness {
  #broken: ConcretePath[] = [];

  /** Marks a path and all below it as not to be relied on. Of an experiment that is broken in very many places, nothing is. */
  markBroken(path: ConcretePath): void {
    if (this.#broken.length >= MAX_BROKEN) this.#broken = [[]];
    else this.#broken.push(path);
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

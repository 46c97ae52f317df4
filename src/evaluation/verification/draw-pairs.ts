// The pairs of a verification: drawn as for training, from a seed of their own.
import type { ProtocolVerification } from '../../config/experiment.js';
import type { Selection } from '../../data/pictures/picture-set.js';
import { createPairSampler } from '../../data/sampling/verification-pairs.js';

/** Pairs of pictures by their numbers in the set. */
export interface DrawnPairs {
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** 1 for the same character, 0 for different ones. */
  readonly isSame: Uint8Array;
}

/** The pairs of a section from a selection. Throws a OneshotError('usage') when the selection is too small for pairs. */
export function drawPairs(
  selection: Selection,
  { pairs: count, different, seed }: Pick<ProtocolVerification, 'pairs' | 'different' | 'seed'>,
): DrawnPairs {
  const samplePair = createPairSampler(selection, { count, redraw: 'never', different }, seed);
  const drawn: DrawnPairs = {
    first: new Int32Array(count),
    second: new Int32Array(count),
    isSame: new Uint8Array(count),
  };
  for (let number = 0; number < count; number++) {
    const pair = samplePair(0, number);
    drawn.first[number] = pair.first;
    drawn.second[number] = pair.second;
    drawn.isSame[number] = pair.isSame ? 1 : 0;
  }
  return drawn;
}

// All losses of pairs. A new one is a file beside this one, a line here, and a word in the schema.
import type { Training } from '../../config/experiment.js';
import { binaryCrossEntropy } from './binary-cross-entropy.js';
import type { PairLoss } from './loss.js';

/** Every loss by its name in the schema. */
export const pairLosses: { readonly [Name in Training['loss']]: PairLoss } = { binaryCrossEntropy };

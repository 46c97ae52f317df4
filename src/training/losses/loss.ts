// What a loss of pairs is. One file per loss beside this one; `registry.ts` lists them.
import type { Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../layers/layer.js';

/** The loss of each pair, in the shape of `logits`, to be minimised; `labels` broadcast against it: 1 same, 0 different. */
export type PairLoss = (tf: TensorFlow, logits: Tensor, labels: Tensor) => Tensor;

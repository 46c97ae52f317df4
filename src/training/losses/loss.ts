// What a loss of pairs or triplets is. One file per loss beside this one; `registry.ts` lists them.
import type { Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../layers/layer.js';
import type { Measure } from '../../model/heads/head.js';

/** The loss of each pair, in the shape of `values`, to be minimised; `labels` broadcast against it: 1 same, 0 different. */
export type PairLoss = (tf: TensorFlow, values: Tensor, labels: Tensor, margin: number) => Tensor;

/** The loss of each triplet, to be minimised, of the distances to a picture of the same character and to one of another. These broadcast. */
export type TripletLoss = (tf: TensorFlow, toSame: Tensor, toOther: Tensor, margin: number) => Tensor;

/** A loss with what it is a function of. */
export type LossType =
  | { readonly of: 'pairs'; readonly measure: Measure; readonly compute: PairLoss }
  | { readonly of: 'triplets'; readonly measure: Measure; readonly compute: TripletLoss };

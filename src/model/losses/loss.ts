// What a loss of pairs or triplets is: what it looks at, beside how it is computed. One file per loss beside this one;
// `registry.ts` lists them. Nothing here loads TensorFlow.js, so the check can ask.
import type { Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../layers/layer.js';
import type { Measure } from '../heads/head.js';

/** The loss of each pair, in the shape of `values`, to be minimised; `labels` broadcast against it: 1 same, 0 different. */
export type PairLoss = (tf: TensorFlow, values: Tensor, labels: Tensor, margin: number) => Tensor;

/**
 * The loss of each triplet, to be minimised, of the distances to a picture of the same character and to one of another.
 * These broadcast.
 */
export type TripletLoss = (tf: TensorFlow, toSame: Tensor, toOther: Tensor, margin: number) => Tensor;

interface LossFacts {
  /** What of the head it is a function of. */
  readonly measure: Measure;
  /** Whether it has a margin. */
  readonly hasMargin: boolean;
  /** Whether the logistic function makes probabilities of the logits that it trains. */
  readonly makesProbabilities: boolean;
  /** Whether it squares the distances, so that a head must not. */
  readonly squaresDistances: boolean;
}

/** A loss, and what it relates: two pictures, or a picture with one of its own character and one of another. */
export type LossType = LossFacts &
  ({ readonly of: 'pairs'; readonly compute: PairLoss } | { readonly of: 'triplets'; readonly compute: TripletLoss });

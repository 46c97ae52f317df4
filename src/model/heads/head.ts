// What a head type is: how two embeddings become the logit that both pictures show the same character. One file per
// type beside this one; `registry.ts` lists them. Plan and check use counts only, so TensorFlow.js is an argument.
import type { Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import type { Head } from '../../config/experiment.js';
import type { LayerContext, ParameterSpec } from '../../layers/layer.js';

/** What a head may use while it is computed. */
export type HeadContext = Pick<LayerContext, 'tf' | 'parameter'>;

/** One type of head. `Config` is its schema entry. */
export interface HeadType<Config extends Head> {
  readonly type: Config['type'];
  /** The parameters of the head for embeddings of this length, in a fixed order. */
  parameters(config: Config, units: number): readonly ParameterSpec[];
  /** Multiplications with addition for one pair of embeddings. */
  multiplyAdds(config: Config, units: number): number;
  /** Logits [pairs] of aligned pairs: a and b are [pairs, units]. */
  pairLogits(config: Config, a: Tensor2D, b: Tensor2D, context: HeadContext): Tensor1D;
  /** Logits [groups, n, n] of every picture with every picture of its group, itself included; `embeddings` is [groups, n, units]. */
  allPairsLogits(config: Config, embeddings: Tensor3D, context: HeadContext): Tensor3D;
  /** Logits [queries, supports] of every query with every support picture, in bounded memory: [queries, units] and [supports, units]. Not meant for gradients. */
  scoreQueries(config: Config, queries: Tensor2D, supports: Tensor2D, context: HeadContext): Tensor2D;
}

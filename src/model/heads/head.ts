// What a head type is: how two embeddings become the logit that both pictures show the same character. One file per
// type beside this one; `registry.ts` lists them. Plan and check use counts only, so TensorFlow.js is an argument.
import type { Tensor } from '@tensorflow/tfjs';
import type { Head } from '../../config/experiment.js';
import type { LayerContext, ParameterSpec } from '../../layers/layer.js';

/** What a head may use while it is computed. */
export type HeadContext = Pick<LayerContext, 'tf' | 'parameter'>;

/** What a head says of two embeddings: a logit, larger for more alike, or a distance, 0 for equal ones. */
export type Measure = 'logits' | 'distances';

/** A function of embeddings that broadcast against each other to [...pairs, units]; returns [...pairs]. */
export type Comparison<Config extends Head> = (config: Config, a: Tensor, b: Tensor, context: HeadContext) => Tensor;

/** One type of head. `Config` is its schema entry. How it is applied to pairs, groups and queries: `compare-embeddings.ts`. */
export interface HeadType<Config extends Head> {
  readonly type: Config['type'];
  /** The parameters of the head for embeddings of this length, in a fixed order. */
  parameters(config: Config, units: number): readonly ParameterSpec[];
  /** Multiplications with addition for one pair of embeddings. */
  multiplyAdds(config: Config, units: number): number;
  readonly logits: Comparison<Config>;
  /**
   * Distances that depend on the embeddings alone, for losses that are made of them; a head whose distance is learned has
   * none.
   */
  readonly distances?: Comparison<Config>;
  /** Whether these distances are squares. */
  squaresDistances?(config: Config): boolean;
}

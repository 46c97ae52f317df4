// What an optimizer is: a pure function from parameters, gradients and its own state to new ones. One file per type
// beside this one. TensorFlow.js's own optimizers know no rates, momenta or penalties per layer, and `setMomentum` of its
// MomentumOptimizer has no effect.
import type { Tensor } from '@tensorflow/tfjs';
import type { Optimizer } from '../config/experiment.js';
import type { TensorFlow } from '../layers/layer.js';
import type { NetworkParameter } from '../model/network-shape.js';

/** Where in the training a step is. */
export interface StepPosition {
  /** Steps and whole epochs before this one. */
  readonly stepsDone: number;
  readonly epochsDone: number;
  /** The schedule's factor on every learning rate. */
  readonly rateFactor: number;
}

/** One parameter with what its update needs. `slots` are the optimizer's own arrays for it, in the order of `slotNames`, in the parameter's shape. */
export interface UpdateInput {
  readonly value: Tensor;
  readonly gradient: Tensor;
  readonly slots: readonly Tensor[];
}

export interface UpdateOutput {
  readonly value: Tensor;
  readonly slots: readonly Tensor[];
}

/** An optimizer for the parameters of one network. */
export interface BuiltOptimizer {
  /** What it keeps for each parameter: `velocity`. All start at 0. */
  readonly slotNames: readonly string[];
  /**
   * The new values, by path, for learned parameters by path. Called inside `tf.tidy`. Numbers that change from step to
   * step enter as scalar tensors, so that a recording engine sees the same graph at every step.
   */
  update(
    tf: TensorFlow,
    inputs: ReadonlyMap<string, UpdateInput>,
    position: StepPosition,
  ): ReadonlyMap<string, UpdateOutput>;
}

/** Builds an optimizer of one type for the learned parameters of a network. */
export type OptimizerBuilder<Config extends Optimizer> = (
  config: Config,
  parameters: readonly NetworkParameter[],
) => BuiltOptimizer;

/** A setting of a parameter's layer, undefined where the layer has none: relu has no learning rate, batch normalisation no L2. */
export function layerSetting(
  { config }: NetworkParameter,
  key: 'learningRate' | 'momentum' | 'l2',
): number | undefined {
  return (config as { readonly [Key in typeof key]?: number })[key];
}

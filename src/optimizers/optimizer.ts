// What an optimizer is: facts that check and plan ask for, and a pure function from parameters, gradients and its own state
// to new ones. One file per type beside this one; `registry.ts` lists them. TensorFlow.js's own optimizers know no rates,
// momenta or penalties per layer, and `setMomentum` of its MomentumOptimizer has no effect.
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { Optimizer } from '../config/experiment.js';
import type { SettingProblem } from '../config/setting-problem.js';
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

/** A number that depends on the step, as a tensor. */
export type ScalarAt = (read: (position: StepPosition) => number) => Scalar;

/**
 * One parameter with what its update needs. `slots` are the optimizer's own arrays for it, in the order of `slotNames`,
 * in the parameter's shape.
 */
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
  /** As in its type. */
  readonly slotNames: readonly string[];
  /**
   * The new values, by path, for learned parameters by path. Called inside `tf.tidy`, and not for every step: numbers that
   * change from step to step enter by `scalarAt`, which may ask for them again at a later one.
   */
  update(
    tf: TensorFlow,
    inputs: ReadonlyMap<string, UpdateInput>,
    scalarAt: ScalarAt,
  ): ReadonlyMap<string, UpdateOutput>;
}

/** One type of optimizer. `Config` is its schema entry. */
export interface OptimizerType<Config extends Optimizer> {
  readonly type: Config['type'];
  /** What it keeps for each parameter: `velocity`. All start at 0. */
  readonly slotNames: readonly string[];
  /** The settings that a layer may have of its own for it. */
  readonly layerSettings: readonly LayerSetting[];
  /** What is wrong with its settings; the keys are those of the optimizer. */
  findProblems?(config: Config): SettingProblem[];
  /** The update of the learned parameters of a network. */
  build(config: Config, parameters: readonly NetworkParameter[]): BuiltOptimizer['update'];
}

/** A setting that layers may have of their own. */
export const LAYER_SETTINGS = ['learningRate', 'momentum', 'l2'] as const;
export type LayerSetting = (typeof LAYER_SETTINGS)[number];

/** A setting of a parameter's layer, undefined where the layer has none: relu has no learning rate, batch normalisation no L2. */
export function layerSetting({ config }: NetworkParameter, key: LayerSetting): number | undefined {
  return (config as { readonly [Key in LayerSetting]?: number })[key];
}

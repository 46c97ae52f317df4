// What a layer type is: how it changes a shape, which parameters it has, what it costs, and how it is computed.
// One file per type beside this one; `registry.ts` lists them. Nothing here loads TensorFlow.js: plan and check
// need shapes only, so `apply` is given the library.
import type { Tensor } from '@tensorflow/tfjs';
import type { Initializer, Layer } from '../config/experiment.js';

/** Shape of one picture's activations without the batch axis: `[height, width, channels]`, or `[units]` when flat. */
export type Shape = readonly number[];

/** TensorFlow.js, as an argument: which engine stands under it is settled by then. */
export type TensorFlow = typeof import('@tensorflow/tfjs');

/** Brings numbers that differ from step to step into what is computed: `read` gives as many as `shape` has elements. */
export type Feed<Step> = (
  read: (step: Step) => Float32Array | Int32Array | readonly number[],
  shape: readonly number[],
  dtype?: 'float32' | 'int32',
) => Tensor;

/** One array of numbers that a layer learns or keeps. */
export interface ParameterSpec {
  /** Unique within the layer: `kernel`, `bias`, `scale`, `runningMean`. */
  readonly name: string;
  readonly shape: Shape;
  readonly initializer: Initializer;
  /** Inputs and outputs of one unit, for initialisers that scale by them. */
  readonly fanIn: number;
  readonly fanOut: number;
  /**
   * `weight`: learned, with L2 penalty or decay; `bias`: learned without; `statistic`: kept up by the layer itself (batch
   * normalisation).
   */
  readonly role: 'weight' | 'bias' | 'statistic';
  /** The layer whose settings (learning rate, momentum, L2) are its own, where that is one within the layer. */
  readonly settings?: Layer;
}

/** What a layer may use while it is computed. */
export interface LayerContext {
  readonly tf: TensorFlow;
  /** Training: the batch's statistics and random masks; otherwise the running statistics and no masks. */
  readonly training: boolean;
  /** The layer's own parameters by `ParameterSpec.name`. */
  parameter(name: string): Tensor;
  /** Hands in the new value of a statistic; applied after the step. Called in training only. */
  updateStatistic(name: string, value: Tensor): void;
  /**
   * Uniform numbers in [0, 1) from the layer's own stream of this step: `shape` includes the batch axis. Called in
   * training only.
   */
  uniformNoise(shape: readonly number[]): Tensor;
  /** The context of a layer that this one is made of, by its name. */
  within(name: string): LayerContext;
}

/** Values of parameters by `ParameterSpec.name`. */
export type FittedArrays = Map<string, Float32Array>;

/** One type of layer. `Config` is its schema entry. */
export interface LayerType<Config extends Layer> {
  readonly type: Config['type'];
  /** The layers that it is made of, for layers that are made of others. */
  layersWithin?(config: Config): readonly Layer[];
  /**
   * True where it looks at the other pictures of a batch, which must then not be cut into micro-batches; false where not
   * even the layers that it is made of do.
   */
  readonly needsWholeBatches?: boolean;
  /** Whether what it makes of a picture stays the same in training: it learns nothing, and looks at that picture alone. */
  isFixed?(config: Config): boolean;
  /** The shape that leaves the layer. Throws a `ShapeError` when `input` does not fit it. */
  outputShape(config: Config, input: Shape): Shape;
  /** The parameters of the layer at this input, in a fixed order. */
  parameters(config: Config, input: Shape): readonly ParameterSpec[];
  /** Multiplications with addition of one forward pass of one picture. */
  multiplyAdds(config: Config, input: Shape): number;
  /**
   * Arrays that come from the pictures themselves, before anything is learned: from what reaches the layer of all
   * training pictures, `[count, ...]`.
   */
  fit?(config: Config, features: Float32Array, count: number): FittedArrays;
  /** The layer's output, `[batch, ...outputShape]`. Called inside `tf.tidy` or a gradient. */
  apply(config: Config, input: Tensor, context: LayerContext): Tensor;
}

/** The type of a layer: `layerTypeOf` of registry.ts, as an argument for what the registry itself lists. */
export type LayerTypeOf = (layer: Layer) => LayerType<Layer>;

/**
 * A layer that does not fit what reaches it. `message` says why in one clause: `kernel 10x10 is larger than the 6x6
 * picture that reaches it`.
 */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

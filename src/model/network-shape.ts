// A whole network (encoder and head) with everything known before it runs: names, shapes and counts, without TensorFlow.js.
import type { Head, Model, Task } from '../config/experiment.js';
import type { ParameterSpec, Shape } from '../layers/layer.js';
import { HEAD_NAME } from '../layers/layer-name.js';
import { countLearned } from '../layers/place-layers.js';
import { type EncoderShape, placeEncoder } from './encoder-shape.js';
import { headTypeOf } from './heads/registry.js';

/** One array of numbers of the network. */
export interface NetworkParameter extends ParameterSpec {
  /** Unique in the network: `conv1/kernel`, `head/bias`; what only training has stands under `task/`. */
  readonly path: string;
  /** Name of the layer it belongs to, or `head`. */
  readonly layer: string;
  /**
   * The settings of that layer (the one within it where it is made of others) or head: its own learning rate, momentum
   * and L2.
   */
  readonly config: Model['encoder'][number] | Head | Task;
}

/** A network with everything known before it runs. */
export interface NetworkShape {
  /** Height, width and channels of the pictures; of a network behind fixed layers, what reaches it. */
  readonly input: Shape;
  readonly encoder: EncoderShape;
  /** All parameters, those of the encoder first, in the order in which they are used. */
  readonly parameters: readonly NetworkParameter[];
  /** Learned numbers of encoder and head; running statistics do not count. */
  readonly parameterCount: number;
  /** Learned numbers of the head alone. */
  readonly headParameterCount: number;
  /** Multiplications with addition of one forward pass of one picture; the head is not included. */
  readonly multiplyAddsPerPicture: number;
  /** Multiplications with addition of the head for one pair. */
  readonly multiplyAddsPerPair: number;
}

/**
 * The shape of a network for pictures [imageSize, imageSize, channels]. Throws a `LayerPlaceError` at the first layer
 * that does not fit.
 */
export function describeNetwork(model: Model, imageSize: number, channels = 1): NetworkShape {
  const encoder = placeEncoder(model.encoder, imageSize, channels);
  const headType = headTypeOf(model.head);
  const headParameters = headType.parameters(model.head, encoder.units);
  const frozen = new Set(model.initialWeights?.frozen);
  const parameters: NetworkParameter[] = [
    ...encoder.layers.flatMap(({ name, config, parameters }) =>
      parameters.map((spec) => ({
        ...spec,
        path: `${name}/${spec.name}`,
        layer: name,
        config: spec.settings ?? config,
      })),
    ),
    ...headParameters.map((spec) => ({
      ...spec,
      path: `${HEAD_NAME}/${spec.name}`,
      layer: HEAD_NAME,
      config: model.head,
    })),
    // What is frozen is a statistic that nothing updates.
  ].map((spec) => (frozen.has(spec.layer) ? { ...spec, role: 'statistic' as const } : spec));
  const headParameterCount = countLearned(parameters.filter(({ layer }) => layer === HEAD_NAME));
  return {
    input: [imageSize, imageSize, channels],
    encoder,
    parameters,
    parameterCount: countLearned(parameters),
    headParameterCount,
    multiplyAddsPerPicture: encoder.multiplyAdds,
    multiplyAddsPerPair: headType.multiplyAdds(model.head, encoder.units),
  };
}

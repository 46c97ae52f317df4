// Shapes, parameters and costs through an encoder, without TensorFlow.js: check finds layers that do not fit, plan
// prints counts, and the network is built from the same list.
import type { Layer } from '../config/experiment.js';
import { type ParameterSpec, type Shape, ShapeError } from '../layers/layer.js';
import { layerName } from '../layers/layer-name.js';
import { layerTypeOf } from '../layers/registry.js';
import { sizeOf } from '../layers/shape.js';

/** One layer in its place. */
export interface PlacedLayer {
  /** Position in `model.encoder`, from 0. */
  readonly index: number;
  /** Unique in the encoder: prefixes its weights' names. */
  readonly name: string;
  readonly config: Layer;
  /** Shape of one picture's activations before and after the layer. */
  readonly input: Shape;
  readonly output: Shape;
  readonly parameters: readonly ParameterSpec[];
  /** Learned numbers: running statistics do not count. */
  readonly parameterCount: number;
  /** Multiplications with addition of one picture's forward pass. */
  readonly multiplyAdds: number;
}

/** An encoder with everything known before it runs. */
export interface EncoderShape {
  readonly layers: readonly PlacedLayer[];
  /** Length of the embedding: what leaves the last layer, flattened. */
  readonly units: number;
  readonly parameterCount: number;
  readonly multiplyAdds: number;
}

/** A layer that does not fit what reaches it, with its position. */
export class EncoderShapeError extends ShapeError {
  /** Position in `model.encoder`, from 0. */
  readonly layerIndex: number;
  readonly layerName: string;
  /** Shape of the activations that reach the layer. */
  readonly input: Shape;

  constructor(message: string, layerIndex: number, name: string, input: Shape) {
    super(message);
    this.layerIndex = layerIndex;
    this.layerName = name;
    this.input = input;
  }
}

/** The layers of an encoder with their shapes for pictures [imageSize, imageSize, 1]. Throws an `EncoderShapeError` at the first layer that does not fit. */
export function placeEncoder(encoder: readonly Layer[], imageSize: number): EncoderShape {
  const layers: PlacedLayer[] = [];
  let input: Shape = [imageSize, imageSize, 1];
  encoder.forEach((config, index) => {
    const placed = placeLayer(config, index, input);
    layers.push(placed);
    input = placed.output;
  });
  return {
    layers,
    units: sizeOf(input),
    parameterCount: layers.reduce((sum, layer) => sum + layer.parameterCount, 0),
    multiplyAdds: layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0),
  };
}

function placeLayer(config: Layer, index: number, input: Shape): PlacedLayer {
  const type = layerTypeOf(config);
  const name = layerName(config, index);
  try {
    const output = type.outputShape(config, input);
    const parameters = type.parameters(config, input);
    const multiplyAdds = type.multiplyAdds(config, input);
    return { index, name, config, input, output, parameters, parameterCount: countLearned(parameters), multiplyAdds };
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw new EncoderShapeError(error.message, index, name, input);
  }
}

/** The number of learned numbers: running statistics do not count. */
export function countLearned(parameters: readonly ParameterSpec[]): number {
  return parameters.reduce((sum, spec) => (spec.role === 'statistic' ? sum : sum + sizeOf(spec.shape)), 0);
}

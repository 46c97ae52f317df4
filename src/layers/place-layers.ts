// A list of layers one behind the other, with their shapes, parameters and costs: an encoder, or what a layer is made of.
import type { Layer } from '../config/experiment.js';
import { type LayerTypeOf, type ParameterSpec, type Shape, ShapeError } from './layer.js';
import { layerName } from './layer-name.js';
import { sizeOf } from './shape.js';

/** One layer in its place. */
export interface PlacedLayer {
  /** Position in its list, from 0. */
  readonly index: number;
  /** Unique in its list: prefixes its weights' names. */
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
  /** The layers that it is made of; empty for most. */
  readonly within: readonly PlacedLayer[];
}

/** A layer that does not fit what reaches it, with its position. */
export class LayerPlaceError extends ShapeError {
  /** Key path below the encoder: `[3]`, or `[3, 'layers', 0]` within a block. */
  readonly place: readonly (string | number)[];
  readonly layerName: string;
  /** Shape of the activations that reach the layer. */
  readonly input: Shape;

  constructor(message: string, place: readonly (string | number)[], name: string, input: Shape) {
    super(message);
    this.place = place;
    this.layerName = name;
    this.input = input;
  }
}

/**
 * The layers of a list with their shapes. `above` is the key path of the list below what holds it. Throws a
 * `LayerPlaceError` at the first layer that does not fit.
 */
export function placeLayers(
  typeOf: LayerTypeOf,
  layers: readonly Layer[],
  first: Shape,
  above: readonly string[] = [],
): PlacedLayer[] {
  const placed: PlacedLayer[] = [];
  layers.forEach((config, index) => {
    const input = outputOf(placed, first);
    placed.push(placeLayer(typeOf, config, index, input, above));
  });
  return placed;
}

/** What leaves the last of the layers; `first`, what reaches the first one, where there are none. */
export function outputOf(layers: readonly PlacedLayer[], first: Shape): Shape {
  return layers.at(-1)?.output ?? first;
}

/** The number of learned numbers: running statistics do not count. */
export function countLearned(parameters: readonly ParameterSpec[]): number {
  return parameters.reduce((sum, spec) => (spec.role === 'statistic' ? sum : sum + sizeOf(spec.shape)), 0);
}

function placeLayer(
  typeOf: LayerTypeOf,
  config: Layer,
  index: number,
  input: Shape,
  above: readonly string[],
): PlacedLayer {
  const type = typeOf(config);
  const name = layerName(config, index);
  try {
    const within = placeLayers(typeOf, type.layersWithin?.(config) ?? [], input, ['layers']);
    const output = type.outputShape(config, input);
    const parameters = type.parameters(config, input);
    const multiplyAdds = type.multiplyAdds(config, input);
    const parameterCount = countLearned(parameters);
    return { index, name, config, input, output, parameters, parameterCount, multiplyAdds, within };
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    if (!(error instanceof LayerPlaceError)) throw new LayerPlaceError(error.message, [...above, index], name, input);
    throw new LayerPlaceError(error.message, [...above, index, ...error.place], error.layerName, error.input);
  }
}

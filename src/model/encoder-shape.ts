// Shapes, parameters and costs through an encoder, without TensorFlow.js: check finds layers that do not fit, plan
// prints counts, and the network is built from the same list.
import type { Layer } from '../config/experiment.js';
import type { Shape } from '../layers/layer.js';
import { outputOf, type PlacedLayer, placeLayers } from '../layers/place-layers.js';
import { layerTypeOf } from '../layers/registry.js';
import { sizeOf } from '../layers/shape.js';

/** An encoder with everything known before it runs. */
export interface EncoderShape {
  readonly layers: readonly PlacedLayer[];
  /** Length of the embedding: what leaves the last layer, flattened. */
  readonly units: number;
  readonly parameterCount: number;
  readonly multiplyAdds: number;
}

/**
 * The layers of an encoder with their shapes for pictures [imageSize, imageSize, channels]. Throws a `LayerPlaceError` at
 * the first layer that does not fit.
 */
export function placeEncoder(encoder: readonly Layer[], imageSize: number, channels = 1): EncoderShape {
  const picture: Shape = [imageSize, imageSize, channels];
  const layers = placeLayers(layerTypeOf, encoder, picture);
  return {
    layers,
    units: sizeOf(outputOf(layers, picture)),
    parameterCount: layers.reduce((sum, layer) => sum + layer.parameterCount, 0),
    multiplyAdds: layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0),
  };
}

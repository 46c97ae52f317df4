// A network whose weights were learned elsewhere, as one layer: frozen, or with its last units learning on, each at a rate
// of its own. Batch normalisation keeps the statistics that came with the weights, in training too: a few pictures are
// no better estimate of them.
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { Layer, LayerPretrained } from '../config/experiment.js';
import { type LayerContext, type LayerType, type LayerTypeOf, type Shape, ShapeError } from './layer.js';
import { outputOf, placeLayers } from './place-layers.js';
import { listUnits } from './pretrained/pretrained-networks.js';
import { pictureShape } from './shape.js';

/** Channels of the pictures that the weights know. */
const COLORS = 3;

/** The type of pretrained networks; `typeOf` tells those of the layers within. */
export function createPretrained(typeOf: LayerTypeOf): LayerType<LayerPretrained> {
  const placeWithin = (config: LayerPretrained, input: Shape) =>
    placeLayers(typeOf, listLayers(config), inColors(input), ['layers']);
  return {
    type: 'pretrained',
    isFixed: ({ trainLast }) => trainLast === 0,

    // The statistics of its batch normalisation are fixed.
    needsWholeBatches: false,

    layersWithin: (config) => listLayers(config),

    outputShape: (config, input) => outputOf(placeWithin(config, input), input),

    /** Those of its layers as `block3/expand/kernel`; what is frozen is a statistic. */
    parameters: (config, input) =>
      placeWithin(config, input).flatMap(({ index, name, config: layer, parameters }) =>
        parameters.map((spec) => ({
          settings: layer,
          ...spec,
          name: `${name}/${spec.name}`,
          role: isFrozen(config, index) ? ('statistic' as const) : spec.role,
        })),
      ),

    multiplyAdds: (config, input) =>
      placeWithin(config, input).reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0),

    apply(config, input, context) {
      const evaluated = asEvaluated(context);
      let activations = prepare(input as Tensor4D, context);
      for (const { name, config: layer } of placeWithin(config, input.shape.slice(1)))
        activations = typeOf(layer).apply(layer, activations, evaluated.within(name));
      return activations;
    },
  };
}

const layerLists = new WeakMap<LayerPretrained, readonly Layer[]>();

/**
 * The layers with the learning rates that follow from the settings: each unit before the last learns at `rateDecay` of
 * the next one's rate.
 */
function listLayers(config: LayerPretrained): readonly Layer[] {
  let layers = layerLists.get(config);
  if (layers === undefined) {
    const units = listUnits(config.network);
    layers = units.flatMap((unit, number) => {
      const { learningRate, rateDecay } = config;
      if (learningRate === undefined) return unit;
      const rate = learningRate * rateDecay ** (units.length - 1 - number);
      return unit.map((layer) => withRate(layer, rate));
    });
    layerLists.set(config, layers);
  }
  return layers;
}

function withRate(layer: Layer, learningRate: number): Layer {
  if (layer.type === 'residual')
    return { ...layer, layers: layer.layers.map((inner) => withRate(inner, learningRate)) };
  return layer.type === 'conv' || layer.type === 'depthwiseConv' || layer.type === 'batchNorm'
    ? { ...layer, learningRate }
    : layer;
}

/** Whether the layer at a position belongs to a unit that does not learn. */
function isFrozen({ network, trainLast }: LayerPretrained, index: number): boolean {
  const units = listUnits(network);
  const frozen = units.slice(0, Math.max(0, units.length - trainLast));
  return index < frozen.reduce((sum, unit) => sum + unit.length, 0);
}

function inColors(input: Shape): Shape {
  const [height, width, channels] = pictureShape(input, 'a pretrained network');
  if (channels === COLORS || channels === 1) return [height, width, COLORS];
  throw new ShapeError(`a pretrained network needs a picture of 1 or ${COLORS} channels, not of ${channels}`);
}

/** From [0, 1] to [-1, 1], as the weights know pictures; ink becomes black on white. */
function prepare(input: Tensor4D, { tf }: LayerContext): Tensor {
  if (input.shape[3] === COLORS) return tf.sub(tf.mul(input, 2), 1);
  return tf.tile(tf.sub(1, tf.mul(input, 2)), [1, 1, 1, COLORS]);
}

function asEvaluated(context: LayerContext): LayerContext {
  return { ...context, training: false, within: (name) => asEvaluated(context.within(name)) };
}

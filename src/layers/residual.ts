// Residual block (He et al. 2016, equations 1 and 2): what its layers make of the input, plus the input itself, or a
// projection of it where they change the shape (their option B).
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { LayerResidual } from '../config/experiment.js';
import {
  type LayerContext,
  type LayerType,
  type LayerTypeOf,
  type ParameterSpec,
  type Shape,
  ShapeError,
} from './layer.js';
import { outputOf, placeLayers } from './place-layers.js';
import { describeShape, sizeOf } from './shape.js';

/** Name of the projection's weights; layers have theirs behind a slash, so none can have this one. */
const PROJECTION = 'projection';

/** The type of residual blocks; `typeOf` tells those of the layers within. */
export function createResidual(typeOf: LayerTypeOf): LayerType<LayerResidual> {
  const placeWithin = ({ layers }: LayerResidual, input: Shape) => placeLayers(typeOf, layers, input, ['layers']);
  return {
    type: 'residual',

    layersWithin: ({ layers }) => layers,

    outputShape(config, input) {
      const output = outputOf(placeWithin(config, input), input);
      strideOfProjection(input, output);
      return output;
    },

    /**
     * Those of its layers as `conv0/kernel`, and `projection` [1, 1, channels, filters] or [inputs, units] where the
     * shape changes.
     */
    parameters(config, input) {
      const within = placeWithin(config, input);
      const nested = within.flatMap(({ name, config: layer, parameters }) =>
        parameters.map((spec) => ({ settings: layer, ...spec, name: `${name}/${spec.name}` })),
      );
      return [...nested, ...projectionParameters(config, input, outputOf(within, input))];
    },

    /** Those of its layers and of the projection; the addition is not counted. */
    multiplyAdds(config, input) {
      const within = placeWithin(config, input);
      const output = outputOf(within, input);
      const nested = within.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0);
      return isSameShape(input, output) ? nested : nested + sizeOf(output) * (input.at(-1) as number);
    },

    apply(config, input, context) {
      const shape = input.shape.slice(1);
      let activations = input;
      for (const { name, config: layer } of placeWithin(config, shape))
        activations = typeOf(layer).apply(layer, activations, context.within(name));
      return context.tf.add(activations, shortcut(input, activations.shape.slice(1), context));
    },
  };
}

function isSameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

function projectionParameters(config: LayerResidual, input: Shape, output: Shape): ParameterSpec[] {
  if (isSameShape(input, output)) return [];
  const [fanIn, fanOut] = [input.at(-1) as number, output.at(-1) as number];
  const shape = input.length === 1 ? [fanIn, fanOut] : [1, 1, fanIn, fanOut];
  return [{ name: PROJECTION, shape, initializer: config.projectionInitializer, fanIn, fanOut, role: 'weight' }];
}

function shortcut(input: Tensor, output: Shape, { tf, parameter }: LayerContext): Tensor {
  const shape = input.shape.slice(1);
  if (isSameShape(shape, output)) return input;
  const weights = parameter(PROJECTION);
  if (output.length === 1) return tf.matMul(input as Tensor2D, weights as Tensor2D);
  return tf.conv2d(input as Tensor4D, weights as Tensor4D, strideOfProjection(shape, output), 'same');
}

/**
 * The [rows, columns] by which a 1x1 convolution steps to make a picture of the output's size. Throws a `ShapeError` when
 * none does.
 */
function strideOfProjection(input: Shape, output: Shape): [number, number] {
  if (input.length === output.length) {
    if (input.length === 1) return [1, 1];
    const strides = [0, 1].map((axis) => findStride(input[axis] as number, output[axis] as number));
    const [rows, columns] = strides;
    if (rows !== undefined && columns !== undefined) return [rows, columns];
  }
  throw new ShapeError(
    `its layers make a ${describeShape(output)} of a ${describeShape(input)}, and no 1x1 convolution does that to the ` +
      'input beside them',
  );
}

/** The smallest stride with ceil(input / stride) = output. */
function findStride(input: number, output: number): number | undefined {
  for (let stride = 1; stride <= input; stride++) if (Math.ceil(input / stride) === output) return stride;
  return undefined;
}

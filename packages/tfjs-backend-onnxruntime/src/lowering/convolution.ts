/** Convolutions and their gradients as recorded operations; the algorithm of each is chosen in convolution-algorithms.ts. */

import type { ConvolutionShape } from '../base/convolution-shape.js';
import { isSameShape, type Shape, stripLeadingOnes } from '../base/shapes.js';
import { addNative } from '../graph/native-nodes.js';
import { canSumDepthwise, createDepthwiseGradient } from '../native/depthwise-gradient.js';
import type { NativeOperators } from '../native/native-operators.js';
import type { ConvolutionAttributes } from '../recording/attributes.js';
import type { ConvolutionRole } from './algorithm-names.js';
import { attributesOf, type Lowering, type LoweringTask } from './context.js';
import { chooseAlgorithm, includePadding } from './convolution-algorithms.js';
import {
  canConvolveBlocked,
  canDepthwiseBeBlocked,
  canDepthwiseInputGradientBeBlocked,
  convolveDepthwise,
  convolveDepthwiseBlocked,
  depthwiseFilterGradient,
  depthwiseInputGradient,
  depthwiseInputGradientBlocked,
} from './convolution-nodes.js';
import { fullNameIn, fullNaturalName, view } from './layouts.js';
import { type Layout, type Names, Value } from './value.js';

export const convolutionLowerings: Readonly<Record<string, Lowering>> = {
  Conv2D: (task) => convolution(task, null),
  Conv2DBackpropInput: (task) =>
    deferred(task, () => gradient(task, 'inputGradient', convolutionShape(task, task.shape, task.inputs[0]!.shape))),
  Conv2DBackpropFilter: (task) =>
    deferred(task, () =>
      gradient(task, 'filterGradient', convolutionShape(task, task.inputs[0]!.shape, task.inputs[1]!.shape)),
    ),
  DepthwiseConv2dNative: (task) =>
    deferred(task, () => {
      const [x, filter] = task.inputs as [Value, Value];
      const shape = convolutionShape(task, x.shape, task.shape);
      const { builder, block } = task.context;
      if (canDepthwiseBeBlocked(shape, block)) {
        const operands = activationAndFilter(task, x, filter, 'blocked');
        return { blocked: convolveDepthwiseBlocked(builder, block, shape, ...operands) };
      }
      return { channelsFirst: convolveDepthwise(task.context.builder, shape, ...activationAndFilter(task, x, filter)) };
    }),
  DepthwiseConv2dNativeBackpropInput: (task) =>
    deferred(task, () => {
      const [dy, filter] = task.inputs as [Value, Value];
      const shape = convolutionShape(task, task.shape, dy.shape);
      const { builder, block } = task.context;
      if (canDepthwiseInputGradientBeBlocked(shape, block)) {
        const operands = activationAndFilter(task, dy, filter, 'blocked');
        return { blocked: depthwiseInputGradientBlocked(builder, block, shape, ...operands) };
      }
      return {
        channelsFirst: depthwiseInputGradient(task.context.builder, shape, ...activationAndFilter(task, dy, filter)),
      };
    }),
  DepthwiseConv2dNativeBackpropFilter: (task) =>
    deferred(task, () => {
      const [x, dy] = task.inputs as [Value, Value];
      const shape = convolutionShape(task, x.shape, dy.shape);
      const { native, block } = task.context;
      if (native !== null && canSumDepthwise(includePadding(shape), block))
        return { natural: sumDepthwise(task, native, shape, x, dy) };
      const activations = [x, dy].map((value) => fullNameIn(task.context, value, 'channelsFirst')) as [string, string];
      return { natural: depthwiseFilterGradient(task.context.builder, shape, ...activations) };
    }),
};

/** Returns the gradient of the filters by a program of its own. */
function sumDepthwise(
  { context }: LoweringTask,
  native: NativeOperators,
  shape: ConvolutionShape,
  x: Value,
  dy: Value,
): string {
  const { builder, block } = context;
  const { batch, inputSize, inputChannels, padding } = shape;
  const [top, left, bottom, right] = padding;
  const padded = includePadding(shape);
  const planes = builder.reshape(fullNameIn(context, x, 'blocked'), [
    (batch * inputChannels) / block,
    ...inputSize,
    block,
  ]);
  const inputs = [
    builder.padZeros(planes, [0, top, left, 0], [0, bottom, right, 0]),
    fullNameIn(context, dy, 'blocked'),
  ];
  const key = `depthwise${block}${JSON.stringify(padded)}`;
  return addNative(builder, native, inputs, key, (code) => createDepthwiseGradient(code, padded, block))[0]!;
}

function deferred({ shape, dtype }: LoweringTask, compute: () => Names): Value {
  return new Value({ shape, dtype, compute });
}

function activationAndFilter(
  { context }: LoweringTask,
  activation: Value,
  filter: Value,
  layout: Layout = 'channelsFirst',
): [string, string] {
  return [fullNameIn(context, activation, layout), fullNaturalName(context, filter)];
}

function convolutionShape(task: LoweringTask, input: Shape, output: Shape): ConvolutionShape {
  const { size, strides, dilations, padding } = attributesOf<ConvolutionAttributes>(task);
  return {
    batch: input[0]!,
    inputSize: [input[1]!, input[2]!],
    outputSize: [output[1]!, output[2]!],
    inputChannels: input[3]!,
    outputChannels: output[3]!,
    kernel: size,
    strides,
    dilations,
    padding,
  };
}

/** The convolution waits for its consumer: an addition may become its bias, and a relu its activation. */
function convolution(task: LoweringTask, bias: Value | null): Value {
  const { context } = task;
  const inputs = task.inputs as [Value, Value];
  const shape = convolutionShape(task, inputs[0].shape, task.shape);
  const compute = (withRelu: boolean): Names =>
    chooseAlgorithm(context, 'forward', shape).compute({
      inputs,
      bias: bias && fullNaturalName(context, bias),
      withRelu,
    });
  return new Value({
    shape: task.shape,
    dtype: task.dtype,
    compute: () => compute(false),
    computeWithRelu: canConvolveBlocked(shape, context.block) ? () => compute(true) : undefined,
    meaning: bias ? undefined : { kind: 'convolution', withBias: (added) => convolution(task, added) },
  });
}

/** Returns a convolution with `bias` added, or null when the values are something else. */
export function addBias(task: LoweringTask, value: Value, bias: Value): Value | null {
  if (value.meaning?.kind !== 'convolution' || !value.isDeferred || !value.isPrivate) return null;
  const channels = [task.shape[3]!];
  if (!isSameShape(stripLeadingOnes(bias.shape), stripLeadingOnes(channels))) return null;
  return value.meaning.withBias(view(task.context, bias, channels));
}

function gradient({ context, inputs }: LoweringTask, role: ConvolutionRole, shape: ConvolutionShape): Names {
  return chooseAlgorithm(context, role, shape).compute({ inputs: inputs as [Value, Value] });
}

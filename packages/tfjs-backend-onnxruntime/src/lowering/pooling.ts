/** Max and average pooling of pictures and their gradients. */
import { outputPadding } from '../convolution-forms.js';
import { addBlocked } from '../nchwc.js';
import { type Shape, sizeOf } from '../shapes.js';
import { attributesOf, type Lowering, type LoweringContext } from './context.js';
import { fullNameIn, isBlockedOnly, nameIn, toChannelsFirst } from './layouts.js';
import { multiply } from './linear.js';
import { isReluPending, reluOf, stepOf } from './relu.js';
import { type Layout, Value, type Window } from './value.js';

/** What the pooling kernels record. */
export type PoolingAttributes = Window;

interface Pooled {
  readonly maxima: Value;
  /** Name of the maxima's positions in the flat input. */
  readonly positions: string;
  readonly layout: Layout;
}

export const poolingLowerings: Readonly<Record<string, Lowering>> = {
  MaxPool: (task) => {
    const [input] = task.inputs as [Value];
    return (
      maxPoolOfRelu(task.context, input, attributesOf(task)) ?? maxPool(task.context, input, attributesOf(task)).maxima
    );
  },
  MaxPoolGrad: (task) => {
    const [dy, input] = task.inputs as [Value, Value];
    const window = attributesOf<PoolingAttributes>(task);
    return new Value({
      shape: task.shape,
      dtype: task.dtype,
      meaning: { kind: 'poolGradient', dy, input, window },
      compute: () => ({ ...maxPoolGradient(task.context, dy, input, window).names }),
    });
  },
  AvgPool: (task) => {
    const window = attributesOf<PoolingAttributes>(task);
    const [input] = task.inputs as [Value];
    const pooled = task.context.builder.add('AveragePool', [fullNameIn(task.context, input, 'channelsFirst')], {
      attributes: { kernel_shape: window.size, strides: window.strides, pads: window.padding },
    });
    return new Value({ shape: task.shape, dtype: task.dtype, names: { channelsFirst: pooled } });
  },
  AvgPoolGrad: (task) => averagePoolGradient(task.context, task.inputs[0]!, task.shape, attributesOf(task)),
};

/** Both grow with their argument, so relu may come after pooling, where it has less to do; null when it cannot. */
function maxPoolOfRelu(context: LoweringContext, input: Value, window: Window): Value | null {
  return isReluPending(input) ? reluOf(context, maxPool(context, input.meaning.of, window).maxima) : null;
}

/**
 * Returns the gradient of max pooling after relu, masked where relu was flat, or null when `gradient` and `mask` are
 * something else. The mask is applied to the pooled side: a maximum is positive exactly where its position is.
 */
export function gradientOfReluAndPool(context: LoweringContext, gradient: Value, mask: Value): Value | null {
  if (gradient.meaning?.kind !== 'poolGradient' || mask.meaning?.kind !== 'step' || !gradient.isDeferred) return null;
  const { dy, input, window } = gradient.meaning;
  const source = mask.meaning.of;
  const isAfterRelu = input.meaning?.kind === 'relu' && input.meaning.of === source;
  if (source !== input && !isAfterRelu) return null;
  const pooledFrom = isReluPending(input) ? source : input;
  const { maxima } = maxPool(context, pooledFrom, window);
  const masked = multiply(context, dy, stepOf(context, maxima), dy.shape, 'float32');
  return maxPoolGradient(context, masked, pooledFrom, window);
}

function maxPool(context: LoweringContext, input: Value, window: Window): Pooled {
  const { builder, block, needsPoolingIndices } = context;
  const shape = pooledShape(input.shape, window);
  const attributes = { kernel_shape: window.size, strides: window.strides, pads: window.padding };
  const pooled = (layout: Layout, maxima: string, positions = ''): Pooled => ({
    maxima: new Value({ shape, dtype: input.dtype, names: { [layout]: maxima } }),
    positions,
    layout,
  });
  void input.names; // computed now, so that its layout is known
  if (!isBlockedOnly(input)) {
    const picture = fullNameIn(context, input, 'channelsFirst');
    const [maxima, positions] = builder.addMany('MaxPool', [picture], needsPoolingIndices ? 2 : 1, { attributes });
    return pooled('channelsFirst', maxima!, positions);
  }
  const picture = nameIn(context, input, 'blocked');
  if (!needsPoolingIndices) return pooled('blocked', addBlocked(builder, 'MaxPool', [picture], attributes));
  const volume = builder.reshape(picture, blockedVolume(input.shape, block));
  const [maxima, positions] = builder.addMany('MaxPool', [volume], 2, { attributes: volumeAttributes(window) });
  return pooled('blocked', builder.reshape(maxima!, toChannelsFirst(shape)), positions);
}

/** Shape under which ONNX's own pooling takes a blocked picture: one volume whose last axis is the block. */
function blockedVolume(shape: Shape, block: number): number[] {
  const [batch, height, width, channels] = shape as [number, number, number, number];
  return [1, (batch * channels) / block, height, width, block];
}

function volumeAttributes({ size, strides, padding }: Window): Record<string, number[]> {
  const [top, left, bottom, right] = padding;
  return { kernel_shape: [...size, 1], strides: [...strides, 1], pads: [top, left, 0, bottom, right, 0] };
}

/** Puts each gradient where its maximum was; where windows overlap, gradients that meet are added. */
function maxPoolGradient(context: LoweringContext, dy: Value, input: Value, window: Window): Value {
  const { builder, block } = context;
  const { positions, layout } = maxPool(context, input, window);
  const gradients = fullNameIn(context, dy, layout);
  const shape = toChannelsFirst(input.shape);
  const isOverlapping = window.strides.some((stride, axis) => stride < window.size[axis]!);
  let name: string;
  if (isOverlapping) {
    const zeros = builder.expand(builder.scalar(0, 'float32', 1), [sizeOf(shape)]);
    const flat = [builder.reshape(positions, [-1]), builder.reshape(gradients, [-1])];
    name = builder.add('ScatterElements', [zeros, ...flat], { attributes: { reduction: 'add' } });
  } else if (layout === 'blocked') {
    const volume = blockedVolume(input.shape, block);
    const pooled = builder.reshape(gradients, blockedVolume(dy.shape, block));
    name = builder.add('MaxUnpool', [pooled, positions, builder.integers(volume)], {
      attributes: volumeAttributes(window),
    });
  } else {
    const attributes = { kernel_shape: window.size, strides: window.strides, pads: window.padding };
    name = builder.add('MaxUnpool', [gradients, positions, builder.integers(shape)], { attributes });
  }
  return new Value({ shape: input.shape, dtype: 'float32', names: { [layout]: builder.reshape(name, shape) } });
}

/** Each element of a window has the same part in the average; padding does not count. */
function averagePoolGradient(context: LoweringContext, dy: Value, shape: Shape, window: Window): Value {
  const { builder } = context;
  const [batch, height, width, channels] = shape as [number, number, number, number];
  const [, pooledHeight, pooledWidth] = dy.shape as [number, number, number, number];
  const rows = countCovered(height, pooledHeight, window, 0);
  const columns = countCovered(width, pooledWidth, window, 1);
  const parts = rows.flatMap((row) => columns.map((column) => 1 / (row * column)));
  const weights = builder.constant('float32', [1, 1, pooledHeight, pooledWidth], parts);
  const weighted = builder.add('Mul', [fullNameIn(context, dy, 'channelsFirst'), weights]);
  const kernel = builder.expand(builder.scalar(1, 'float32', 4), [1, 1, ...window.size]);
  const spread = builder.add(
    'ConvTranspose',
    [builder.reshape(weighted, [batch * channels, 1, pooledHeight, pooledWidth]), kernel],
    {
      attributes: {
        strides: window.strides,
        pads: window.padding,
        output_padding: outputPadding({
          ...window,
          kernel: window.size,
          inputSize: [height, width],
          outputSize: [pooledHeight, pooledWidth],
        }),
      },
    },
  );
  const channelsFirst = builder.reshape(spread, [batch, channels, height, width]);
  return new Value({ shape, dtype: 'float32', names: { channelsFirst } });
}

/** Returns for each window along an axis how many of its elements are inside the picture. */
function countCovered(length: number, windows: number, window: Window, axis: 0 | 1): number[] {
  return Array.from({ length: windows }, (_, index) => {
    const start = index * window.strides[axis] - window.padding[axis];
    return Math.min(length, start + window.size[axis]) - Math.max(0, start);
  });
}

function pooledShape(shape: Shape, { size, strides, padding }: Window): number[] {
  const [batch, height, width, channels] = shape as [number, number, number, number];
  const [top, left, bottom, right] = padding;
  const count = (length: number, axis: 0 | 1) => Math.floor((length - size[axis]) / strides[axis]) + 1;
  return [batch, count(height + top + bottom, 0), count(width + left + right, 1), channels];
}

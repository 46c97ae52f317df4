/** Max and average pooling of activations and their gradients. */

import type { Window } from '../base/convolution-shape.js';
import { type Shape, sizeOf } from '../base/shapes.js';
import { addBlocked } from '../graph/nchwc.js';
import type { AveragePoolGradientAttributes, PoolingAttributes } from '../recording/attributes.js';
import { addLinearPass, addMaxPool, areTiles, bindLinearForm, fitsAlone } from './activation-passes.js';
import { attributesOf, constantValue, type Lowering, type LoweringContext } from './context.js';
import { outputPadding } from './convolution-nodes.js';
import { castValue, elementwise } from './elementwise.js';
import { replaceNaN } from './exact-functions.js';
import { canBeBlocked, fullNameIn, isBlockedOnly, nameIn, toChannelsFirst } from './layouts.js';
import { bindActivation, isPendingSum, multiply } from './linear.js';
import { isReluPending, reluOf, stepOf } from './relu.js';
import { Value } from './value.js';

export const poolingLowerings: Readonly<Record<string, Lowering>> = {
  MaxPool: (task) => {
    // The library pools floats only.
    const input = castValue(task.context, task.inputs[0]!, 'float32');
    const window = attributesOf<PoolingAttributes>(task);
    const pooled = maxPoolOfRelu(task.context, input, window) ?? maxPool(task.context, input, window);
    return castValue(task.context, pooled, task.dtype);
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

/** −(2 − 2⁻²³) · 2¹²⁷ */
const LOWEST_FLOAT = -3.4028234663852886e38;

/** Both grow with their argument, so relu may come after pooling, where it has less to do; null when it cannot. */
function maxPoolOfRelu(context: LoweringContext, input: Value, window: Window): Value | null {
  const source = isReluOfSum(context, input) || isReluPending(input) ? input.meaning.of : null;
  if (!source) return null;
  return maxPoolInOnePass(context, source, window, true) ?? reluOfMaxima(context, maxPool(context, source, window));
}

/** What is −∞ because all elements of a window are NaN has to be seen further on. */
function reluOfMaxima(context: LoweringContext, maxima: Value): Value {
  const lowest = constantValue(context, Number.NEGATIVE_INFINITY, [], 'float32');
  const isLowest = elementwise(context, 'Equal', [maxima, lowest], maxima.shape, 'bool');
  return elementwise(context, 'Where', [isLowest, lowest, reluOf(context, maxima)], maxima.shape, 'float32');
}

/** Returns whether a value is the relu of a sum that pooling can compute itself, so that neither has to be stored. */
function isReluOfSum(
  { native }: LoweringContext,
  value: Value,
): value is Value & { meaning: { kind: 'relu'; of: Value } } {
  return native !== null && value.isDeferred && value.meaning?.kind === 'relu' && isPendingSum(value.meaning.of);
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
  const pooledFrom = isReluOfSum(context, input) || isReluPending(input) ? source : input;
  const inOnePass = maxPoolGradientInOnePass(context, dy, pooledFrom, window, true);
  if (inOnePass) return inOnePass;
  const maxima = maxPool(context, pooledFrom, window);
  const masked = multiply(context, dy, stepOf(context, maxima), dy.shape, 'float32');
  return maxPoolGradient(context, masked, pooledFrom, window);
}

/** Returns the maxima, or their relu, computed from what the input is made of; null when that is not possible. */
function maxPoolInOnePass(context: LoweringContext, input: Value, window: Window, withRelu: boolean): Value | null {
  if (!context.native || !areTiles(window)) return null;
  const form = bindActivation(context, input);
  if (!form || form.parts.gradient) return null;
  const blocked = addMaxPool(context, form, input.shape, { window: window.size, withRelu });
  return new Value({ shape: pooledShape(input.shape, window), dtype: input.dtype, names: { blocked } });
}

/** Returns the gradient of those maxima, which is computed by those who use it, or once for all others. */
function maxPoolGradientInOnePass(
  context: LoweringContext,
  dy: Value,
  input: Value,
  window: Window,
  withRelu: boolean,
): Value | null {
  if (!context.native || !areTiles(window) || !canBeBlocked(context, dy)) return null;
  const pooled = bindActivation(context, input);
  if (!pooled || pooled.parts.gradient) return null;
  const { shape } = input;
  const gradient = { dy, pooled, tiles: { window: window.size, withRelu } };
  if (!fitsAlone(gradient)) return null;
  const meaning = { kind: 'tileGradient', gradient } as const;
  const unstored = new Value({ shape, dtype: dy.dtype, meaning });
  return new Value({
    shape,
    dtype: dy.dtype,
    meaning,
    compute: () => {
      const form = bindLinearForm(context, [{ base: unstored, scale: null }], null, shape[3]!)!;
      return { blocked: addLinearPass(context, form, shape, false) };
    },
  });
}

function maxPool(context: LoweringContext, input: Value, window: Window): Value {
  const { builder } = context;
  const inOnePass = maxPoolInOnePass(context, input, window, false);
  if (inOnePass) return inOnePass;
  const fields = { shape: pooledShape(input.shape, window), dtype: input.dtype };
  void input.names; // computed now, so that its layout is known
  if (isBlockedOnly(input)) {
    const numbers = nameIn(context, withoutNaN(context, input), 'blocked');
    const blocked = addBlocked(builder, 'MaxPool', [numbers], poolingAttributes(window));
    return withInfinity(context, new Value({ ...fields, names: { blocked } }));
  }
  const { maxima } = maxPoolWithPositions(context, input, window);
  return withInfinity(context, new Value({ ...fields, names: { channelsFirst: maxima } }));
}

/** The library takes NaN or leaves it, by its position. */
function withoutNaN(context: LoweringContext, input: Value): Value {
  return input.dtype === 'float32' ? replaceNaN(context, input, Number.NEGATIVE_INFINITY) : input;
}

/** The library begins with the lowest float, which it gives where there is nothing above −∞. */
function withInfinity(context: LoweringContext, maxima: Value): Value {
  const [lowest, infinity] = [LOWEST_FLOAT, Number.NEGATIVE_INFINITY].map((value) =>
    constantValue(context, value, [], 'float32'),
  ) as [Value, Value];
  const isLowest = elementwise(context, 'Equal', [maxima, lowest], maxima.shape, 'bool');
  return elementwise(context, 'Where', [isLowest, infinity, maxima], maxima.shape, 'float32');
}

/** ONNX's own pooling; the positions of the maxima count elements of the whole [N, C, H, W]. */
function maxPoolWithPositions(context: LoweringContext, input: Value, window: Window) {
  const activation = fullNameIn(context, withoutNaN(context, input), 'channelsFirst');
  const outputs = context.needsPoolingPositions ? 2 : 1;
  const attributes = poolingAttributes(window);
  const [maxima, positions] = context.builder.addMany('MaxPool', [activation], outputs, { attributes });
  return { maxima: maxima!, positions: positions! };
}

function poolingAttributes({ size, strides, padding }: Window) {
  return { kernel_shape: size, strides, pads: padding };
}

/** Gives the gradient of each window to the first of its largest elements; where windows overlap, gradients add up. */
function maxPoolGradient(context: LoweringContext, dy: Value, input: Value, window: Window): Value {
  const inOnePass = maxPoolGradientInOnePass(context, dy, input, window, false);
  if (inOnePass) return inOnePass;
  const { size, strides } = window;
  void input.names;
  const fields = { shape: input.shape, dtype: dy.dtype };
  if (areTiles(window) && isBlockedOnly(input)) {
    return new Value({ ...fields, names: { blocked: blockedTileGradient(context, dy, input, window) } });
  }
  const { builder } = context;
  const { positions } = maxPoolWithPositions(context, input, window);
  const gradients = fullNameIn(context, dy, 'channelsFirst');
  const shape = toChannelsFirst(input.shape);
  const areOverlapping = strides.some((stride, axis) => stride < size[axis]!);
  // CUDA has no MaxUnpool: the gradient of the whole activation would cross the bus twice.
  if (!areOverlapping && !context.isForDevice) {
    const inputs = [gradients, positions, builder.integers(shape)];
    const channelsFirst = builder.add('MaxUnpool', inputs, { attributes: poolingAttributes(window) });
    return new Value({ ...fields, names: { channelsFirst } });
  }
  const zeros = builder.expand(builder.scalar(0, 'float32', 1), [sizeOf(shape)]);
  const inputs = [zeros, builder.reshape(positions, [-1]), builder.reshape(gradients, [-1])];
  const sums = builder.add('ScatterElements', inputs, areOverlapping ? { attributes: { reduction: 'add' } } : {});
  return new Value({ ...fields, names: { channelsFirst: builder.reshape(sums, shape) } });
}

/**
 * The gradient where windows are tiles of a blocked activation, without the positions of the maxima, which the library
 * finds one number at a time. The elements at one place of all windows are an image of the pooled size; where they
 * equal the maxima, they take the gradient that is left; then the places are put together again.
 */
function blockedTileGradient(context: LoweringContext, dy: Value, input: Value, window: Window): string {
  const { builder } = context;
  const [rows, columns] = window.size;
  const maxima = nameIn(context, maxPool(context, input, window), 'blocked');
  const zero = builder.scalar(0);
  let left = fullNameIn(context, dy, 'blocked');
  const places: string[] = [];
  for (let place = 0; place < rows * columns - 1; place++) {
    const isMaximum = builder.add('Equal', [pickPlace(context, input, window, place), maxima]);
    const taken = builder.add('Where', [isMaximum, left, zero]);
    left = builder.add('Sub', [left, taken]);
    places.push(taken);
  }
  places.push(left);
  return joinPlaces(context, places, dy.shape, input.shape, window);
}

/** Returns the elements at one place of all windows: a depthwise convolution with a single one in its filter. */
function pickPlace(context: LoweringContext, input: Value, { size, strides }: Window, place: number): string {
  const { builder, block } = context;
  const channels = input.shape[3]!;
  const places = size[0] * size[1];
  // In memory, filters are [C / block, K, L, block].
  const filter = Array.from({ length: channels * places }, (_, index) =>
    Math.floor(index / block) % places === place ? 1 : 0,
  );
  const weights = builder.constant('float32', [channels, 1, ...size], filter);
  const attributes = { kernel_shape: size, strides, group: channels };
  return addBlocked(builder, 'Conv', [nameIn(context, input, 'blocked'), weights], attributes);
}

/** Puts the places of all windows together; what no window reached at the end of rows and columns is zero. */
function joinPlaces(
  { builder, block }: LoweringContext,
  places: readonly string[],
  pooledShape: Shape,
  shape: Shape,
  { size }: Window,
): string {
  const [rows, columns] = size;
  const [batch, height, width, channels] = shape as [number, number, number, number];
  const [, pooledHeight, pooledWidth] = pooledShape as [number, number, number, number];
  const planes = (batch * channels) / block;
  const join = (names: readonly string[], length: number) => {
    const flat = names.map((name) => builder.reshape(name, [-1, length]));
    return flat.length === 1 ? flat[0]! : builder.add('Concat', flat, { attributes: { axis: 1 } });
  };
  const lines = Array.from({ length: rows }, (_, row) => join(places.slice(row * columns, (row + 1) * columns), block));
  const joined = join(lines, pooledWidth * columns * block);
  const [reachedHeight, reachedWidth] = [pooledHeight * rows, pooledWidth * columns];
  const reached = builder.reshape(joined, [planes, reachedHeight, reachedWidth, block]);
  const whole = builder.padZeros(reached, [0, 0, 0, 0], [0, height - reachedHeight, width - reachedWidth, 0]);
  return builder.reshape(whole, toChannelsFirst(shape));
}

/** Each element of a window has the same part in the average; padding does not count. */
function averagePoolGradient(
  context: LoweringContext,
  dy: Value,
  shape: Shape,
  window: AveragePoolGradientAttributes,
): Value {
  const { builder } = context;
  const [batch, height, width, channels] = shape as [number, number, number, number];
  const [, pooledHeight, pooledWidth] = dy.shape as [number, number, number, number];
  const count = window.countsPadding ? countAll : countCovered;
  const rows = count(height, pooledHeight, window, 0);
  const columns = count(width, pooledWidth, window, 1);
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

function countAll(_length: number, windows: number, { size }: Window, axis: 0 | 1): number[] {
  return new Array<number>(windows).fill(size[axis]);
}

/** Returns for each window along an axis how many of its elements are inside the image. */
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

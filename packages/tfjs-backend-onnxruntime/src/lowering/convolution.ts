/** Convolutions and their gradients: which form each one takes, and in which layout its pictures lie. */
import {
  type Chunk,
  type ConvolutionShape,
  canConvolveBlocked,
  canInputGradientBeBlocked,
  convolveBlocked,
  convolveDepthwise,
  convolvePlain,
  depthwiseFilterGradient,
  depthwiseInputGradient,
  filterGradientByColumns,
  filterGradientByImages,
  filterGradientPlain,
  inputGradientBlocked,
  inputGradientPlain,
  isDense,
  readsBlocks,
} from '../convolution-forms.js';
import { canSumFewChannels, createFewChannelGradient } from '../native/few-channel-gradient.js';
import { addNative } from '../native/native-operators.js';
import { isSameShape, type Shape, stripLeadingOnes } from '../shapes.js';
import { bindTiles, type TiledConvolution } from '../winograd/forms.js';
import { canUseTiles, countSavedProducts, invertShape } from '../winograd/tile-plan.js';
import { attributesOf, type Lowering, type LoweringContext, type LoweringTask } from './context.js';
import { fullNameIn, fullNaturalName, view } from './layouts.js';
import { type Names, Value, type Window } from './value.js';

/** What the convolution kernels record. */
export type ConvolutionAttributes = Window;

export const convolutionLowerings: Readonly<Record<string, Lowering>> = {
  Conv2D: (task) => convolution(task, null),
  Conv2DBackpropInput: (task) => deferred(task, () => inputGradient(task)),
  Conv2DBackpropFilter: (task) => deferred(task, () => ({ natural: filterGradient(task) })),
  DepthwiseConv2dNative: (task) =>
    deferred(task, () => {
      const [x, filter] = task.inputs as [Value, Value];
      const shape = convolutionShape(task, x.shape, task.shape);
      return { channelsFirst: convolveDepthwise(task.context.builder, shape, ...pictureAndFilter(task, x, filter)) };
    }),
  DepthwiseConv2dNativeBackpropInput: (task) =>
    deferred(task, () => {
      const [dy, filter] = task.inputs as [Value, Value];
      const shape = convolutionShape(task, task.shape, dy.shape);
      return {
        channelsFirst: depthwiseInputGradient(task.context.builder, shape, ...pictureAndFilter(task, dy, filter)),
      };
    }),
  DepthwiseConv2dNativeBackpropFilter: (task) =>
    deferred(task, () => {
      const [x, dy] = task.inputs as [Value, Value];
      const shape = convolutionShape(task, x.shape, dy.shape);
      const pictures = [x, dy].map((value) => fullNameIn(task.context, value, 'channelsFirst')) as [string, string];
      return { natural: depthwiseFilterGradient(task.context.builder, shape, ...pictures) };
    }),
};

function deferred({ shape, dtype }: LoweringTask, compute: () => Names): Value {
  return new Value({ shape, dtype, compute });
}

function pictureAndFilter({ context }: LoweringTask, picture: Value, filter: Value): [string, string] {
  return [fullNameIn(context, picture, 'channelsFirst'), fullNaturalName(context, filter)];
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
  const { block, builder } = context;
  const [x, filter] = task.inputs as [Value, Value];
  const shape = convolutionShape(task, x.shape, task.shape);
  const isBlocked = canConvolveBlocked(shape, block);
  const byTiles = isBlocked ? chooseTiles(context, shape) : null;
  const compute = (withRelu: boolean): Names => {
    const weights = fullNaturalName(context, filter);
    const biasName = bias && fullNaturalName(context, bias);
    if (!isBlocked) {
      return {
        channelsFirst: convolvePlain(builder, shape, fullNameIn(context, x, 'channelsFirst'), weights, biasName),
      };
    }
    const picture = fullNameIn(context, x, readsBlocks(shape, block) ? 'blocked' : 'channelsFirst');
    if (byTiles) return { blocked: byTiles.convolve(picture, weights, biasName, withRelu) };
    return { blocked: convolveBlocked(builder, block, shape, picture, weights, biasName, withRelu) };
  };
  return new Value({
    shape: task.shape,
    dtype: task.dtype,
    compute: () => compute(false),
    computeWithRelu: isBlocked ? () => compute(true) : undefined,
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

function inputGradient(task: LoweringTask): Names {
  const { context } = task;
  const { block, builder } = context;
  const [dy, filter] = task.inputs as [Value, Value];
  const shape = convolutionShape(task, task.shape, dy.shape);
  const weights = fullNaturalName(context, filter);
  const inverted = invertShape(shape);
  const byTiles = canInputGradientBeBlocked(shape, block) ? chooseTiles(context, inverted) : null;
  if (byTiles) return { blocked: byTiles.convolveFlipped(fullNameIn(context, dy, 'blocked'), weights) };
  if (canInputGradientBeBlocked(shape, block)) {
    return { blocked: inputGradientBlocked(builder, block, shape, fullNameIn(context, dy, 'blocked'), weights) };
  }
  return { channelsFirst: inputGradientPlain(builder, shape, fullNameIn(context, dy, 'channelsFirst'), weights) };
}

/** Tiles cost transforms besides their products: they are worth it where they save this factor at least. */
const WORTHWHILE_SAVING = 1.3;

/** Returns a convolution's forms by tiles, or null where they cannot be used or save too little. */
function chooseTiles({ native, builder, block }: LoweringContext, shape: ConvolutionShape): TiledConvolution | null {
  if (!native || !canUseTiles(shape, block) || countSavedProducts(shape) < WORTHWHILE_SAVING) return null;
  return bindTiles(builder, native, shape, block);
}

/** Below this many channels, columns and one product of matrices are fastest. */
const FEW_CHANNELS = 8;
/** Pictures of at least this height are cut into rows, lower ones into groups of images. */
const HIGH_PICTURE = 16;
const ROWS_PER_CHUNK = 3;
const IMAGES_PER_CHUNK = 32;

function filterGradient(task: LoweringTask): string {
  const { context } = task;
  const { block, builder } = context;
  const [x, dy] = task.inputs as [Value, Value];
  const shape = convolutionShape(task, x.shape, dy.shape);
  const byTiles = chooseTiles(context, shape);
  if (byTiles) return byTiles.filterGradient(fullNameIn(context, x, 'blocked'), fullNameIn(context, dy, 'blocked'));
  const pictures = fullNameIn(context, x, 'channelsFirst');
  const fewChannels = sumFewChannels(context, shape, pictures, dy);
  if (fewChannels) return fewChannels;
  const isManyChannels = shape.inputChannels >= FEW_CHANNELS;
  const hasBlocks = block > 0 && shape.outputChannels % block === 0 && 2 * shape.batch >= block;
  if (isDense(shape) && isManyChannels && hasBlocks) {
    return filterGradientByImages(
      builder,
      block,
      shape,
      pictures,
      fullNameIn(context, dy, 'blocked'),
      chooseChunk(shape),
    );
  }
  if (isDense(shape) && !isManyChannels) {
    return filterGradientByColumns(builder, shape, pictures, fullNaturalName(context, dy));
  }
  return filterGradientPlain(builder, shape, pictures, fullNameIn(context, dy, 'channelsFirst'));
}

/** Returns the gradient of the filters for few channels by a program of its own; null where there is none. */
function sumFewChannels(context: LoweringContext, shape: ConvolutionShape, pictures: string, dy: Value): string | null {
  const { native, builder, block } = context;
  const [top, left, bottom, right] = shape.padding;
  const padded: ConvolutionShape = {
    ...shape,
    inputSize: [shape.inputSize[0] + top + bottom, shape.inputSize[1] + left + right],
    padding: [0, 0, 0, 0],
  };
  if (!native || !canSumFewChannels(padded, block)) return null;
  const inputs = [
    builder.padZeros(pictures, [0, 0, top, left], [0, 0, bottom, right]),
    fullNameIn(context, dy, 'blocked'),
  ];
  const key = `fewChannels${block}${JSON.stringify(padded)}`;
  return addNative(builder, native, inputs, key, (code) => createFewChannelGradient(code, padded, block))[0]!;
}

function chooseChunk({ batch, outputSize }: ConvolutionShape): Chunk {
  const [height] = outputSize;
  return height >= HIGH_PICTURE ? { images: batch, rows: ROWS_PER_CHUNK } : { images: IMAGES_PER_CHUNK, rows: height };
}

/** Which algorithms can compute a convolution or a gradient of it, and which of them the rules or a measurement take. */

import { type ConvolutionShape, isDense } from '../base/convolution-shape.js';
import { addNative } from '../graph/native-nodes.js';
import { canSumFewChannels, createFewChannelGradient } from '../native/few-channel-gradient.js';
import { canUseWinograd, countSavedProducts, invertShape } from '../winograd/tile-plan.js';
import type { AlgorithmName, ConvolutionRole } from './algorithm-names.js';
import type { LoweringContext } from './context.js';
import {
  type Chunk,
  canConvolveBlocked,
  canInputGradientBeBlocked,
  convolveBlocked,
  convolvePlain,
  filterGradientByIm2col,
  filterGradientByImages,
  filterGradientPlain,
  inputGradientBlocked,
  inputGradientPlain,
  readsBlocks,
} from './convolution-nodes.js';
import { fullNameIn, fullNaturalName } from './layouts.js';
import type { Names, Value } from './value.js';
import { bindWinograd, type WinogradConvolution } from './winograd-convolution.js';

/** What an algorithm reads: x and filters forward, dy and filters for the input's gradient, x and dy for the filters'. */
export interface Operands {
  readonly inputs: readonly [Value, Value];
  /** Natural names; both are for results only. */
  readonly bias?: string | null;
  readonly withRelu?: boolean;
}

/** One way to compute a role. */
interface Algorithm {
  readonly name: AlgorithmName;
  isPossible(context: LoweringContext, shape: ConvolutionShape): boolean;
  /** Whether the rules take it where it comes first among the possible ones. Default: yes. */
  isWorthwhile?(shape: ConvolutionShape): boolean;
  compute(context: LoweringContext, shape: ConvolutionShape, operands: Operands): Names;
}

/** An algorithm that is bound to a shape. */
export interface BoundAlgorithm {
  readonly name: AlgorithmName;
  compute(operands: Operands): Names;
}

/** Tiles cost transforms besides their products: they are worth it where they save this factor at least. */
const WORTHWHILE_SAVING = 1.3;
/** Below this many channels, im2col and one product of matrices are fastest. */
const FEW_CHANNELS = 8;
/** Images of at least this height are cut into rows, lower ones into groups of images. */
const HIGH_IMAGE = 16;
const ROWS_PER_CHUNK = 3;
const IMAGES_PER_CHUNK = 32;

const isWorthWinograd = (shape: ConvolutionShape) => countSavedProducts(shape) >= WORTHWHILE_SAVING;
// Not even worth a measurement where they save nothing.
const canSaveByWinograd = ({ native, block }: LoweringContext, shape: ConvolutionShape) =>
  native !== null && canUseWinograd(shape, block) && countSavedProducts(shape) > 1;
const winogradOf = ({ builder, native, block }: LoweringContext, shape: ConvolutionShape): WinogradConvolution =>
  bindWinograd(builder, native!, shape, block);

/** The algorithms of each role, in the order in which the rules try them. The last one is always possible. */
const ALGORITHMS: Readonly<Record<ConvolutionRole, readonly Algorithm[]>> = {
  forward: [
    {
      name: 'winograd',
      isPossible: (context, shape) => canConvolveBlocked(shape, context.block) && canSaveByWinograd(context, shape),
      isWorthwhile: isWorthWinograd,
      compute: (context, shape, { inputs: [x, filter], bias = null, withRelu = false }) => {
        const weights = fullNaturalName(context, filter);
        return {
          blocked: winogradOf(context, shape).convolve(fullNameIn(context, x, 'blocked'), weights, bias, withRelu),
        };
      },
    },
    {
      name: 'blocked',
      isPossible: ({ block }, shape) => canConvolveBlocked(shape, block),
      compute: (context, shape, { inputs: [x, filter], bias = null, withRelu = false }) => {
        const { builder, block } = context;
        const weights = fullNaturalName(context, filter);
        const activation = fullNameIn(context, x, readsBlocks(shape, block) ? 'blocked' : 'channelsFirst');
        return { blocked: convolveBlocked(builder, block, shape, activation, weights, bias, withRelu) };
      },
    },
    {
      name: 'plain',
      isPossible: () => true,
      compute: (context, shape, { inputs: [x, filter], bias = null }) => {
        const weights = fullNaturalName(context, filter);
        const activations = fullNameIn(context, x, 'channelsFirst');
        return { channelsFirst: convolvePlain(context.builder, shape, activations, weights, bias) };
      },
    },
  ],
  inputGradient: [
    {
      name: 'winograd',
      isPossible: (context, shape) =>
        canInputGradientBeBlocked(shape, context.block) && canSaveByWinograd(context, invertShape(shape)),
      isWorthwhile: (shape) => isWorthWinograd(invertShape(shape)),
      compute: (context, shape, { inputs: [dy, filter] }) => {
        const weights = fullNaturalName(context, filter);
        const gradients = fullNameIn(context, dy, 'blocked');
        return { blocked: winogradOf(context, invertShape(shape)).convolveFlipped(gradients, weights) };
      },
    },
    {
      name: 'blocked',
      isPossible: ({ block }, shape) => canInputGradientBeBlocked(shape, block),
      compute: (context, shape, { inputs: [dy, filter] }) => {
        const { builder, block } = context;
        const weights = fullNaturalName(context, filter);
        return { blocked: inputGradientBlocked(builder, block, shape, fullNameIn(context, dy, 'blocked'), weights) };
      },
    },
    {
      name: 'plain',
      isPossible: () => true,
      compute: (context, shape, { inputs: [dy, filter] }) => {
        const weights = fullNaturalName(context, filter);
        const gradients = fullNameIn(context, dy, 'channelsFirst');
        return { channelsFirst: inputGradientPlain(context.builder, shape, gradients, weights) };
      },
    },
  ],
  filterGradient: [
    {
      name: 'winograd',
      isPossible: canSaveByWinograd,
      isWorthwhile: isWorthWinograd,
      compute: (context, shape, { inputs: [x, dy] }) => {
        const [activations, gradients] = [fullNameIn(context, x, 'blocked'), fullNameIn(context, dy, 'blocked')];
        return { natural: winogradOf(context, shape).filterGradient(activations, gradients) };
      },
    },
    {
      name: 'fewChannels',
      isPossible: ({ native, block }, shape) => native !== null && canSumFewChannels(includePadding(shape), block),
      compute: (context, shape, { inputs: [x, dy] }) => ({ natural: sumFewChannels(context, shape, x, dy) }),
    },
    {
      name: 'images',
      isPossible: ({ block }, shape) => {
        const hasBlocks = block > 0 && shape.outputChannels % block === 0 && 2 * shape.batch >= block;
        return isDense(shape) && shape.inputChannels >= FEW_CHANNELS && hasBlocks;
      },
      compute: (context, shape, { inputs: [x, dy] }) => {
        const { builder, block } = context;
        const activations = fullNameIn(context, x, 'channelsFirst');
        const gradients = fullNameIn(context, dy, 'blocked');
        return { natural: filterGradientByImages(builder, block, shape, activations, gradients, chooseChunk(shape)) };
      },
    },
    {
      name: 'im2col',
      isPossible: (_, shape) => isDense(shape) && shape.inputChannels < FEW_CHANNELS,
      compute: (context, shape, { inputs: [x, dy] }) => {
        const activations = fullNameIn(context, x, 'channelsFirst');
        return { natural: filterGradientByIm2col(context.builder, shape, activations, fullNaturalName(context, dy)) };
      },
    },
    {
      name: 'plain',
      isPossible: () => true,
      compute: (context, shape, { inputs: [x, dy] }) => {
        const activations = fullNameIn(context, x, 'channelsFirst');
        const gradients = fullNameIn(context, dy, 'channelsFirst');
        return { natural: filterGradientPlain(context.builder, shape, activations, gradients) };
      },
    },
  ],
};

/** Returns the algorithm that computes a role of a convolution: that of the rules, or what a measurement has found. */
export function chooseAlgorithm(
  context: LoweringContext,
  role: ConvolutionRole,
  shape: ConvolutionShape,
): BoundAlgorithm {
  const possible = ALGORITHMS[role].filter((algorithm) => algorithm.isPossible(context, shape));
  const byRules = possible.find((algorithm) => algorithm.isWorthwhile?.(shape) ?? true)!;
  // Plain algorithms are for what no other can compute.
  const candidates = possible.filter(({ name }) => name === byRules.name || name !== 'plain').map(({ name }) => name);
  if (!context.chooser || candidates.length < 2) return bindAlgorithm(context, role, shape, byRules.name);
  return bindAlgorithm(context, role, shape, context.chooser.choose(role, shape, candidates, byRules.name));
}

/** Returns an algorithm by its name, which has to be possible for the shape. */
export function bindAlgorithm(
  context: LoweringContext,
  role: ConvolutionRole,
  shape: ConvolutionShape,
  name: AlgorithmName,
): BoundAlgorithm {
  const algorithm = ALGORITHMS[role].find((candidate) => candidate.name === name)!;
  return { name, compute: (operands) => algorithm.compute(context, shape, operands) };
}

export function includePadding(shape: ConvolutionShape): ConvolutionShape {
  const [top, left, bottom, right] = shape.padding;
  return {
    ...shape,
    inputSize: [shape.inputSize[0] + top + bottom, shape.inputSize[1] + left + right],
    padding: [0, 0, 0, 0],
  };
}

/** Returns the gradient of the filters for few channels by a program of its own. */
function sumFewChannels(context: LoweringContext, shape: ConvolutionShape, x: Value, dy: Value): string {
  const { native, builder, block } = context;
  const [top, left, bottom, right] = shape.padding;
  const padded = includePadding(shape);
  const inputs = [
    builder.padZeros(fullNameIn(context, x, 'channelsFirst'), [0, 0, top, left], [0, 0, bottom, right]),
    fullNameIn(context, dy, 'blocked'),
  ];
  const key = `fewChannels${block}${JSON.stringify(padded)}`;
  return addNative(builder, native!, inputs, key, (code) => createFewChannelGradient(code, padded, block))[0]!;
}

function chooseChunk({ batch, outputSize }: ConvolutionShape): Chunk {
  const [height] = outputSize;
  return height >= HIGH_IMAGE ? { images: batch, rows: ROWS_PER_CHUNK } : { images: IMAGES_PER_CHUNK, rows: height };
}

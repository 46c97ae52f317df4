/** Which forms can compute a convolution or a gradient of it, and which of them the rules or a measurement take. */
import {
  type Chunk,
  type ConvolutionShape,
  canConvolveBlocked,
  canInputGradientBeBlocked,
  convolveBlocked,
  convolvePlain,
  filterGradientByColumns,
  filterGradientByImages,
  filterGradientPlain,
  inputGradientBlocked,
  inputGradientPlain,
  isDense,
  readsBlocks,
} from './convolution-nodes.js';
import { canSumFewChannels, createFewChannelGradient } from '../native/few-channel-gradient.js';
import { addNative } from '../native/native-operators.js';
import { bindTiles, type TiledConvolution } from './winograd-convolution.js';
import { canUseTiles, countSavedProducts, invertShape } from '../winograd/tile-plan.js';
import type { LoweringContext } from './context.js';
import { fullNameIn, fullNaturalName } from './layouts.js';
import type { Names, Value } from './value.js';

/** What is computed: a convolution, or the gradient of its pictures or of its filters. */
export type ConvolutionRole = 'result' | 'pictures' | 'filters';

/** Names of forms, as files of choices hold them. */
export const FORM_NAMES = ['tiles', 'fewChannels', 'images', 'columns', 'blocked', 'plain'] as const;
export type FormName = (typeof FORM_NAMES)[number];

/** What a form reads: pictures and filters for a result, dy and filters for `pictures`, pictures and dy for `filters`. */
export interface Operands {
  readonly inputs: readonly [Value, Value];
  /** Natural names; both are for results only. */
  readonly bias?: string | null;
  readonly withRelu?: boolean;
}

/** One way to compute a role. */
interface Form {
  readonly name: FormName;
  isPossible(context: LoweringContext, shape: ConvolutionShape): boolean;
  /** Whether the rules take it where it comes first among the possible ones. Default: yes. */
  isWorthwhile?(shape: ConvolutionShape): boolean;
  compute(context: LoweringContext, shape: ConvolutionShape, operands: Operands): Names;
}

/** A form that is bound to a shape. */
export interface BoundForm {
  readonly name: FormName;
  compute(operands: Operands): Names;
}

/** Tiles cost transforms besides their products: they are worth it where they save this factor at least. */
const WORTHWHILE_SAVING = 1.3;
/** Below this many channels, columns and one product of matrices are fastest. */
const FEW_CHANNELS = 8;
/** Pictures of at least this height are cut into rows, lower ones into groups of images. */
const HIGH_PICTURE = 16;
const ROWS_PER_CHUNK = 3;
const IMAGES_PER_CHUNK = 32;

const isWorthTiles = (shape: ConvolutionShape) => countSavedProducts(shape) >= WORTHWHILE_SAVING;
// Not even worth a measurement where they save nothing.
const canUseSavingTiles = ({ native, block }: LoweringContext, shape: ConvolutionShape) =>
  native !== null && canUseTiles(shape, block) && countSavedProducts(shape) > 1;
const tilesOf = ({ builder, native, block }: LoweringContext, shape: ConvolutionShape): TiledConvolution =>
  bindTiles(builder, native!, shape, block);

/** The forms of each role, in the order in which the rules try them. The last one is always possible. */
const FORMS: Readonly<Record<ConvolutionRole, readonly Form[]>> = {
  result: [
    {
      name: 'tiles',
      isPossible: (context, shape) => canConvolveBlocked(shape, context.block) && canUseSavingTiles(context, shape),
      isWorthwhile: isWorthTiles,
      compute: (context, shape, { inputs: [x, filter], bias = null, withRelu = false }) => {
        const weights = fullNaturalName(context, filter);
        return {
          blocked: tilesOf(context, shape).convolve(fullNameIn(context, x, 'blocked'), weights, bias, withRelu),
        };
      },
    },
    {
      name: 'blocked',
      isPossible: ({ block }, shape) => canConvolveBlocked(shape, block),
      compute: (context, shape, { inputs: [x, filter], bias = null, withRelu = false }) => {
        const { builder, block } = context;
        const weights = fullNaturalName(context, filter);
        const picture = fullNameIn(context, x, readsBlocks(shape, block) ? 'blocked' : 'channelsFirst');
        return { blocked: convolveBlocked(builder, block, shape, picture, weights, bias, withRelu) };
      },
    },
    {
      name: 'plain',
      isPossible: () => true,
      compute: (context, shape, { inputs: [x, filter], bias = null }) => {
        const weights = fullNaturalName(context, filter);
        const pictures = fullNameIn(context, x, 'channelsFirst');
        return { channelsFirst: convolvePlain(context.builder, shape, pictures, weights, bias) };
      },
    },
  ],
  pictures: [
    {
      name: 'tiles',
      isPossible: (context, shape) =>
        canInputGradientBeBlocked(shape, context.block) && canUseSavingTiles(context, invertShape(shape)),
      isWorthwhile: (shape) => isWorthTiles(invertShape(shape)),
      compute: (context, shape, { inputs: [dy, filter] }) => {
        const weights = fullNaturalName(context, filter);
        const gradients = fullNameIn(context, dy, 'blocked');
        return { blocked: tilesOf(context, invertShape(shape)).convolveFlipped(gradients, weights) };
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
  filters: [
    {
      name: 'tiles',
      isPossible: canUseSavingTiles,
      isWorthwhile: isWorthTiles,
      compute: (context, shape, { inputs: [x, dy] }) => {
        const [pictures, gradients] = [fullNameIn(context, x, 'blocked'), fullNameIn(context, dy, 'blocked')];
        return { natural: tilesOf(context, shape).filterGradient(pictures, gradients) };
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
        const pictures = fullNameIn(context, x, 'channelsFirst');
        const gradients = fullNameIn(context, dy, 'blocked');
        return { natural: filterGradientByImages(builder, block, shape, pictures, gradients, chooseChunk(shape)) };
      },
    },
    {
      name: 'columns',
      isPossible: (_, shape) => isDense(shape) && shape.inputChannels < FEW_CHANNELS,
      compute: (context, shape, { inputs: [x, dy] }) => {
        const pictures = fullNameIn(context, x, 'channelsFirst');
        return { natural: filterGradientByColumns(context.builder, shape, pictures, fullNaturalName(context, dy)) };
      },
    },
    {
      name: 'plain',
      isPossible: () => true,
      compute: (context, shape, { inputs: [x, dy] }) => {
        const pictures = fullNameIn(context, x, 'channelsFirst');
        const gradients = fullNameIn(context, dy, 'channelsFirst');
        return { natural: filterGradientPlain(context.builder, shape, pictures, gradients) };
      },
    },
  ],
};

/** Returns the form that computes a role of a convolution: that of the rules, or what a measurement has found. */
export function chooseForm(context: LoweringContext, role: ConvolutionRole, shape: ConvolutionShape): BoundForm {
  const possible = FORMS[role].filter((form) => form.isPossible(context, shape));
  const byRules = possible.find((form) => form.isWorthwhile?.(shape) ?? true)!;
  // Plain forms are for what no other can compute.
  const candidates = possible.filter(({ name }) => name === byRules.name || name !== 'plain').map(({ name }) => name);
  if (!context.forms || candidates.length < 2) return bindForm(context, role, shape, byRules.name);
  return bindForm(context, role, shape, context.forms.choose(role, shape, candidates, byRules.name));
}

/** Returns a form by its name, which has to be possible for the shape. */
export function bindForm(
  context: LoweringContext,
  role: ConvolutionRole,
  shape: ConvolutionShape,
  name: FormName,
): BoundForm {
  const form = FORMS[role].find((candidate) => candidate.name === name)!;
  return { name, compute: (operands) => form.compute(context, shape, operands) };
}

function includePadding(shape: ConvolutionShape): ConvolutionShape {
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
  return height >= HIGH_PICTURE ? { images: batch, rows: ROWS_PER_CHUNK } : { images: IMAGES_PER_CHUNK, rows: height };
}

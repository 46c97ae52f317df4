/** Operations that move, repeat, cut and join elements. */
import { isSameShape, sizeOf } from '../base/shapes.js';
import type { GraphBuilder } from '../graph/graph-builder.js';
import type {
  ConcatAttributes,
  CumulativeAttributes,
  FillAttributes,
  GatherAttributes,
  OneHotAttributes,
  PadAttributes,
  ReverseAttributes,
  SegmentSumAttributes,
  SliceAttributes,
  TileAttributes,
  TransposeAttributes,
} from '../recording/attributes.js';
import { ONNX_TYPES } from '../runtime/onnx-model.js';
import { attributesOf, constantValue, type Lowering, naturalValue } from './context.js';
import { broadcastValue, fullNaturalName } from './layouts.js';
import { Value } from './value.js';

const BEFORE_FIRST = -1_000_000_000;

/** The library counts negative indices from the end; they become the length, which it refuses. */
function refuseNegative(builder: GraphBuilder, indices: string, length: number): string {
  const isNegative = builder.add('Less', [indices, builder.scalar(0, 'int32')]);
  return builder.add('Where', [isNegative, builder.scalar(length, 'int32'), indices]);
}

export const arrangementLowerings: Readonly<Record<string, Lowering>> = {
  Transpose: (task) => {
    const { permutation } = attributesOf<TransposeAttributes>(task);
    const { builder } = task.context;
    return naturalValue(task, builder.transpose(fullNaturalName(task.context, task.inputs[0]!), permutation));
  },

  Tile: (task) => {
    const { repetitions } = attributesOf<TileAttributes>(task);
    const { context, shape } = task;
    const [input] = task.inputs as [Value];
    void input.names;
    const isBroadcast = repetitions.every((count, axis) => count === 1 || input.stored[axis] === 1);
    if (isBroadcast) {
      return new Value({ shape, stored: input.stored, dtype: task.dtype, compute: () => ({ ...input.names }) });
    }
    const { builder } = context;
    return naturalValue(task, builder.add('Tile', [fullNaturalName(context, input), builder.integers(repetitions)]));
  },

  BroadcastTo: ({ context, inputs, shape }) => broadcastValue(context, inputs[0]!, shape),

  Slice: (task) => {
    const [input] = task.inputs as [Value];
    if (isSameShape(input.shape, task.shape) && !attributesOf<SliceAttributes>(task).strides.some((step) => step < 0)) {
      return input;
    }
    const { begin, end, strides } = attributesOf<SliceAttributes>(task);
    const { builder } = task.context;
    const bounds = [begin, end, begin.map((_, axis) => axis), strides].map((list) => builder.integers(list));
    return naturalValue(task, builder.add('Slice', [fullNaturalName(task.context, input), ...bounds]));
  },

  Reverse: (task) => {
    const { axes } = attributesOf<ReverseAttributes>(task);
    const { builder } = task.context;
    const bounds = [axes.map(() => -1), axes.map(() => BEFORE_FIRST), axes, axes.map(() => -1)];
    const inputs = bounds.map((list) => builder.integers(list));
    return naturalValue(task, builder.add('Slice', [fullNaturalName(task.context, task.inputs[0]!), ...inputs]));
  },

  Concat: (task) => {
    if (task.inputs.length === 1) return task.inputs[0]!;
    const { axis } = attributesOf<ConcatAttributes>(task);
    const parts = task.inputs.map((input) => fullNaturalName(task.context, input));
    return naturalValue(task, task.context.builder.add('Concat', parts, { attributes: { axis } }));
  },

  Pad: (task) => {
    const { before, after, value } = attributesOf<PadAttributes>(task);
    const { builder } = task.context;
    const { dtype } = task;
    const inputs = [builder.integers([...before, ...after]), builder.scalar(value, dtype)];
    return naturalValue(task, builder.add('Pad', [fullNaturalName(task.context, task.inputs[0]!), ...inputs]));
  },

  Gather: (task) => {
    const { axis, isBatched, isChecked } = attributesOf<GatherAttributes>(task);
    const { builder } = task.context;
    const [input, given] = task.inputs.map((value) => fullNaturalName(task.context, value)) as [string, string];
    const indices = isChecked ? given : refuseNegative(builder, given, task.inputs[0]!.shape[axis]!);
    if (!isBatched) return naturalValue(task, builder.add('Gather', [input, indices], { attributes: { axis } }));
    const column = builder.reshape(indices, [...task.inputs[1]!.shape, 1]);
    const places = builder.add('Cast', [column], { attributes: { to: ONNX_TYPES.int64 } });
    return naturalValue(task, builder.add('GatherND', [input, places], { attributes: { batch_dims: axis } }));
  },

  GatherNd: (task) => {
    const { builder } = task.context;
    const [input, indices] = task.inputs.map((value) => fullNaturalName(task.context, value)) as [string, string];
    const places = builder.add('Cast', [indices], { attributes: { to: ONNX_TYPES.int64 } });
    return naturalValue(task, builder.add('GatherND', [input, places]));
  },

  /** Updates of one place add up. */
  ScatterNd: (task) => {
    const { builder } = task.context;
    const [indices, updates] = task.inputs.map((value) => fullNaturalName(task.context, value)) as [string, string];
    const zeros = builder.expand(builder.scalar(0, task.dtype, task.shape.length), task.shape);
    const places = builder.add('Cast', [indices], { attributes: { to: ONNX_TYPES.int64 } });
    return naturalValue(task, builder.add('ScatterND', [zeros, places, updates], { attributes: { reduction: 'add' } }));
  },

  OneHot: (task) => {
    const { depth, onValue, offValue } = attributesOf<OneHotAttributes>(task);
    const { builder } = task.context;
    const [indices] = task.inputs as [Value];
    const column = builder.reshape(fullNaturalName(task.context, indices), [...indices.shape, 1]);
    const classes = builder.constant('int32', [depth], countUp(depth));
    const isClass = builder.add('Equal', [column, classes]);
    const choices = [onValue, offValue].map((value) => builder.scalar(value, task.dtype));
    return naturalValue(task, builder.add('Where', [isClass, ...choices]));
  },

  /** The sum over rows of equal id is the product with the one-hot matrix of the ids. */
  UnsortedSegmentSum: (task) => {
    const { segments } = attributesOf<SegmentSumAttributes>(task);
    const { builder } = task.context;
    const [input, ids] = task.inputs as [Value, Value];
    const rows = sizeOf(ids.shape);
    const row = builder.reshape(fullNaturalName(task.context, ids), [1, rows]);
    const column = builder.constant('int32', [segments, 1], countUp(segments));
    const membership = builder.add('Cast', [builder.add('Equal', [column, row])], { attributes: { to: 1 } });
    const flat = builder.reshape(fullNaturalName(task.context, input), [rows, sizeOf(input.shape) / rows]);
    return naturalValue(task, builder.reshape(builder.add('MatMul', [membership, flat]), task.shape));
  },

  Fill: (task) => constantValue(task.context, attributesOf<FillAttributes>(task).value, task.shape, task.dtype),

  Cumsum: (task) => {
    const { axis, exclusive, reverse } = attributesOf<CumulativeAttributes>(task);
    const { builder } = task.context;
    const inputs = [fullNaturalName(task.context, task.inputs[0]!), builder.constant('int32', [], [axis])];
    const attributes = { exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0 };
    return naturalValue(task, builder.add('CumSum', inputs, { attributes }));
  },
};

function countUp(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

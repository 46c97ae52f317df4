/** Names of values in the layout that a consumer wants; conversions are added where they are missing. */
import { isSameShape, padRank, type Shape, sizeOf, stripLeadingOnes } from '../base/shapes.js';
import { isTrivialTranspose } from '../graph/graph-builder.js';
import { blockChannels, unblockChannels } from '../graph/nchwc.js';
import { ONNX_TYPES } from '../runtime/onnx-model.js';
import { constantValue, type LoweringContext } from './context.js';
import { type Layout, Value } from './value.js';

const TO_CHANNELS_FIRST = [0, 3, 1, 2];
const TO_CHANNELS_LAST = [0, 2, 3, 1];

/** Returns [N, C, H, W] from [N, H, W, C]. */
export function toChannelsFirst(shape: Shape): number[] {
  return TO_CHANNELS_FIRST.map((axis) => shape[axis]!);
}

/** Returns whether a value can lie in blocks: an image whose channels fill whole blocks. */
export function canBeBlocked(context: LoweringContext, value: Value): boolean {
  return (
    context.block > 0 &&
    value.shape.length === 4 &&
    value.shape[3]! % context.block === 0 &&
    isSameShape(value.shape, value.stored)
  );
}

/** Returns the value's name in a layout, with its stored shape. */
export function nameIn(context: LoweringContext, value: Value, layout: Layout): string {
  const names = value.names;
  const known = names[layout];
  if (known) return known;
  const name = convert(context, value, layout);
  value.addName(layout, name);
  return name;
}

export function naturalName(context: LoweringContext, value: Value): string {
  return nameIn(context, value, 'natural');
}

/** Returns the value's name in a layout, broadcast to its full shape. */
export function fullNameIn(context: LoweringContext, value: Value, layout: Layout): string {
  if (isSameShape(value.stored, value.shape)) return nameIn(context, value, layout);
  if (layout === 'blocked') return blockChannels(context.builder, fullNameIn(context, value, 'channelsFirst'));
  const shape = layout === 'natural' ? value.shape : toChannelsFirst(value.shape);
  return context.builder.expand(nameIn(context, value, layout), shape);
}

export function fullNaturalName(context: LoweringContext, value: Value): string {
  return fullNameIn(context, value, 'natural');
}

/** Returns whether the value exists in the layout, without computing anything. */
export function existsIn(value: Value, layout: Layout): boolean {
  return !value.isDeferred && value.names[layout] !== undefined;
}

/** Returns whether activations of this value come from a convolution and would have to be reordered for other layouts. */
export function isBlockedOnly(value: Value): boolean {
  return existsIn(value, 'blocked') && !existsIn(value, 'natural') && !existsIn(value, 'channelsFirst');
}

function convert(context: LoweringContext, value: Value, layout: Layout): string {
  const { builder } = context;
  const { natural, channelsFirst, blocked } = value.names;
  if (sizeOf(value.stored) === 1) return (natural ?? channelsFirst)!;
  const channels = value.shape[3]!;
  if (layout === 'blocked') {
    return asFloats(context, value, (natural ?? channelsFirst)!, (floats) =>
      blockChannels(builder, floats, natural !== undefined),
    );
  }
  if (layout === 'channelsFirst') {
    if (blocked) return asFloats(context, value, blocked, (floats) => unblockChannels(builder, floats, channels));
    return permute(context, natural!, value.stored, TO_CHANNELS_FIRST);
  }
  if (channelsFirst) return permute(context, channelsFirst, toChannelsFirst(value.stored), TO_CHANNELS_LAST);
  return asFloats(context, value, blocked!, (floats) => unblockChannels(builder, floats, channels, true));
}

function permute({ builder }: LoweringContext, name: string, shape: Shape, permutation: readonly number[]): string {
  if (isTrivialTranspose(shape, permutation)) {
    return builder.reshape(
      name,
      permutation.map((axis) => shape[axis]!),
    );
  }
  return builder.transpose(name, permutation);
}

/** The reordering operators know floats only. */
function asFloats(
  { builder }: LoweringContext,
  value: Value,
  name: string,
  reorder: (floats: string) => string,
): string {
  if (value.dtype === 'float32') return reorder(name);
  const floats = builder.add('Cast', [name], { attributes: { to: ONNX_TYPES.float32 } });
  return builder.add('Cast', [reorder(floats)], { attributes: { to: ONNX_TYPES[value.dtype] } });
}

/** Returns the same elements, in the same order, under another shape of the same size. */
export function view(context: LoweringContext, value: Value, shape: Shape): Value {
  if (isSameShape(value.shape, shape)) return value;
  const key = `${shape}`;
  let result = value.views.get(key);
  if (!result) {
    result = createView(context, value, shape);
    result.consumers = value.consumers;
    result.isResult = value.isResult;
    value.views.set(key, result);
  }
  return result;
}

function createView(context: LoweringContext, value: Value, shape: Shape): Value {
  const { builder } = context;
  const { dtype, constant } = value;
  if (constant !== undefined) return constantValue(context, constant, shape, dtype);
  if (isSameShape(stripLeadingOnes(value.shape), stripLeadingOnes(shape))) {
    const fit = (stored: Shape) =>
      shape.length >= stored.length ? padRank(stored, shape.length) : stored.slice(stored.length - shape.length);
    const { meaning } = value;
    const stored = fit(value.stored);
    const compute = () => ({ natural: builder.reshape(naturalName(context, value), stored) });
    if (meaning?.kind === 'linear' && value.isDeferred) {
      const terms = meaning.terms.map(({ base, scale }) => ({
        base: view(context, base, shape),
        scale: scale && viewFactor(context, scale, shape.length),
      }));
      const offset = meaning.offset && viewFactor(context, meaning.offset, shape.length);
      return new Value({ shape, stored, dtype, compute, meaning: { kind: 'linear', terms, offset } });
    }
    return new Value({
      shape,
      stored,
      dtype,
      compute,
      constant,
      meaning: meaning?.kind === 'mean' ? meaning : undefined,
    });
  }
  if (sizeOf(value.stored) === 1) {
    const ones = shape.map(() => 1);
    const compute = () => ({ natural: builder.reshape(naturalName(context, value), ones) });
    return new Value({ shape, stored: ones, dtype, compute });
  }
  const { meaning } = value;
  return (
    viewProduct(context, value, shape) ??
    new Value({
      shape,
      dtype,
      compute: () => ({ natural: builder.reshape(fullNaturalName(context, value), shape) }),
      meaning: meaning?.kind === 'mean' ? meaning : { kind: 'view', of: value },
    })
  );
}

/**
 * Returns a pending product of one number for each row and one for each column, with the axes of the rows split or joined; null
 * for anything else.
 */
function viewProduct(context: LoweringContext, value: Value, shape: Shape): Value | null {
  const { builder } = context;
  const { meaning, dtype } = value;
  const last = shape.length - 1;
  if (!value.isDeferred || meaning?.kind !== 'linear' || meaning.offset || value.shape.at(-1) !== shape[last])
    return null;
  const [{ base, scale }] = meaning.terms as [(typeof meaning.terms)[number]];
  const isOfRows = isSameShape(base.stored, value.shape.with(-1, 1));
  if (meaning.terms.length > 1 || !scale || !isOfRows || stripLeadingOnes(scale.stored).length !== 1) return null;
  const stored = shape.with(last, 1);
  const rows = new Value({
    shape,
    stored,
    dtype,
    compute: () => ({ natural: builder.reshape(naturalName(context, base), stored) }),
  });
  const terms = [{ base: rows, scale: viewFactor(context, scale, shape.length) }];
  return new Value({
    shape,
    dtype,
    compute: () => ({ natural: builder.reshape(fullNaturalName(context, value), shape) }),
    meaning: { kind: 'linear', terms, offset: null },
  });
}

/** Returns what is stored of a factor or offset with `rank` axes; its own shape may be that of the whole sum. */
function viewFactor(context: LoweringContext, factor: Value, rank: number): Value {
  const shape = padRank(stripLeadingOnes(factor.stored), rank);
  const { dtype, constant } = factor;
  if (constant !== undefined) return constantValue(context, constant, shape, dtype);
  return new Value({
    shape,
    dtype,
    compute: () => ({ natural: context.builder.reshape(naturalName(context, factor), shape) }),
  });
}

/** Returns the value with leading axes of size 1, so that it has `rank` axes. */
export function liftRank(context: LoweringContext, value: Value, rank: number): Value {
  return value.shape.length >= rank ? value : view(context, value, padRank(value.shape, rank));
}

/** Returns the value broadcast to a larger shape; what is stored stays the same. */
export function broadcastValue(context: LoweringContext, value: Value, shape: Shape): Value {
  if (isSameShape(value.shape, shape)) return value;
  const lifted = liftRank(context, value, shape.length);
  const { stored, dtype, constant } = lifted;
  return new Value({ shape, stored, dtype, constant, compute: () => ({ ...lifted.names }) });
}

/** Returns a value that varies along its last axis only, as a vector. */
export function lastAxis(context: LoweringContext, value: Value): Value {
  const length = value.shape.at(-1) ?? 1;
  const stored = value.stored.at(-1) ?? 1;
  return new Value({
    shape: [length],
    stored: [stored],
    dtype: value.dtype,
    compute: () => ({ natural: context.builder.reshape(nameIn(context, value, 'natural'), [stored]) }),
  });
}

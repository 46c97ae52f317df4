/**
 * ONNX Runtime's blocked layout NCHWc and its operators. A blocked tensor has the shape [N, C, H, W] for the library
 * but lies in memory as [N, C / block, H, W, block], so that one vector register holds one block of channels.
 * The operators are internals of the library, found in `core/graph/contrib_ops/nchwc_schema_defs.cc`; it uses them
 * itself for constant weights only. They are probed at start and not used when the probe fails.
 */

import { encodeModel } from '../runtime/onnx-model.js';
import type { Runtime } from '../runtime/runtime.js';
import { createPlace, TensorBuffer } from '../runtime/tensor-buffer.js';
import { GraphBuilder, type NodeOptions } from './graph-builder.js';

const NCHWC_DOMAIN = 'com.microsoft.nchwc';

type Attributes = NonNullable<NodeOptions['attributes']>;

/** Adds an operator on blocked tensors. */
export function addBlocked(
  builder: GraphBuilder,
  operator: string,
  inputs: readonly string[],
  attributes: Attributes,
): string {
  return builder.add(operator, inputs, { attributes, domain: NCHWC_DOMAIN });
}

/** Returns the blocked form of a tensor [N, C, H, W], or of [N, H, W, C] with `isChannelsLast`. */
export function blockChannels(builder: GraphBuilder, input: string, isChannelsLast = false): string {
  return addBlocked(builder, 'ReorderInput', [input], isChannelsLast ? { channels_last: 1 } : {});
}

/** Returns [N, C, H, W], or [N, H, W, C] with `isChannelsLast`, from a blocked tensor. */
export function unblockChannels(
  builder: GraphBuilder,
  input: string,
  channels: number,
  isChannelsLast = false,
): string {
  return addBlocked(builder, 'ReorderOutput', [input], isChannelsLast ? { channels, channels_last: 1 } : { channels });
}

/**
 * Returns the channel block of this processor's kernels: 16, 8, or 0 when there are none. One small tensor is
 * reordered, and the place of its elements tells the block.
 */
export function findBlockSize(runtime: Runtime): number {
  const [channels, width] = [16, 2];
  const shape = [1, channels, 1, width];
  const input = new TensorBuffer('float32', channels * width);
  const output = new TensorBuffer('float32', channels * width);
  input.values.forEach((_, index) => {
    input.values[index] = index;
  });
  const builder = new GraphBuilder();
  const blocked = blockChannels(builder, 'x');
  const outputs = [{ name: 'y', dtype: 'float32' }] as const;
  const model = encodeModel(builder.finish([{ name: 'x', dtype: 'float32', shape }], [blocked], outputs));
  const whole = createPlace(0, shape);
  const [from, to] = [input.view(runtime, whole), output.view(runtime, whole)];
  try {
    // Where there are no such kernels, the library refuses one of these.
    const session = runtime.createSession(model, ['x'], ['y']);
    session.run([from], [to]);
    session.dispose();
    const isBlockedBy = (block: number) =>
      output.values.every((value, index) => {
        const channel = Math.floor(index / (width * block)) * block + (index % block);
        const column = Math.floor(index / block) % width;
        return value === channel * width + column;
      });
    return [16, 8].find(isBlockedBy) ?? 0;
  } catch {
    return 0;
  } finally {
    input.release(runtime);
    output.release(runtime);
  }
}

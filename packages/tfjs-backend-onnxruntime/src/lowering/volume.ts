/** Convolutions over volumes [N, D, H, W, C] and their gradients, as the library's general ones over three axes. */
import type { VolumeAttributes } from '../recording/attributes.js';
import { attributesOf, type Lowering, type LoweringTask, naturalValue } from './context.js';
import { fullNaturalName } from './layouts.js';

const TO_CHANNELS_FIRST = [0, 4, 1, 2, 3];
const TO_CHANNELS_LAST = [0, 2, 3, 4, 1];
/** [D, H, W, C, O] to [O, C, D, H, W]. */
const FILTER_TO_ONNX = [4, 3, 0, 1, 2];
/** [N, D, H, W, C] to [C, N, D, H, W]: the images take the place of channels. */
const CHANNELS_AS_BATCH = [4, 0, 1, 2, 3];

export const volumeLowerings: Readonly<Record<string, Lowering>> = {
  Conv3D: (task) => {
    const { builder } = task.context;
    const { size, strides, dilations, padding } = attributesOf<VolumeAttributes>(task);
    const [x, filter] = operandsOf(task);
    const inputs = [builder.transpose(x, TO_CHANNELS_FIRST), builder.transpose(filter, FILTER_TO_ONNX)];
    const attributes = { kernel_shape: size, strides, dilations, pads: padding };
    return naturalValue(task, builder.transpose(builder.add('Conv', inputs, { attributes }), TO_CHANNELS_LAST));
  },

  Conv3DBackpropInput: (task) => {
    const { builder } = task.context;
    const { size, strides, dilations, padding } = attributesOf<VolumeAttributes>(task);
    const [dy, filter] = operandsOf(task);
    const inputs = [builder.transpose(dy, TO_CHANNELS_FIRST), builder.transpose(filter, FILTER_TO_ONNX)];
    // What no window reaches at the end of an axis.
    const outputPadding = size.map((taps, axis) => {
      const outputs = task.inputs[0]!.shape[axis + 1]!;
      const reached = (outputs - 1) * strides[axis]! + (taps - 1) * dilations[axis]! + 1;
      return task.shape[axis + 1]! - (reached - padding[axis]! - padding[axis + 3]!);
    });
    const attributes = { kernel_shape: size, strides, dilations, pads: padding, output_padding: outputPadding };
    return naturalValue(
      task,
      builder.transpose(builder.add('ConvTranspose', inputs, { attributes }), TO_CHANNELS_LAST),
    );
  },

  Conv3DBackpropFilter: (task) => {
    const { builder } = task.context;
    const { size, strides, dilations, padding } = attributesOf<VolumeAttributes>(task);
    const [x, dy] = operandsOf(task);
    const inputs = [builder.transpose(x, CHANNELS_AS_BATCH), builder.transpose(dy, CHANNELS_AS_BATCH)];
    const attributes = {
      kernel_shape: task.inputs[1]!.shape.slice(1, 4),
      strides: dilations,
      dilations: strides,
      pads: padding,
    };
    const found = builder.add('Conv', inputs, { attributes }); // [C, O, D, H, W], longer where strides leave a rest
    const cut = builder.slice(found, [2, 3, 4], [0, 0, 0], size);
    return naturalValue(task, builder.transpose(cut, [2, 3, 4, 0, 1]));
  },
};

function operandsOf({ context, inputs }: LoweringTask): [string, string] {
  return inputs.map((input) => fullNaturalName(context, input)) as [string, string];
}

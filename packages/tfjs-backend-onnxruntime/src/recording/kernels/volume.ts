/** Recording of convolutions over volumes [N, D, H, W, C]. */
import type {
  backend_util,
  Conv3DAttrs,
  Conv3DBackpropFilterV2Attrs,
  Conv3DBackpropInputV2Attrs,
} from '@tensorflow/tfjs';
import type { VolumeAttributes } from '../attributes.js';
import { attributesOf, inputOf, type KernelCall, type KernelTable, UnsupportedCase } from './kernel.js';

type VolumeShape = [number, number, number, number, number];

export const volumeKernels: KernelTable = {
  Conv3D: (call) => {
    const [x, filter] = [inputOf(call, 'x'), inputOf(call, 'filter')];
    const { window, outputShape } = volumeWindow(call, x.shape, filter.shape);
    return call.backend.record('Conv3D', [x, filter], window, outputShape, x.dtype);
  },

  Conv3DBackpropInputV2: (call) => {
    const [dy, filter] = [inputOf(call, 'dy'), inputOf(call, 'filter')];
    const { inputShape } = attributesOf<Conv3DBackpropInputV2Attrs>(call);
    const { window, outputShape } = volumeWindow(call, inputShape, filter.shape);
    if (`${outputShape}` !== `${dy.shape}`) throw new UnsupportedCase();
    return call.backend.record('Conv3DBackpropInput', [dy, filter], window, inputShape, dy.dtype);
  },

  Conv3DBackpropFilterV2: (call) => {
    const [x, dy] = [inputOf(call, 'x'), inputOf(call, 'dy')];
    const { filterShape } = attributesOf<Conv3DBackpropFilterV2Attrs>(call);
    const { window } = volumeWindow(call, x.shape, filterShape);
    return call.backend.record('Conv3DBackpropFilter', [x, dy], window, filterShape, x.dtype);
  },
};

function volumeWindow(call: KernelCall, input: readonly number[], filter: readonly number[]) {
  const { strides, dilations, pad, dataFormat } = attributesOf<Partial<Conv3DAttrs>>(call);
  if (dataFormat && dataFormat !== 'NDHWC') throw new UnsupportedCase();
  const info = call.tf.backend_util.computeConv3DInfo(
    input as VolumeShape,
    filter as VolumeShape,
    strides!,
    dilations ?? 1,
    pad!,
  );
  return { window: toWindow(info), outputShape: info.outShape };
}

function toWindow(info: backend_util.Conv3DInfo): VolumeAttributes {
  const { front, top, left } = info.padInfo;
  const size = [info.filterDepth, info.filterHeight, info.filterWidth];
  const strides = [info.strideDepth, info.strideHeight, info.strideWidth];
  const dilations = [info.dilationDepth, info.dilationHeight, info.dilationWidth];
  const before = [front, top, left];
  const [inputs, outputs] = [
    [info.inDepth, info.inHeight, info.inWidth],
    [info.outDepth, info.outHeight, info.outWidth],
  ];
  // The padding at the end that the result's size implies.
  const after = size.map((taps, axis) => {
    const extent = (taps - 1) * dilations[axis]! + 1;
    return Math.max(0, (outputs[axis]! - 1) * strides[axis]! + extent - inputs[axis]! - before[axis]!);
  });
  return { size, strides, dilations, padding: [...before, ...after] };
}

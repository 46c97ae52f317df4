/** Recording of convolutions and pooling over images [N, H, W, C]. */

import type {
  AvgPoolAttrs,
  backend_util,
  Conv2DAttrs,
  Conv2DBackpropFilterAttrs,
  Conv2DBackpropInputAttrs,
  DepthwiseConv2dNativeAttrs,
  DepthwiseConv2dNativeBackpropFilterAttrs,
  DepthwiseConv2dNativeBackpropInputAttrs,
  MaxPoolAttrs,
  TensorInfo,
} from '@tensorflow/tfjs';
import type { Window } from '../../base/convolution-shape.js';
import type { AveragePoolGradientAttributes } from '../attributes.js';
import { attributesOf, inputOf, type KernelCall, type KernelTable, UnsupportedCase } from './kernel.js';
import { fuseBiasAndActivation } from './matrix.js';

type ImageShape = [number, number, number, number];

export const imageKernels: KernelTable = {
  Conv2D: recordConvolution,
  FusedConv2D: fuseBiasAndActivation(recordConvolution),

  Conv2DBackpropInput: (call) => {
    const [dy, filter] = [inputOf(call, 'dy'), inputOf(call, 'filter')];
    const { inputShape } = attributesOf<Conv2DBackpropInputAttrs>(call);
    const { window, outputShape } = convolutionWindow(call, inputShape, filter.shape);
    // The reference reads a part of a gradient that is larger than the result.
    if (`${outputShape}` !== `${dy.shape}`) throw new UnsupportedCase();
    return call.backend.record('Conv2DBackpropInput', [dy, filter], window, inputShape, dy.dtype);
  },

  Conv2DBackpropFilter: (call) => {
    const [x, dy] = [inputOf(call, 'x'), inputOf(call, 'dy')];
    const { filterShape } = attributesOf<Conv2DBackpropFilterAttrs>(call);
    const { window } = convolutionWindow(call, x.shape, filterShape);
    return call.backend.record('Conv2DBackpropFilter', [x, dy], window, filterShape, x.dtype);
  },

  DepthwiseConv2dNative: recordDepthwise,
  FusedDepthwiseConv2D: fuseBiasAndActivation(recordDepthwise),

  DepthwiseConv2dNativeBackpropInput: (call) => {
    const [dy, filter] = [inputOf(call, 'dy'), inputOf(call, 'filter')];
    const { inputShape } = attributesOf<DepthwiseConv2dNativeBackpropInputAttrs>(call);
    const { window } = convolutionWindow(call, inputShape, filter.shape, true);
    return call.backend.record('DepthwiseConv2dNativeBackpropInput', [dy, filter], window, inputShape, dy.dtype);
  },

  DepthwiseConv2dNativeBackpropFilter: (call) => {
    const [x, dy] = [inputOf(call, 'x'), inputOf(call, 'dy')];
    const { filterShape } = attributesOf<DepthwiseConv2dNativeBackpropFilterAttrs>(call);
    const { window } = convolutionWindow(call, x.shape, filterShape, true);
    return call.backend.record('DepthwiseConv2dNativeBackpropFilter', [x, dy], window, filterShape, x.dtype);
  },

  MaxPool: (call) => recordPooling(call, 'MaxPool'),
  AvgPool: (call) => recordPooling(call, 'AvgPool'),

  MaxPoolGrad: (call) => {
    const [dy, input] = [inputOf(call, 'dy'), inputOf(call, 'input')];
    const { window } = poolingWindow(call, input);
    return call.backend.record('MaxPoolGrad', [dy, input], window, input.shape, dy.dtype);
  },

  AvgPoolGrad: (call) => {
    const [dy, input] = [inputOf(call, 'dy'), inputOf(call, 'input')];
    const { window } = poolingWindow(call, input);
    // A spec of TensorFlow.js asks for it where the padding is given by side; elsewhere it is the gradient of what is averaged.
    const countsPadding = Array.isArray(attributesOf<AvgPoolAttrs>(call).pad);
    const attributes: AveragePoolGradientAttributes = { ...window, countsPadding };
    return call.backend.record('AvgPoolGrad', [dy], attributes, input.shape, dy.dtype);
  },
};

function recordConvolution(call: KernelCall): TensorInfo {
  const [x, filter] = [inputOf(call, 'x'), inputOf(call, 'filter')];
  const { window, outputShape } = convolutionWindow(call, x.shape, filter.shape);
  return call.backend.record('Conv2D', [x, filter], window, outputShape, x.dtype);
}

function recordDepthwise(call: KernelCall): TensorInfo {
  const [x, filter] = [inputOf(call, 'x'), inputOf(call, 'filter')];
  const { window, outputShape } = convolutionWindow(call, x.shape, filter.shape, true);
  return call.backend.record('DepthwiseConv2dNative', [x, filter], window, outputShape, x.dtype);
}

function convolutionWindow(call: KernelCall, input: number[], filter: number[], isDepthwise = false) {
  const options = attributesOf<Conv2DAttrs & Partial<DepthwiseConv2dNativeAttrs>>(call);
  const { strides, dilations, pad, dimRoundingMode, dataFormat } = options;
  if (dataFormat && dataFormat !== 'NHWC') throw new UnsupportedCase();
  const info = call.tf.backend_util.computeConv2DInfo(
    input as ImageShape,
    filter as ImageShape,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    isDepthwise,
    'channelsLast',
  );
  return { window: toWindow(info), outputShape: info.outShape };
}

function recordPooling(call: KernelCall, name: string): TensorInfo {
  const x = inputOf(call, 'x');
  const { window, outputShape } = poolingWindow(call, x);
  return call.backend.record(name, [x], window, outputShape, x.dtype);
}

function poolingWindow(call: KernelCall, x: TensorInfo) {
  const { filterSize, strides, pad, dimRoundingMode } = attributesOf<MaxPoolAttrs>(call);
  const { computePool2DInfo } = call.tf.backend_util;
  const info = computePool2DInfo(x.shape as ImageShape, filterSize, strides, 1, pad, dimRoundingMode);
  const window = toWindow(info);
  // The library wants every window to reach into the image.
  if (window.padding.some((count, side) => count >= window.size[side % 2]!)) throw new UnsupportedCase();
  return { window, outputShape: info.outShape };
}

/**
 * The window with the padding at the end that the result's size implies: tfjs computes sizes in its own way when the
 * padding is a number and the kernel is not square.
 */
function toWindow(info: backend_util.Conv2DInfo): Window {
  const { top, left } = info.padInfo;
  const size = [info.filterHeight, info.filterWidth] as const;
  const strides = [info.strideHeight, info.strideWidth] as const;
  const dilations = [info.dilationHeight, info.dilationWidth] as const;
  const [inputSize, outputSize, before] = [
    [info.inHeight, info.inWidth],
    [info.outHeight, info.outWidth],
    [top, left],
  ] as const;
  const padEnd = (axis: 0 | 1) => {
    const extent = (size[axis] - 1) * dilations[axis] + 1;
    const after = Math.max(0, (outputSize[axis] - 1) * strides[axis] + extent - inputSize[axis] - before[axis]);
    const windows = Math.floor((inputSize[axis] + before[axis] + after - extent) / strides[axis]) + 1;
    if (windows !== outputSize[axis]) throw new UnsupportedCase();
    return after;
  };
  return { size, strides, dilations, padding: [top, left, padEnd(0), padEnd(1)] };
}

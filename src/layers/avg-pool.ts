// The mean of each window, channel by channel; what padding adds does not count.
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { LayerAvgPool } from '../config/experiment.js';
import type { LayerType, TensorFlow } from './layer.js';
import { countWindows, pairOf, pictureShape, type Window } from './shape.js';

function windowOf(config: LayerAvgPool): Window {
  return { size: pairOf(config.size), stride: pairOf(config.stride ?? config.size), padding: config.padding };
}

export const avgPool: LayerType<LayerAvgPool> = {
  type: 'avgPool',
  isFixed: () => true,

  outputShape(config, input) {
    const [height, width, channels] = pictureShape(input, 'average pooling');
    return [...countWindows(windowOf(config), height, width, 'window'), channels];
  },

  parameters: () => [],

  multiplyAdds: () => 0,

  apply(config, input, { tf }) {
    const window = windowOf(config);
    return window.padding === 'valid' ? poolUnpadded(tf, input, window) : poolPadded(tf, input as Tensor4D, window);
  },
};

function poolUnpadded(tf: TensorFlow, input: Tensor, { size, stride }: Window): Tensor4D {
  return tf.avgPool(input as Tensor4D, [size[0], size[1]], [stride[0], stride[1]], 'valid');
}

/**
 * Zeros around, then the mean with them, scaled by how much of each window lies inside: TensorFlow.js's own padded
 * gradient is wrong on `cpu`.
 */
function poolPadded(tf: TensorFlow, input: Tensor4D, window: Window): Tensor {
  const [rows, columns] = [0, 1].map((axis) => padAxis(input.shape[axis + 1] as number, window, axis as 0 | 1)) as [
    PaddedAxis,
    PaddedAxis,
  ];
  const padded = tf.pad(input, [[0, 0], rows.padding, columns.padding, [0, 0]]);
  const scales = Float32Array.from(rows.scales.flatMap((row) => columns.scales.map((column) => row * column)));
  const pooled = poolUnpadded(tf, padded, window);
  return tf.mul(pooled, tf.tensor4d(scales, [1, rows.scales.length, columns.scales.length, 1]));
}

interface PaddedAxis {
  /** Zeros before and after. */
  readonly padding: [number, number];
  /** For each window its length over the part of it that lies inside. */
  readonly scales: readonly number[];
}

/** The padding of one axis as in TensorFlow: half of what is missing before, the larger half after. */
function padAxis(length: number, { size, stride }: Window, axis: 0 | 1): PaddedAxis {
  const windows = Math.ceil(length / stride[axis]);
  const missing = Math.max(0, (windows - 1) * stride[axis] + size[axis] - length);
  const before = Math.floor(missing / 2);
  const scales = Array.from({ length: windows }, (_, window) => {
    const start = window * stride[axis] - before;
    return size[axis] / (Math.min(length, start + size[axis]) - Math.max(0, start));
  });
  return { padding: [before, missing - before], scales };
}

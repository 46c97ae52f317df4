/** What kernels record of an operation besides its inputs: plain data, compared as JSON, that the lowering reads. */
import type { Window } from '../base/convolution-shape.js';

/** What kernels with a number or two record. */
export interface StepAttributes {
  readonly alpha: number;
}

export interface LeakyReluAttributes {
  readonly alpha: number;
}

export interface ClipAttributes {
  readonly min: number;
  readonly max: number;
}

/** What the batch norm kernel records; its inputs are x, mean, variance, then offset and scale where given. */
export interface BatchNormAttributes {
  readonly epsilon: number;
  readonly hasOffset: boolean;
  readonly hasScale: boolean;
}

export interface TransposeAttributes {
  readonly permutation: readonly number[];
}

export interface TileAttributes {
  readonly repetitions: readonly number[];
}

export interface SliceAttributes {
  readonly begin: readonly number[];
  readonly end: readonly number[];
  readonly strides: readonly number[];
}

export interface ConcatAttributes {
  readonly axis: number;
}

export interface PadAttributes {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly value: number;
}

export interface GatherAttributes {
  readonly axis: number;
  /** Whether all axes before `axis` are those of a batch, whose members have indices of their own. */
  readonly isBatched: boolean;
  /** Whether all indices were seen to be inside the axis. */
  readonly isChecked: boolean;
}

export interface OneHotAttributes {
  readonly depth: number;
  readonly onValue: number;
  readonly offValue: number;
}

export interface SegmentSumAttributes {
  readonly segments: number;
}

export interface FillAttributes {
  readonly value: number;
}

export interface ReverseAttributes {
  readonly axes: readonly number[];
}

export interface CumulativeAttributes {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

export interface MatrixProductAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** What the pooling kernels record. */
export type PoolingAttributes = Window;

/** What the gradient of average pooling records. */
export interface AveragePoolGradientAttributes extends Window {
  /** Whether an element's part in an average is that of a whole window, also where the window is cut. */
  readonly countsPadding: boolean;
}

/** What the reduction kernels record: axes in ascending order. */
export interface ReductionAttributes {
  readonly axes: readonly number[];
}

/** What the kernel of `topk` records, once for its values and once for their indices. */
export interface LargestAttributes {
  readonly count: number;
}

/** Letters of axes, as `ij,jk->ik`. */
export interface EinsumAttributes {
  readonly equation: string;
}

/** What `localResponseNormalization` records. */
export interface NormalizationAttributes {
  readonly depthRadius: number;
  readonly bias: number;
  readonly alpha: number;
  readonly beta: number;
}

/** Windows of three axes: depth, height, width; padding as [front, top, left, back, bottom, right]. */
export interface VolumeAttributes {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: readonly number[];
}

/** What the convolution kernels record. */
export type ConvolutionAttributes = Window;

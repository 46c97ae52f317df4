/** What can be computed of a convolution, and the names of the algorithms for it; files of choices hold both. */
import type { ConvolutionShape } from '../base/convolution-shape.js';

/** A convolution itself, or the gradient of what goes into it or of its filters. */
export type ConvolutionRole = 'forward' | 'inputGradient' | 'filterGradient';

export const ALGORITHM_NAMES = [
  /** Winograd's minimal filtering, F(4 × 4, 3 × 3) and its like on tiles of 6 × 6, in generated code. */
  'winograd',
  /** A sum over pixels for inputs of few channels, in generated code. */
  'fewChannels',
  /** The filters' gradient as a blocked convolution whose channels are the images of the batch. */
  'images',
  /** Every element under the filter as a column of one matrix (im2col), then one product of matrices. */
  'im2col',
  /** The library's direct convolution over blocks of channels (NCHWc). */
  'blocked',
  /** The library's general convolution. */
  'plain',
] as const;
export type AlgorithmName = (typeof ALGORITHM_NAMES)[number];

/** Chooses among algorithms of a convolution that give the same numbers up to rounding. */
export interface AlgorithmChooser {
  /** Returns one of the candidates, two or more; `byRules` is the one that would be taken without a choice. */
  choose(
    role: ConvolutionRole,
    shape: ConvolutionShape,
    candidates: readonly AlgorithmName[],
    byRules: AlgorithmName,
  ): AlgorithmName;
}

/** Sizes of convolutions and pooling. Pairs are [height, width]. */

export type Pair = readonly [number, number];

/** Sizes and window of one convolution. */
export interface ConvolutionShape {
  readonly batch: number;
  /** Height and width of the images and of the results. */
  readonly inputSize: Pair;
  readonly outputSize: Pair;
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  /** [top, left, bottom, right] */
  readonly padding: readonly [number, number, number, number];
}

/** Window of a convolution or pooling; pairs are [height, width]. */
export interface Window {
  readonly size: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** [top, left, bottom, right] */
  readonly padding: readonly [number, number, number, number];
}

/** Returns whether every element of the image is visited in turn. */
export function isDense({ strides, dilations }: ConvolutionShape): boolean {
  return [...strides, ...dilations].every((step) => step === 1);
}

/** Returns the elements of what is convolved, of the filters, and of the result. */
export function countElements(shape: ConvolutionShape): { input: number; filter: number; output: number } {
  const { batch, inputSize, outputSize, inputChannels, outputChannels, kernel } = shape;
  return {
    input: batch * inputSize[0] * inputSize[1] * inputChannels,
    filter: kernel[0] * kernel[1] * inputChannels * outputChannels,
    output: batch * outputSize[0] * outputSize[1] * outputChannels,
  };
}

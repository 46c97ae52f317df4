/**
 * What passes over activations compute: linear forms Σ activation · scale + offset, where scales and the offset are vectors
 * of the length of the channels. The first activation may be the gradient of max pooling, which is computed where it is used.
 */
import { MAX_INPUTS } from './task-table.js';

/** Which parts a linear form has: for each activation whether it has a scale, and whether there is an offset. */
export interface FormParts {
  readonly scales: readonly boolean[];
  readonly hasOffset: boolean;
  /** The first activation, when it is the gradient of max pooling. */
  readonly gradient?: GradientParts;
}

/** Windows that lie side by side, without padding. */
export interface Tiles {
  readonly window: readonly [number, number];
  /** Whether relu comes before or after the maxima: both give the same. */
  readonly withRelu: boolean;
}

/**
 * The gradient of max pooling of a linear form: that of each window goes to the first of its largest elements; after relu,
 * to none where the maximum is not positive.
 */
export interface GradientParts {
  readonly tiles: Tiles;
  /** What was pooled; without a gradient itself. */
  readonly pooled: FormParts;
}

/** Returns the tensors of a form, in the order of a program's inputs: activations, scales, offset. */
export function countInputs(form: FormParts): { activations: number; vectors: number } {
  const { scales, hasOffset, gradient } = form;
  const pooled = gradient ? countInputs(gradient.pooled) : { activations: 0, vectors: 0 };
  return {
    // The gradient of the pooled activation takes the place of the first one.
    activations: scales.length + pooled.activations,
    vectors: scales.filter((hasScale) => hasScale).length + (hasOffset ? 1 : 0) + pooled.vectors,
  };
}

/** Tensors that one program can read besides its output: registers for addresses, and for vectors of channels. */
export const MAX_ACTIVATIONS = 4;
export const MAX_VECTORS = MAX_INPUTS - MAX_ACTIVATIONS;

/** Size of activations in blocks, as [N, H, W, C]. */
export interface ActivationSize {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly block: number;
}

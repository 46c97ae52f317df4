/**
 * Values of the lowering: tensors of the graph under construction, with everything that is known about them.
 * A value may exist under several names, one per memory layout, or not exist yet because its consumer may find a
 * cheaper way to use it (a product that can be pulled out of a sum, a relu that a convolution can apply itself).
 */

import type { Window } from '../base/convolution-shape.js';
import { padRank, type Shape } from '../base/shapes.js';
import type { FormParts, Tiles } from '../native/linear-forms.js';
import type { RecordedOperation } from '../recording/recorded-operation.js';
import type { Attribute } from '../runtime/onnx-model.js';
import type { NumericType } from '../runtime/tensor-buffer.js';

/**
 * How activations lie in memory. `natural` is tfjs's own order [N, H, W, C] and the order of all other tensors;
 * `channelsFirst` is [N, C, H, W]; `blocked` is described in nchwc.ts.
 */
export type Layout = 'natural' | 'channelsFirst' | 'blocked';

export type Names = Partial<Record<Layout, string>>;

/** One part of a sum: `base`, or `base * scale` where `scale` is small (scalar, one number per channel …). */
export interface Term {
  readonly base: Value;
  readonly scale: Value | null;
}

/** A linear form with the names of its tensors, in the order that programs take them. */
export interface BoundLinearForm {
  readonly inputs: readonly string[];
  readonly parts: FormParts;
}

/** The gradient of max pooling before anybody has stored it. */
export interface TileGradient {
  readonly dy: Value;
  readonly pooled: BoundLinearForm;
  readonly tiles: Tiles;
}

/** What a value is, where knowing it makes its consumers cheaper. */
export type Meaning =
  | { readonly kind: 'input'; readonly leaf: number }
  | { readonly kind: 'linear'; readonly terms: readonly Term[]; readonly offset: Value | null }
  | { readonly kind: 'relu'; readonly of: Value }
  /** The same elements under another shape. */
  | { readonly kind: 'view'; readonly of: Value }
  /** 1 where `of` is positive, else 0. */
  | { readonly kind: 'step'; readonly of: Value }
  | { readonly kind: 'convolution'; readonly withBias: (bias: Value) => Value }
  | { readonly kind: 'poolGradient'; readonly dy: Value; readonly input: Value; readonly window: Window }
  /** The gradient of max pooling over windows side by side, for native programs to compute where they use it. */
  | { readonly kind: 'tileGradient'; readonly gradient: TileGradient }
  | { readonly kind: 'mean'; readonly of: Value; readonly axes: readonly number[] }
  | {
      readonly kind: 'elementwise';
      readonly operator: string;
      readonly operands: readonly Value[];
      readonly attributes: Readonly<Record<string, Attribute>>;
    }
  /** Product, element by element, of two activations in blocks. */
  | { readonly kind: 'activationProduct'; readonly factors: readonly [Value, Value] }
  /** Product of two matrices, the first one transposed: the gradient of a dense layer's weights. */
  | { readonly kind: 'transposedProduct'; readonly left: Value; readonly right: Value };

interface ValueFields {
  readonly shape: Shape;
  /** Shape that is stored, 1 along axes where the value is constant. Default: the full shape. */
  readonly stored?: Shape;
  readonly dtype: NumericType;
  readonly names?: Names;
  /** Adds the nodes of a value that has no name yet. */
  readonly compute?: () => Names;
  /** Adds nodes that compute the value's relu in the same pass; null when they cannot. */
  readonly computeWithRelu?: () => Names | null;
  readonly meaning?: Meaning;
  /** The number that every element is. */
  readonly constant?: number;
  /** Axes along which the value sums up to zero, because their mean was subtracted. */
  readonly centredOver?: readonly number[];
}

export class Value {
  readonly shape: Shape;
  readonly stored: Shape;
  readonly dtype: NumericType;
  readonly meaning: Meaning | undefined;
  readonly constant: number | undefined;
  readonly centredOver: readonly number[] | undefined;
  readonly computeWithRelu: (() => Names | null) | undefined;
  /** Recorded operations that read this value, and whether it is a result of the graph. */
  consumers: RecordedOperation[] = [];
  isResult = false;
  /** The same content after relu, when some operation asked for it. */
  relu: Value | undefined;
  /** The same content under other shapes. */
  readonly views = new Map<string, Value>();
  readonly #names: Names;
  readonly #compute: (() => Names) | undefined;

  constructor(fields: ValueFields) {
    this.shape = fields.shape;
    this.stored = padRank(fields.stored ?? fields.shape, fields.shape.length);
    this.dtype = fields.dtype;
    this.meaning = fields.meaning;
    this.constant = fields.constant;
    this.centredOver = fields.centredOver;
    this.#names = { ...fields.names };
    this.computeWithRelu = fields.computeWithRelu;
    this.#compute = fields.compute;
  }

  /** Whether at most one operation needs this value. */
  get isPrivate(): boolean {
    return this.consumers.length + (this.isResult ? 1 : 0) <= 1;
  }

  /** Whether no node computes this value yet. */
  get isDeferred(): boolean {
    return Object.keys(this.#names).length === 0;
  }

  /** Names by layout; computes the value when it is deferred. */
  get names(): Names {
    if (this.isDeferred) Object.assign(this.#names, this.#compute!());
    return this.#names;
  }

  /** Remembers the value's name in one more layout. */
  addName(layout: Layout, name: string): void {
    this.#names[layout] = name;
  }
}

/**
 * An ONNX graph under construction: equal nodes are made once, nodes that no output needs are left out.
 * The lowering writes into it; `finish` gives the graph that is serialised.
 */

import { describe } from '../base/describe.js';
import { type Shape, sizeOf } from '../base/shapes.js';
import type { Attribute, DataType, OnnxGraph, OnnxInput, OnnxNode, OnnxTensor } from '../runtime/onnx-model.js';

export const MICROSOFT_DOMAIN = 'com.microsoft';

export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly domain?: string;
}

export interface NamedOutput {
  readonly name: string;
  readonly dtype: DataType;
}

export class GraphBuilder {
  /** Name of the recorded operation that is being lowered; nodes carry it into the library's error texts. */
  origin = '';
  readonly #nodes: OnnxNode[] = [];
  readonly #nodesByContent = new Map<string, readonly string[]>();
  readonly #constants = new Map<string, OnnxTensor>();
  /** What the results of reshapes were made from. */
  readonly #reshapeSources = new Map<string, string>();
  #serial = 0;

  /** Adds a node with one output and returns the output's name. An empty input name means "not given". */
  add(operator: string, inputs: readonly string[], options: NodeOptions = {}): string {
    return this.addMany(operator, inputs, 1, options)[0]!;
  }

  /** Adds a node with `count` outputs and returns their names. */
  addMany(operator: string, inputs: readonly string[], count: number, options: NodeOptions = {}): readonly string[] {
    const { attributes = {}, domain = '' } = options;
    const content = `${domain}.${operator}(${inputs})${describe(attributes)}`;
    const known = this.#nodesByContent.get(content);
    if (known) return known;
    const outputs = Array.from({ length: count }, () => `t${this.#serial++}`);
    this.#nodesByContent.set(content, outputs);
    this.#nodes.push({
      name: `${this.origin}/${operator}/${outputs[0]}`,
      operator,
      domain,
      inputs,
      outputs,
      attributes,
    });
    return outputs;
  }

  constant(dtype: DataType, shape: Shape, values: readonly number[]): string {
    const content = `${dtype}[${shape}]${describe(values)}`;
    let tensor = this.#constants.get(content);
    if (!tensor) {
      tensor = { name: `c${this.#serial++}`, dtype, shape, values: toTypedArray(dtype, values) };
      this.#constants.set(content, tensor);
    }
    return tensor.name;
  }

  /** Returns a constant of `rank` axes of size 1. */
  scalar(value: number, dtype: DataType = 'float32', rank = 0): string {
    return this.constant(dtype, new Array<number>(rank).fill(1), [value]);
  }

  /** Returns a vector of integers, as ONNX wants shapes, axes and paddings. */
  integers(values: readonly number[]): string {
    return this.constant('int64', [values.length], values);
  }

  /** Returns the same elements under another shape; a chain of reshapes is one. */
  reshape(input: string, shape: Shape): string {
    const source = this.#reshapeSources.get(input) ?? input;
    const output = this.add('Reshape', [source, this.integers(shape)]);
    this.#reshapeSources.set(output, source);
    return output;
  }

  /** Returns the tensor that a chain of reshapes began with; any other tensor is its own source. */
  sourceOf(name: string): string {
    return this.#reshapeSources.get(name) ?? name;
  }

  transpose(input: string, permutation: readonly number[]): string {
    if (permutation.every((axis, position) => axis === position)) return input;
    return this.add('Transpose', [input], { attributes: { perm: permutation } });
  }

  /** Returns the part from `start` (inclusive) to `end` (exclusive) along the given axes. */
  slice(input: string, axes: readonly number[], start: readonly number[], end: readonly number[]): string {
    return this.add('Slice', [input, this.integers(start), this.integers(end), this.integers(axes)]);
  }

  /** Returns `input` with zeros around it; `before` and `after` hold one number per axis. */
  padZeros(input: string, before: readonly number[], after: readonly number[]): string {
    if ([...before, ...after].every((count) => count === 0)) return input;
    return this.add('Pad', [input, this.integers([...before, ...after])]);
  }

  expand(input: string, shape: Shape): string {
    return this.add('Expand', [input, this.integers(shape)]);
  }

  /** Returns the nodes, in order, that `wanted` depends on, with the wanted values renamed to the output names. */
  finish(inputs: readonly OnnxInput[], wanted: readonly string[], outputs: readonly NamedOutput[]): OnnxGraph {
    const needed = new Set(wanted);
    const alive: OnnxNode[] = [];
    for (const node of this.#nodes.toReversed()) {
      if (!node.outputs.some((name) => needed.has(name))) continue;
      for (const name of node.inputs) needed.add(name);
      alive.unshift(node);
    }
    const computed = new Set(alive.flatMap((node) => node.outputs));
    const renamed = new Map<string, string>();
    const copies: OnnxNode[] = [];
    wanted.forEach((name, index) => {
      const output = outputs[index]!.name;
      if (computed.has(name) && !renamed.has(name)) renamed.set(name, output);
      else {
        copies.push({
          name: output,
          operator: 'Identity',
          domain: '',
          inputs: [name],
          outputs: [output],
          attributes: {},
        });
      }
    });
    const rename = (name: string) => renamed.get(name) ?? name;
    return {
      nodes: [...alive, ...copies].map((node) => ({
        ...node,
        inputs: node.inputs.map(rename),
        outputs: node.outputs.map(rename),
      })),
      constants: [...this.#constants.values()].filter(({ name }) => needed.has(name)),
      inputs: inputs.filter(({ name }) => needed.has(name)),
      outputs,
    };
  }
}

function toTypedArray(dtype: DataType, values: readonly number[]): ArrayBufferView {
  switch (dtype) {
    case 'float32':
      return Float32Array.from(values);
    case 'int32':
      return Int32Array.from(values);
    case 'bool':
      return Uint8Array.from(values);
    case 'int64':
      return BigInt64Array.from(values, (value) => BigInt(value));
  }
}

/** Returns whether a transposition leaves the elements where they are: only axes of size 1 change places. */
export function isTrivialTranspose(shape: Shape, permutation: readonly number[]): boolean {
  const moved = permutation.filter((axis) => shape[axis] !== 1);
  return sizeOf(shape) === 1 || moved.every((axis, position) => position === 0 || axis > moved[position - 1]!);
}

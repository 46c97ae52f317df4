// A trace as ONNX operators (opset 17). ONNX has pictures as [batch, channels, height, width]: values are kept in that
// order from one convolution to the next, and turned only where an operation looks at the order.
import type { Attribute, OnnxNode, OnnxTensor } from 'tfjs-backend-onnxruntime/onnx-model';
import { FloatAttribute } from 'tfjs-backend-onnxruntime/onnx-model';
import { sizeOf } from '../../layers/shape.js';
import { BATCH, type Operation, type TracedOperation, type TracedValue } from '../trace.js';
import type { NetworkTrace } from '../trace-network.js';

export interface LoweredGraph {
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxTensor[];
}

/** Names of a value's two forms; a vector has the first alone. */
interface Forms {
  /** As traced. */
  traced?: string;
  /** `[batch, channels, height, width]`. */
  channelsFirst?: string;
}

const TO_CHANNELS_FIRST = [0, 3, 1, 2];
const TO_TRACED = [0, 2, 3, 1];

/** The nodes and constants that compute the trace's outputs under their names. */
export function lowerTrace({ operations, input, outputs }: NetworkTrace): LoweredGraph {
  const lowering = new Lowering();
  lowering.define(input, { traced: input.name as string });
  for (const operation of operations) lowering.lower(operation);
  for (const [name, value] of outputs) lowering.name(value, name);
  return lowering;
}

class Lowering implements LoweredGraph {
  readonly nodes: OnnxNode[] = [];
  readonly constants: OnnxTensor[] = [];
  readonly #forms = new Map<number, Forms>();
  readonly #made = new Map<string, string>();
  #serial = 0;

  define(value: TracedValue, forms: Forms): void {
    this.#forms.set(value.id, forms);
  }

  name(value: TracedValue, name: string): void {
    this.#node('Identity', [this.#traced(value)], {}, name);
  }

  lower({ operation, inputs, output }: TracedOperation): void {
    this.define(output, this.#compute(operation, inputs, output));
  }

  #compute(operation: Operation, inputs: readonly TracedValue[], output: TracedValue): Forms {
    const [first, second] = inputs as [TracedValue, TracedValue];
    switch (operation.type) {
      case 'conv2d':
      case 'depthwiseConv2d':
        return this.#convolve(operation, first, second);
      case 'maxPool':
      case 'avgPool': {
        const attributes = { kernel_shape: operation.size, ...this.#window(first, operation.size, operation) };
        const name = operation.type === 'maxPool' ? 'MaxPool' : 'AveragePool';
        return { channelsFirst: this.#node(name, [this.#channelsFirst(first)], attributes) };
      }
      case 'pad': {
        const ends = [...operation.paddings.map(([before]) => before), ...operation.paddings.map(([, after]) => after)];
        return { traced: this.#node('Pad', [this.#traced(first), this.#integers(ends)]) };
      }
      case 'tile':
        return { traced: this.#node('Tile', [this.#traced(first), this.#integers(operation.repeats)]) };
      case 'batchNorm':
        return this.#normalize(operation.epsilon, inputs);
      case 'leakyRelu':
        return this.#each(first, (x) => this.#node('LeakyRelu', [x], { alpha: new FloatAttribute(operation.slope) }));
      case 'relu6':
        return this.#each(first, (x) => this.#node('Clip', [x, this.#scalar(0), this.#scalar(6)]));
      case 'square':
        return this.#each(first, (x) => this.#node('Mul', [x, x]));
      case 'relu':
      case 'sigmoid':
      case 'tanh':
      case 'abs':
      case 'neg':
      case 'sqrt':
        return this.#each(first, (x) => this.#node(UNARY[operation.type as keyof typeof UNARY], [x]));
      case 'softmax':
        return { traced: this.#node('Softmax', [this.#traced(first)], { axis: -1 }) };
      case 'add':
      case 'sub':
      case 'mul':
      case 'div':
        return this.#combine(BINARY[operation.type], first, second);
      case 'matMul':
        return { traced: this.#node('MatMul', [this.#traced(first), this.#traced(second)]) };
      case 'sum':
      case 'mean':
        return { traced: this.#reduce(operation, first) };
      case 'reshape': {
        const shape = output.shape.map((length) => (length % BATCH === 0 ? -1 : length)); // the batch, or pairs with it;
        return { traced: this.#node('Reshape', [this.#traced(first), this.#integers(shape)]) };
      }
    }
  }

  #convolve(operation: Extract<Operation, { strides: unknown }>, x: TracedValue, kernel: TracedValue): Forms {
    const [rows, columns, channels, filters] = kernel.shape as [number, number, number, number];
    const isDepthwise = operation.type === 'depthwiseConv2d';
    // [filters, channels, rows, columns]; of a depthwise one [channels x multiplier, 1, rows, columns].
    const order = isDepthwise ? [2, 3, 0, 1] : [3, 2, 0, 1];
    const turned = transpose(kernel.constant!, kernel.shape, order);
    const shape = isDepthwise ? [channels * filters, 1, rows, columns] : [filters, channels, rows, columns];
    const weights = this.#constant(kernel.name, shape, turned);
    const attributes = { group: isDepthwise ? channels : 1, ...this.#window(x, [rows, columns], operation) };
    return { channelsFirst: this.#node('Conv', [this.#channelsFirst(x), weights], attributes) };
  }

  // As in TensorFlow: half of what is missing before, the larger half after.
  #window(
    x: TracedValue,
    size: readonly [number, number],
    operation: { strides: readonly [number, number]; padding: string },
  ) {
    const pads = [0, 0, 0, 0];
    if (operation.padding === 'same') {
      for (const axis of [0, 1] as const) {
        const length = x.shape[axis + 1]!;
        const stride = operation.strides[axis];
        const missing = Math.max(0, (Math.ceil(length / stride) - 1) * stride + size[axis] - length);
        pads[axis] = Math.floor(missing / 2);
        pads[axis + 2] = missing - pads[axis];
      }
    }
    return { strides: operation.strides, pads };
  }

  #normalize(epsilon: number, [x, mean, variance, offset, scale]: readonly TracedValue[]): Forms {
    const parameters = [scale, offset, mean, variance].map((value) => this.#traced(value!));
    const attributes = { epsilon: new FloatAttribute(epsilon) };
    if (x!.shape.length === 4)
      return { channelsFirst: this.#node('BatchNormalization', [this.#channelsFirst(x!), ...parameters], attributes) };
    return { traced: this.#node('BatchNormalization', [this.#traced(x!), ...parameters], attributes) };
  }

  /** An operation on each element, in whatever order the value is there. */
  #each(value: TracedValue, compute: (x: string) => string): Forms {
    const { channelsFirst } = this.#forms.get(value.id) ?? {};
    return channelsFirst === undefined
      ? { traced: compute(this.#traced(value)) }
      : { channelsFirst: compute(channelsFirst) };
  }

  #combine(operator: string, a: TracedValue, b: TracedValue): Forms {
    const isPicture = (value: TracedValue) => this.#forms.get(value.id)?.channelsFirst !== undefined;
    const channels = (value: TracedValue) => value.constant !== undefined && value.shape.length <= 1;
    if (
      (isPicture(a) || isPicture(b)) &&
      [a, b].every((value) => isPicture(value) || channels(value) || value.shape.length === 4)
    ) {
      const form = (value: TracedValue) => (channels(value) ? this.#perChannel(value) : this.#channelsFirst(value));
      return { channelsFirst: this.#node(operator, [form(a), form(b)]) };
    }
    return { traced: this.#node(operator, [this.#traced(a), this.#traced(b)]) };
  }

  #reduce(operation: Extract<Operation, { axes: unknown }>, value: TracedValue): string {
    const keepdims = operation.keepDims ? 1 : 0;
    const x = this.#traced(value);
    // From opset 13 on the axes of a sum are an input, those of a mean an attribute until 18.
    return operation.type === 'sum'
      ? this.#node('ReduceSum', [x, this.#integers(operation.axes)], { keepdims })
      : this.#node('ReduceMean', [x], { axes: operation.axes, keepdims });
  }

  #traced(value: TracedValue): string {
    const forms = this.#formsOf(value);
    forms.traced ??= this.#node('Transpose', [forms.channelsFirst as string], { perm: TO_TRACED });
    return forms.traced;
  }

  #channelsFirst(value: TracedValue): string {
    const forms = this.#formsOf(value);
    forms.channelsFirst ??= this.#node('Transpose', [forms.traced as string], { perm: TO_CHANNELS_FIRST });
    return forms.channelsFirst;
  }

  #formsOf(value: TracedValue): Forms {
    let forms = this.#forms.get(value.id);
    if (forms === undefined) {
      forms = { traced: this.#constant(value.name, value.shape, value.constant as Float32Array) };
      this.#forms.set(value.id, forms);
    }
    return forms;
  }

  /** A number for each channel, or one for all, beside `[batch, channels, height, width]`. */
  #perChannel(value: TracedValue): string {
    if (value.shape.length === 0) return this.#traced(value);
    return this.#constant(
      value.name && `${value.name}/channels`,
      [value.shape[0]!, 1, 1],
      value.constant as Float32Array,
    );
  }

  #constant(name: string | undefined, shape: readonly number[], values: Float32Array): string {
    const known = name === undefined ? undefined : this.#made.get(name);
    if (known !== undefined) return known;
    const unique = name ?? `constant${this.#serial++}`;
    this.constants.push({ name: unique, dtype: 'float32', shape, values });
    this.#made.set(unique, unique);
    return unique;
  }

  #scalar(value: number): string {
    return this.#constant(`number ${value}`, [], Float32Array.of(value));
  }

  #integers(values: readonly number[]): string {
    const name = `integers ${values.join(' ')}`;
    if (!this.#made.has(name)) {
      const numbers = BigInt64Array.from(values, (value) => BigInt(value));
      this.constants.push({ name, dtype: 'int64', shape: [values.length], values: numbers });
      this.#made.set(name, name);
    }
    return name;
  }

  #node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    output?: string,
  ): string {
    const name = output ?? `value${this.#serial++}`;
    this.nodes.push({ name: `${operator} ${name}`, operator, domain: '', inputs, outputs: [name], attributes });
    return name;
  }
}

const UNARY = { relu: 'Relu', sigmoid: 'Sigmoid', tanh: 'Tanh', abs: 'Abs', neg: 'Neg', sqrt: 'Sqrt' } as const;
const BINARY = { add: 'Add', sub: 'Sub', mul: 'Mul', div: 'Div' } as const;

/** The elements of `values` [shape] with the axes in another order. */
function transpose(values: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const steps = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const target = order.map((axis) => shape[axis]!);
  const turned = new Float32Array(values.length);
  const place = new Array<number>(shape.length).fill(0);
  for (let at = 0; at < turned.length; at++) {
    turned[at] = values[place.reduce((sum, index, axis) => sum + index * steps[order[axis]!]!, 0)]!;
    for (let axis = place.length - 1; axis >= 0; axis--) {
      if (++place[axis]! < target[axis]!) break;
      place[axis] = 0;
    }
  }
  return turned;
}

// A trace as TensorFlow's operations. Both have pictures as [batch, height, width, channels], so each becomes one node.
import { BATCH, type Operation, type TracedOperation, type TracedValue } from '../trace.js';
import type { NetworkTrace } from '../trace-network.js';
import {
  type AttributeValue,
  FLOAT,
  type GraphConstant,
  type GraphNode,
  INT32,
  integers,
  tensorShape,
  text,
} from './graph-def.js';

export interface GraphDef {
  /** In the order of computation, constants first used right before. */
  readonly nodes: readonly GraphNode[];
  readonly constants: readonly GraphConstant[];
}

/** The nodes and constants that compute the trace's outputs under their names. */
export function lowerToGraphDef({ operations, input, outputs }: NetworkTrace): GraphDef {
  const graph = new Lowering();
  graph.placeholder(input);
  for (const operation of operations) graph.lower(operation);
  for (const [name, value] of outputs) graph.name(value, name);
  return graph;
}

/** A shape with -1 where the batch is. */
export const freeBatch = (shape: readonly number[]): number[] =>
  shape.map((length) => (length % BATCH === 0 ? -1 : length));

type Parameter = Required<TracedValue>;
type NormalizationInputs = readonly [TracedValue, Parameter, Parameter, Parameter, Parameter];

class Lowering implements GraphDef {
  readonly nodes: GraphNode[] = [];
  readonly constants: GraphConstant[] = [];
  readonly #names = new Map<number, string>();
  readonly #made = new Set<string>();
  #serial = 0;

  placeholder({ id, name, shape }: TracedValue): void {
    const attr = { dtype: FLOAT, shape: { shape: tensorShape(freeBatch(shape)) } };
    this.nodes.push({ name: name as string, op: 'Placeholder', attr });
    this.#names.set(id, name as string);
  }

  name(value: TracedValue, name: string): void {
    this.#node('Identity', [this.#nameOf(value)], {}, name);
  }

  lower({ operation, inputs, output }: TracedOperation): void {
    this.#names.set(output.id, this.#compute(operation, inputs, output));
  }

  #compute(operation: Operation, inputs: readonly TracedValue[], output: TracedValue): string {
    const names = () => inputs.map((value) => this.#nameOf(value));
    switch (operation.type) {
      case 'conv2d':
      case 'depthwiseConv2d': {
        const name = operation.type === 'conv2d' ? 'Conv2D' : 'DepthwiseConv2dNative';
        return this.#node(name, names(), { ...slide(operation), dilations: integers([1, 1, 1, 1]) });
      }
      case 'maxPool':
      case 'avgPool': {
        const name = operation.type === 'maxPool' ? 'MaxPool' : 'AvgPool';
        return this.#node(name, names(), { ...slide(operation), ksize: integers([1, ...operation.size, 1]) });
      }
      case 'pad': {
        const paddings = this.#integers(operation.paddings.flat(), [operation.paddings.length, 2]);
        return this.#node('Pad', [...names(), paddings], { Tpaddings: INT32 });
      }
      case 'tile':
        return this.#node('Tile', [...names(), this.#integers(operation.repeats)], { Tmultiples: INT32 });
      case 'batchNorm':
        return this.#normalize(operation.epsilon, inputs);
      case 'leakyRelu':
        return this.#node('LeakyRelu', names(), { alpha: { f: operation.slope } });
      case 'sum':
      case 'mean': {
        const name = operation.type === 'sum' ? 'Sum' : 'Mean';
        const axes = this.#integers(operation.axes);
        return this.#node(name, [...names(), axes], { keep_dims: { b: operation.keepDims }, Tidx: INT32 });
      }
      case 'reshape':
        return this.#node('Reshape', [...names(), this.#integers(freeBatch(output.shape))], { Tshape: INT32 });
      case 'matMul':
        return this.#node('MatMul', names(), { transpose_a: { b: false }, transpose_b: { b: false } });
      default:
        return this.#node(PLAIN[operation.type], names());
    }
  }

  // TensorFlow's own operation takes pictures alone; of vectors it is the same in three.
  #normalize(epsilon: number, inputs: readonly TracedValue[]): string {
    const [x, mean, variance, offset, scale] = inputs as NormalizationInputs;
    if (x.shape.length === 4) {
      const parameters = [x, scale, offset, mean, variance].map((value) => this.#nameOf(value));
      return this.#node('FusedBatchNormV3', parameters, {
        U: FLOAT,
        epsilon: { f: epsilon },
        data_format: text('NHWC'),
        is_training: { b: false },
      });
    }
    const factors = scale.constant.map((value, i) => value / Math.sqrt(variance.constant[i]! + epsilon));
    const factor = this.#constant(`${scale.name}/over-deviation`, [factors.length], factors);
    const centred = this.#node('Sub', [this.#nameOf(x), this.#nameOf(mean)]);
    return this.#node('AddV2', [this.#node('Mul', [centred, factor]), this.#nameOf(offset)]);
  }

  #nameOf({ id, name, shape, constant }: TracedValue): string {
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    const made = this.#constant(name ?? `constant${this.#serial++}`, shape, constant as Float32Array);
    this.#names.set(id, made);
    return made;
  }

  #integers(values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.#constant(`integers/${shape.join('x')}/${values.join('_')}`, shape, Int32Array.from(values));
  }

  #constant(name: string, shape: readonly number[], values: Float32Array | Int32Array): string {
    if (this.#made.has(name)) return name;
    this.#made.add(name);
    const dtype = values instanceof Int32Array ? 'DT_INT32' : 'DT_FLOAT';
    const tensor = { dtype, tensorShape: tensorShape(shape) } as const;
    this.nodes.push({ name, op: 'Const', attr: { dtype: { type: dtype }, value: { tensor } } });
    this.constants.push({ name, shape, values });
    return name;
  }

  #node(
    op: string,
    input: readonly string[],
    attr: Readonly<Record<string, AttributeValue>> = {},
    name = `value${this.#serial++}`,
  ): string {
    this.nodes.push({ name, op, input, attr: { T: FLOAT, ...attr } });
    return name;
  }
}

function slide({ strides, padding }: { readonly strides: readonly [number, number]; readonly padding: string }) {
  return {
    strides: integers([1, ...strides, 1]),
    padding: text(padding.toUpperCase()),
    data_format: text('NHWC'),
  };
}

const PLAIN = {
  relu: 'Relu',
  relu6: 'Relu6',
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
  abs: 'Abs',
  neg: 'Neg',
  square: 'Square',
  sqrt: 'Sqrt',
  softmax: 'Softmax',
  add: 'AddV2',
  sub: 'Sub',
  mul: 'Mul',
  div: 'RealDiv',
} as const;

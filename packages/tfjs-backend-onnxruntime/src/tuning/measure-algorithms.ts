/** Measures algorithms of one convolution against each other, each in a small session of its own. */

import type { ConvolutionShape } from '../base/convolution-shape.js';
import { type Shape, sizeOf } from '../base/shapes.js';
import { GraphBuilder } from '../graph/graph-builder.js';
import { hasNativeNodes } from '../graph/native-nodes.js';
import type { AlgorithmName, ConvolutionRole } from '../lowering/algorithm-names.js';
import type { LoweringContext } from '../lowering/context.js';
import { bindAlgorithm } from '../lowering/convolution-algorithms.js';
import { type Names, Value } from '../lowering/value.js';
import type { NativeOperators } from '../native/native-operators.js';
import { encodeModel } from '../runtime/onnx-model.js';
import type { Runtime, Session } from '../runtime/runtime.js';
import { createPlace, TensorBuffer } from '../runtime/tensor-buffer.js';

/** Other processes disturb single runs: the best of some is compared, of more where they are short. */
const [MIN_ROUNDS, MAX_ROUNDS] = [3, 7];
/** Time after which the least number of rounds is enough. */
const ENOUGH_MS = 200;

/** What convolutions are computed with. */
interface Engine {
  readonly block: number;
  readonly native: NativeOperators | null;
}

/** Returns the shortest time of each algorithm, in milliseconds, in the order of `algorithms`. */
export function measureAlgorithms(
  runtime: Runtime,
  engine: Engine,
  role: ConvolutionRole,
  shape: ConvolutionShape,
  algorithms: readonly AlgorithmName[],
): number[] {
  const { block } = engine;
  const { batch, inputSize, outputSize, inputChannels, outputChannels, kernel } = shape;
  const operands = {
    x: new Operand('x', [batch, ...inputSize, inputChannels], block),
    y: new Operand('y', [batch, ...outputSize, outputChannels], block),
    filter: new Operand('filter', [...kernel, inputChannels, outputChannels], 0),
  };
  const [inputs, output] = {
    forward: [[operands.x, operands.filter], operands.y] as const,
    inputGradient: [[operands.y, operands.filter], operands.x] as const,
    filterGradient: [[operands.x, operands.y], operands.filter] as const,
  }[role];
  const sessions: Session[] = [];
  try {
    for (const algorithm of algorithms)
      sessions.push(createAlgorithmSession(runtime, engine, role, shape, algorithm, inputs));
    const [from, to] = [inputs.map((input) => input.view(runtime)), [output.view(runtime)]];
    const times = algorithms.map(() => Number.POSITIVE_INFINITY);
    for (const session of sessions) session.run(from, to);
    const start = performance.now();
    const isEnough = (round: number) => round >= MIN_ROUNDS && performance.now() - start >= ENOUGH_MS;
    for (let round = 0; round < MAX_ROUNDS && !isEnough(round); round++) {
      sessions.forEach((session, index) => {
        const begin = performance.now();
        session.run(from, to);
        times[index] = Math.min(times[index]!, performance.now() - begin);
      });
    }
    return times;
  } finally {
    for (const session of sessions) session.dispose();
    for (const operand of Object.values(operands)) operand.release(runtime);
  }
}

function createAlgorithmSession(
  runtime: Runtime,
  { block, native }: Engine,
  role: ConvolutionRole,
  shape: ConvolutionShape,
  algorithm: AlgorithmName,
  inputs: readonly [Operand, Operand],
): Session {
  const builder = new GraphBuilder();
  const context: LoweringContext = {
    builder,
    block,
    isForDevice: false,
    native,
    chooser: null,
    inputs: new Map(),
    activationSums: new Map(),
    needsPoolingPositions: false,
  };
  const values = [inputs[0].asValue(), inputs[1].asValue()] as const;
  const { blocked, channelsFirst, natural } = bindAlgorithm(context, role, shape, algorithm).compute({
    inputs: values,
  });
  const graph = builder.finish(
    inputs.map(({ name, storedShape }) => ({ name, dtype: 'float32', shape: storedShape })),
    [(blocked ?? channelsFirst ?? natural)!],
    [{ name: 'computed', dtype: 'float32' }],
  );
  const inputNames = inputs.map(({ name }) => name);
  return runtime.createSession(
    encodeModel(graph),
    inputNames,
    ['computed'],
    hasNativeNodes(graph) ? 'native' : 'literal',
  );
}

/**
 * A tensor of arbitrary numbers: activations [N, H, W, C] or filters [K, L, C, O]. It is laid out as in a network, where
 * activations lie in blocks if their channels fill some.
 */
class Operand {
  readonly name: string;
  readonly storedShape: Shape;
  readonly #shape: Shape;
  readonly #layout: keyof Names;
  readonly #buffer: TensorBuffer;

  /** `block` is 0 for filters. */
  constructor(name: string, shape: Shape, block: number) {
    const [batch, height, width, channels] = shape as [number, number, number, number];
    this.name = name;
    this.#shape = shape;
    this.#layout = block === 0 ? 'natural' : channels % block === 0 ? 'blocked' : 'channelsFirst';
    this.storedShape = block === 0 ? shape : [batch, channels, height, width];
    this.#buffer = new TensorBuffer('float32', sizeOf(shape));
    let state = 1;
    for (let index = 0; index < this.#buffer.length; index++) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0; // Numerical Recipes, section 7.1
      this.#buffer.values[index] = state / 2 ** 31;
    }
  }

  asValue(): Value {
    return new Value({ shape: this.#shape, dtype: 'float32', names: { [this.#layout]: this.name } });
  }

  view(runtime: Runtime) {
    return this.#buffer.view(runtime, createPlace(0, this.storedShape));
  }

  release(runtime: Runtime): void {
    this.#buffer.release(runtime);
  }
}

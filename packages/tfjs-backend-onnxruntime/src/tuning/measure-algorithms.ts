/** Measures forms of one convolution against each other, each in a small session of its own. */
import { createPlace, TensorBuffer } from '../runtime/buffer-pool.js';
import type { ConvolutionShape } from '../lowering/convolution-nodes.js';
import { GraphBuilder } from '../graph/graph-builder.js';
import type { LoweringContext } from '../lowering/context.js';
import { bindForm, type ConvolutionRole, type FormName } from '../lowering/convolution-algorithms.js';
import { type Names, Value } from '../lowering/value.js';
import { hasNativeNodes } from '../native/native-operators.js';
import { encodeModel } from '../runtime/onnx-model.js';
import type { Runtime, Session } from '../runtime/runtime.js';
import { type Shape, sizeOf } from '../base/shapes.js';

/** Other processes disturb single runs: the best of some is compared, of more where they are short. */
const [MIN_ROUNDS, MAX_ROUNDS] = [3, 7];
/** Time after which the least number of rounds is enough. */
const ENOUGH_MS = 200;

/** Returns the shortest time of each form, in milliseconds, in the order of `forms`. */
export function measureForms(
  runtime: Runtime,
  block: number,
  role: ConvolutionRole,
  shape: ConvolutionShape,
  forms: readonly FormName[],
): number[] {
  const { batch, inputSize, outputSize, inputChannels, outputChannels, kernel } = shape;
  const operands = {
    x: new Operand('x', [batch, ...inputSize, inputChannels], block),
    y: new Operand('y', [batch, ...outputSize, outputChannels], block),
    filter: new Operand('filter', [...kernel, inputChannels, outputChannels], 0),
  };
  const [inputs, output] = {
    result: [[operands.x, operands.filter], operands.y] as const,
    pictures: [[operands.y, operands.filter], operands.x] as const,
    filters: [[operands.x, operands.y], operands.filter] as const,
  }[role];
  const sessions: Session[] = [];
  try {
    for (const form of forms) sessions.push(createFormSession(runtime, block, role, shape, form, inputs));
    const [from, to] = [inputs.map((input) => input.view(runtime)), [output.view(runtime)]];
    const times = forms.map(() => Number.POSITIVE_INFINITY);
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

function createFormSession(
  runtime: Runtime,
  block: number,
  role: ConvolutionRole,
  shape: ConvolutionShape,
  form: FormName,
  inputs: readonly [Operand, Operand],
): Session {
  const builder = new GraphBuilder();
  const context: LoweringContext = {
    builder,
    block,
    isForDevice: false,
    native: runtime.native,
    forms: null,
    inputs: new Map(),
    pictureSums: new Map(),
    needsPoolingPositions: false,
  };
  const values = [inputs[0].asValue(), inputs[1].asValue()] as const;
  const { blocked, channelsFirst, natural } = bindForm(context, role, shape, form).compute({ inputs: values });
  const graph = builder.finish(
    inputs.map(({ name, storedShape }) => ({ name, dtype: 'float32', shape: storedShape })),
    [(blocked ?? channelsFirst ?? natural)!],
    [{ name: 'result', dtype: 'float32' }],
  );
  const inputNames = inputs.map(({ name }) => name);
  return runtime.createSession(
    encodeModel(graph),
    inputNames,
    ['result'],
    hasNativeNodes(graph) ? 'native' : 'literal',
  );
}

/**
 * A tensor of arbitrary numbers: pictures [N, H, W, C] or filters [K, L, C, O]. It is laid out as in a network, where
 * pictures lie in blocks if their channels fill some.
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

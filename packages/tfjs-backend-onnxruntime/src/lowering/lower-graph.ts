/** Turns recorded operations into one ONNX graph. */
import { sizeOf } from '../base/shapes.js';
import { GraphBuilder } from '../graph/graph-builder.js';
import type { GraphOutputPart, LoweredGraph } from '../graph/lowered-graph.js';
import type { NativeOperators } from '../native/native-operators.js';
import type { RecordedOperation, TensorData } from '../recording/recorded-operation.js';
import type { AlgorithmChooser } from './algorithm-names.js';
import { arithmeticLowerings } from './arithmetic.js';
import { arrangementLowerings } from './arrangement.js';
import type { Lowering, LoweringContext } from './context.js';
import { convolutionLowerings } from './convolution.js';
import { fullNaturalName, view } from './layouts.js';
import { matrixLowerings } from './matrix.js';
import { poolingLowerings } from './pooling.js';
import { reductionLowerings } from './reduction.js';
import { computeInOnePass, computeInRowBlocks } from './row-blocks.js';
import { Value } from './value.js';
import { volumeLowerings } from './volume.js';

export interface LoweringOptions {
  readonly nchwcBlock: number;
  /** Whether a device with memory of its own computes: without blocks for a processor's cache, in operators that CUDA has. */
  readonly isForDevice: boolean;
  /** Operators in generated machine code; null where there are none. */
  readonly native: NativeOperators | null;
  /** Null where the rules decide on the algorithms of convolutions. */
  readonly chooser: AlgorithmChooser | null;
}

const LOWERINGS: Readonly<Record<string, Lowering>> = {
  ...arithmeticLowerings,
  ...arrangementLowerings,
  ...convolutionLowerings,
  ...matrixLowerings,
  ...poolingLowerings,
  ...reductionLowerings,
  ...volumeLowerings,
};

/**
 * Returns the graph that computes `results` from `leaves`.
 * @throws Error that names the recorded operation that has no lowering.
 */
export function lowerGraph(
  operations: readonly RecordedOperation[],
  leaves: readonly TensorData[],
  results: readonly TensorData[],
  options: LoweringOptions,
): LoweredGraph {
  const context: LoweringContext = {
    builder: new GraphBuilder(),
    block: options.nchwcBlock,
    isForDevice: options.isForDevice,
    native: options.native,
    chooser: options.chooser,
    inputs: new Map(),
    activationSums: new Map(),
    needsPoolingPositions: operations.some(({ name }) => name === 'MaxPoolGrad'),
  };
  const values = new Map<TensorData, Value>();
  for (const [index, leaf] of leaves.entries()) values.set(leaf, inputValue(context, leaf, index));
  const consumers = collectConsumers(operations);
  const isResult = new Set(results);
  for (const operation of operations) {
    const value = lowerOperation(context, operation, values);
    value.consumers = [...value.consumers, ...(consumers.get(operation.output) ?? [])];
    value.isResult ||= isResult.has(operation.output);
    values.set(operation.output, value);
  }
  return collectResults(context, results, values);
}

function inputValue(context: LoweringContext, { shape, dtype }: TensorData, leaf: number): Value {
  const name = `i${leaf}`;
  return new Value({
    shape,
    dtype,
    meaning: { kind: 'input', leaf },
    compute: () => {
      context.inputs.set(name, { name, leaf, dtype, offset: 0, shape });
      return { natural: name };
    },
  });
}

function collectConsumers(operations: readonly RecordedOperation[]): Map<TensorData, RecordedOperation[]> {
  const consumers = new Map<TensorData, RecordedOperation[]>();
  for (const operation of operations) {
    for (const { data } of operation.inputs) consumers.set(data, [...(consumers.get(data) ?? []), operation]);
  }
  return consumers;
}

function lowerOperation(
  context: LoweringContext,
  operation: RecordedOperation,
  values: ReadonlyMap<TensorData, Value>,
): Value {
  const { name, shape, dtype } = operation;
  const lowering = LOWERINGS[name];
  if (!lowering) throw new Error(`${name} has no operator in ONNX`);
  const inputs = operation.inputs.map((input) => view(context, values.get(input.data)!, input.shape));
  context.builder.origin = name;
  try {
    return lowering({ context, operation, inputs, shape, dtype });
  } catch (cause) {
    const shapes = inputs.map((input) => `[${input.shape}]`).join(', ');
    throw new Error(`${name} of ${shapes}: ${(cause as Error).message}`, { cause });
  }
}

function collectResults(
  context: LoweringContext,
  results: readonly TensorData[],
  values: ReadonlyMap<TensorData, Value>,
): LoweredGraph {
  const wanted: string[] = [];
  const outputs: GraphOutputPart[] = [];
  results.forEach((data, output) => {
    const value = view(context, values.get(data)!, data.shape);
    const rowShape = data.shape.slice(1);
    for (const block of (context.isForDevice ? null : computeInRowBlocks(context, value)) ?? []) {
      wanted.push(block.name);
      outputs.push({ output, offset: block.firstRow * sizeOf(rowShape), shape: [block.rows, ...rowShape] });
    }
    if (outputs.at(-1)?.output === output) return;
    wanted.push(computeInOnePass(context, value) ?? fullNaturalName(context, value));
    outputs.push({ output, offset: 0, shape: data.shape });
  });
  const named = outputs.map(({ output }, index) => ({ name: `o${index}`, dtype: results[output]!.dtype }));
  const model = context.builder.finish([...context.inputs.values()], wanted, named);
  const inputs = model.inputs.map(({ name }) => context.inputs.get(name)!);
  return { model, inputs, outputs };
}

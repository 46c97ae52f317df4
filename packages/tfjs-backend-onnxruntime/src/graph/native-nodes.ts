/** Nodes that run native programs. */
import {
  type CodeBlock,
  NATIVE_DOMAIN,
  type NativeOperators,
  type NativeProgram,
  operatorName,
  PROGRAM_ATTRIBUTE,
} from '../native/native-operators.js';
import type { OnnxGraph } from '../runtime/onnx-model.js';
import type { GraphBuilder } from './graph-builder.js';

/** Attribute of a node whose program reads an element before it writes the result's element of the same place. */
export const ELEMENTWISE_ATTRIBUTE = 'elementwise';

/** Adds a node that runs the program with this key, which is created when there is none; returns its outputs. */
export function addNative(
  builder: GraphBuilder,
  operators: NativeOperators,
  inputs: readonly string[],
  key: string,
  create: (code: CodeBlock) => NativeProgram,
  attributes: Readonly<Record<string, number>> = {},
): readonly string[] {
  const { number, program } = operators.register(key, create);
  const outputs = program.outputShapes.length;
  return builder.addMany(operatorName(inputs.length, outputs), inputs, outputs, {
    domain: NATIVE_DOMAIN,
    attributes: { ...attributes, [PROGRAM_ATTRIBUTE]: number },
  });
}

/** Returns whether a graph has nodes that run native programs. */
export function hasNativeNodes({ nodes }: OnnxGraph): boolean {
  return nodes.some(({ domain }) => domain === NATIVE_DOMAIN);
}

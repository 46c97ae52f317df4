/**
 * Splits a graph in two stages: most of it, and the updates of large matrices in blocks of rows, which run last.
 * Nothing else reads the old values then, so that the new ones are written over them: large weights and optimizer state
 * exist once. Called by graph-cache.ts on what the lowering gives.
 */
import { isSameShape, sizeOf } from '../base/shapes.js';
import type { OnnxGraph, OnnxNode, OnnxOutput } from '../runtime/onnx-model.js';
import type { GraphInput, GraphOutputPart, LoweredGraph } from './lowered-graph.js';
import { ELEMENTWISE_ATTRIBUTE } from './native-nodes.js';

export interface StagedGraph {
  /** Null when there is nothing but updates. */
  readonly first: LoweredGraph | null;
  /** The updates; null when everything is in the first stage. */
  readonly update: LoweredGraph | null;
  /** Values that the first stage computes for the updates: its last outputs, and the last inputs of the updates. */
  readonly handedOver: readonly string[];
  /** By result: the known tensor whose memory may take the result, when nobody needs that tensor afterwards. */
  readonly replacements: ReadonlyMap<number, number>;
}

/** Float operators that read an element before they write the result's element of the same place. */
const ELEMENTWISE_OPERATORS = new Set(['Add', 'Sub', 'Mul', 'Div', 'Sqrt', 'Neg', 'Abs', 'Reciprocal', 'Max', 'Min']);
/** Other operators whose results are floats when their first input is. */
const MATRIX_OPERATORS = new Set(['Slice', 'Gemm']);

function isElementwise({ operator, attributes }: OnnxNode): boolean {
  return ELEMENTWISE_OPERATORS.has(operator) || attributes[ELEMENTWISE_ATTRIBUTE] === 1;
}

/** Returns the graph in two stages, or in one where no result can take the place of a known tensor. */
export function splitUpdates(graph: LoweredGraph): StagedGraph {
  const unsplit = { first: graph, update: null, handedOver: [], replacements: new Map() };
  const blockNames = findBlockNames(graph);
  if (blockNames.size === 0) return unsplit;
  const updateNodes = collectUpdateNodes(graph.model, blockNames);
  const updateOutputs = new Set([...updateNodes].flatMap(({ outputs }) => outputs));
  if (![...blockNames].every((name) => updateOutputs.has(name))) return unsplit;
  const replacements = findReplacements(graph, updateNodes, blockNames);
  return replacements.size > 0 ? { ...cut(graph, updateNodes, updateOutputs), replacements } : unsplit;
}

/** Returns the names of all parts of float results that are computed in parts. */
function findBlockNames({ model, outputs }: LoweredGraph): Set<string> {
  const counts = new Map<number, number>();
  for (const { output } of outputs) counts.set(output, (counts.get(output) ?? 0) + 1);
  const isBlock = (index: number) =>
    counts.get(outputs[index]!.output)! > 1 && model.outputs[index]!.dtype === 'float32';
  return new Set(model.outputs.filter((_, index) => isBlock(index)).map(({ name }) => name));
}

/** Returns the nodes that only the blocks need. */
function collectUpdateNodes(model: OnnxGraph, blockNames: ReadonlySet<string>): Set<OnnxNode> {
  const otherResults = new Set(model.outputs.map(({ name }) => name).filter((name) => !blockNames.has(name)));
  const neededElsewhere = new Set(otherResults);
  const found = new Set<OnnxNode>();
  const reached = new Set(blockNames);
  // Nodes stand in the order of computation: from the end, each is seen after all that read it.
  for (const node of model.nodes.toReversed()) {
    const isKnown = isElementwise(node) || MATRIX_OPERATORS.has(node.operator);
    const isUpdate = isKnown && node.outputs.every((name) => reached.has(name) && !neededElsewhere.has(name));
    if (isUpdate) found.add(node);
    for (const name of node.inputs) (isUpdate ? reached : neededElsewhere).add(name);
  }
  return found;
}

/** Returns, by result, the known tensor that it may be written over: block by block, each is read before. */
function findReplacements(
  graph: LoweredGraph,
  nodes: ReadonlySet<OnnxNode>,
  blockNames: ReadonlySet<string>,
): Map<number, number> {
  const readers = new Map<string, OnnxNode[]>();
  const writers = new Map<string, OnnxNode>();
  for (const node of nodes) {
    for (const name of node.inputs) readers.set(name, [...(readers.get(name) ?? []), node]);
    for (const name of node.outputs) writers.set(name, node);
  }
  const read = graph.inputs.filter(({ name }) => readers.has(name));
  const parts = graph.outputs.map((part, index) => ({ ...part, name: graph.model.outputs[index]!.name }));
  const isWritableOver = (part: GraphOutputPart & { readonly name: string }, leaf: number): boolean => {
    const overlapping = read.filter((input) => input.leaf === leaf && overlaps(input, part));
    const isSamePlace = (input: GraphInput) => input.offset === part.offset && isSameShape(input.shape, part.shape);
    if (overlapping.length === 0 || !overlapping.every(isSamePlace)) return false;
    const writer = writers.get(part.name)!;
    const earlier = collectAncestors(writer, writers);
    return overlapping
      .flatMap(({ name }) => readers.get(name)!)
      .every((reader) => earlier.has(reader) || (reader === writer && isElementwise(writer)));
  };
  const replacements = new Map<number, number>();
  for (const output of new Set(parts.filter(({ name }) => blockNames.has(name)).map((part) => part.output))) {
    const taken = new Set(replacements.values());
    const own = parts.filter((part) => part.output === output);
    const candidates = new Set(read.map(({ leaf }) => leaf).filter((leaf) => !taken.has(leaf)));
    const leaf = [...candidates].find((candidate) => own.every((part) => isWritableOver(part, candidate)));
    if (leaf !== undefined) replacements.set(output, leaf);
  }
  return replacements;
}

function overlaps(input: GraphInput, part: GraphOutputPart): boolean {
  return input.offset < part.offset + sizeOf(part.shape) && part.offset < input.offset + sizeOf(input.shape);
}

/** Returns the nodes that run before `node` in every order: those it depends on. */
function collectAncestors(node: OnnxNode, writers: ReadonlyMap<string, OnnxNode>): Set<OnnxNode> {
  const found = new Set<OnnxNode>();
  const stack = [node];
  while (stack.length > 0) {
    for (const name of stack.pop()!.inputs) {
      const writer = writers.get(name);
      if (!writer || found.has(writer)) continue;
      found.add(writer);
      stack.push(writer);
    }
  }
  return found;
}

function cut(
  graph: LoweredGraph,
  updateNodes: ReadonlySet<OnnxNode>,
  updateOutputs: ReadonlySet<string>,
): Omit<StagedGraph, 'replacements'> {
  const firstNodes = graph.model.nodes.filter((node) => !updateNodes.has(node));
  const computedFirst = new Set(firstNodes.flatMap(({ outputs }) => outputs));
  const readByUpdate = new Set([...updateNodes].flatMap(({ inputs }) => inputs));
  const handedOver = [...readByUpdate].filter((name) => computedFirst.has(name));
  const values = handedOver.map((name): OnnxOutput => ({ name, dtype: 'float32' }));
  const isUpdateOutput = (name: string) => updateOutputs.has(name);
  const first = selectPart(graph, firstNodes, (name) => !isUpdateOutput(name));
  const update = selectPart(
    graph,
    graph.model.nodes.filter((node) => updateNodes.has(node)),
    isUpdateOutput,
  );
  return {
    first:
      firstNodes.length === 0
        ? null
        : { ...first, model: { ...first.model, outputs: [...first.model.outputs, ...values] } },
    update: { ...update, model: { ...update.model, inputs: [...update.model.inputs, ...values] } },
    handedOver,
  };
}

/** Returns a graph of some nodes, with the inputs and constants that they read and the outputs chosen by name. */
function selectPart(
  { model, inputs, outputs }: LoweredGraph,
  nodes: readonly OnnxNode[],
  isOwnOutput: (name: string) => boolean,
): LoweredGraph {
  const read = new Set(nodes.flatMap((node) => node.inputs));
  const ownOutputs = model.outputs.map(({ name }) => isOwnOutput(name));
  return {
    model: {
      nodes,
      constants: model.constants.filter(({ name }) => read.has(name)),
      inputs: model.inputs.filter(({ name }) => read.has(name)),
      outputs: model.outputs.filter((_, index) => ownOutputs[index]),
    },
    inputs: inputs.filter(({ name }) => read.has(name)),
    outputs: outputs.filter((_, index) => ownOutputs[index]),
  };
}

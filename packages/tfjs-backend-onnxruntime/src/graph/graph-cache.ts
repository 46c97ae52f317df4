/**
 * Compiled graphs by structure: two steps that record the same operations on the same shapes share one session.
 * The cache is bounded; the graph unused longest is released first.
 */

import type { NativeOperators } from '../native/native-operators.js';
import type { RecordedOperation, TensorData } from '../recording/recorded-operation.js';
import type { AnyBuffer } from '../runtime/buffer-pool.js';
import { encodeModel } from '../runtime/onnx-model.js';
import type { Pointer } from '../runtime/onnxruntime-api.js';
import type { Runtime, Session } from '../runtime/runtime.js';
import { createPlace, type Place } from '../runtime/tensor-buffer.js';
import type { LoweredGraph } from './lowered-graph.js';
import { hasNativeNodes } from './native-nodes.js';
import { splitUpdates } from './update-stage.js';

/** A stage's session, and where its inputs and outputs lie. */
interface Stage {
  readonly session: Session;
  readonly inputs: readonly (Place & { readonly leaf: number })[];
  readonly outputs: readonly (Place & { readonly output: number })[];
}

interface CompiledGraph {
  readonly stages: readonly Stage[];
  /** Values that the first stage hands over to the second. */
  readonly handedOver: number;
  readonly replacements: ReadonlyMap<number, number>;
}

/** A compiled graph and the known tensors of one run. */
export interface GraphRun {
  readonly compiled: CompiledGraph;
  readonly operations: readonly RecordedOperation[];
  readonly leaves: readonly TensorData[];
}

/** What a run needs of its known tensors is their memory. */
type RunInput = Omit<GraphRun, 'leaves'> & { readonly leaves: readonly Pick<TensorData, 'buffer'>[] };

interface Counters {
  compiles: number;
  compileMs: number;
  measureMs: number;
  runs: number;
  runMs: number;
}

interface GraphCacheOptions {
  readonly maxGraphs: number;
  /** Whether the library rearranges graphs: with blocks it finds next to nothing to fuse, and compiling takes long. */
  readonly isOptimized: boolean;
  readonly native: NativeOperators | null;
  /** Returns the graph that computes the results from the leaves. */
  lower(
    operations: readonly RecordedOperation[],
    leaves: readonly TensorData[],
    results: readonly TensorData[],
  ): LoweredGraph;
}

export class GraphCache {
  readonly #runtime: Runtime;
  readonly #counters: Counters;
  readonly #options: GraphCacheOptions;
  /** In the order of last use. */
  readonly #graphs = new Map<string, CompiledGraph>();

  constructor(runtime: Runtime, counters: Counters, options: GraphCacheOptions) {
    this.#runtime = runtime;
    this.#counters = counters;
    this.#options = options;
  }

  /**
   * Returns the run that computes `outputs`, compiling the graph when its structure is new.
   * @throws Error that names the operations of the graph, with ONNX Runtime's own error as cause.
   */
  prepare(operations: readonly RecordedOperation[], outputs: readonly TensorData[]): GraphRun {
    const { key, leaves } = describeStructure(operations, outputs);
    let compiled = this.#graphs.get(key);
    if (compiled) this.#graphs.delete(key);
    else compiled = this.#compile(operations, leaves, outputs);
    this.#graphs.set(key, compiled);
    this.#dropOldest();
    return { compiled, operations, leaves };
  }

  /**
   * Computes the outputs into `buffers`. A buffer may be that of the tensor that `findReplaced` names for it.
   * @throws Error that names the operations of the graph, with ONNX Runtime's own error as cause.
   */
  run({ compiled, operations, leaves }: RunInput, buffers: readonly AnyBuffer[]): void {
    const runs = compiled.stages.map(({ session, inputs, outputs }) => ({
      session,
      inputs: inputs.map((place) => leaves[place.leaf]!.buffer!.view(this.#runtime, place)),
      outputs: outputs.map((place) => buffers[place.output]!.view(this.#runtime, place)),
    }));
    const start = performance.now();
    let handedOver: readonly Pointer[] = [];
    try {
      const [first, update] = runs as [(typeof runs)[0], (typeof runs)[0] | undefined];
      handedOver = first.session.run(first.inputs, first.outputs, compiled.handedOver);
      update?.session.run([...update.inputs, ...handedOver], update.outputs);
    } catch (error) {
      throw describeFailure('run', operations, error);
    } finally {
      for (const value of handedOver) this.#runtime.releaseTensor(value);
    }
    this.#counters.runs++;
    this.#counters.runMs += performance.now() - start;
  }

  /** Whether the graph is still there; it counts as used then. */
  use(compiled: CompiledGraph): boolean {
    for (const [key, known] of this.#graphs) {
      if (known !== compiled) continue;
      this.#graphs.delete(key);
      this.#graphs.set(key, known);
      return true;
    }
    return false;
  }

  dispose(): void {
    for (const { stages } of this.#graphs.values()) disposeStages(stages);
    this.#graphs.clear();
  }

  #compile(
    operations: readonly RecordedOperation[],
    leaves: readonly TensorData[],
    outputs: readonly TensorData[],
  ): CompiledGraph {
    const start = performance.now();
    const measuredBefore = this.#counters.measureMs;
    try {
      const graph = this.#options.lower(operations, leaves, outputs);
      const { first, update, handedOver, replacements } = splitUpdates(graph);
      const stages: Stage[] = [];
      if (first) stages.push(this.#createStage(first, this.#options.isOptimized));
      // Its nodes stay as they are: what may be written over what was decided by them.
      if (update) stages.push(this.#createStage(update, false));
      return { stages, handedOver: handedOver.length, replacements };
    } catch (error) {
      throw describeFailure('compile', operations, error);
    } finally {
      this.#options.native?.releaseUnused();
      this.#counters.compiles++;
      this.#counters.compileMs += performance.now() - start - (this.#counters.measureMs - measuredBefore);
    }
  }

  #createStage({ model, inputs, outputs }: LoweredGraph, isOptimized: boolean): Stage {
    const kind = hasNativeNodes(model) ? 'native' : isOptimized ? 'optimized' : 'literal';
    const inputNames = model.inputs.map(({ name }) => name);
    const outputNames = model.outputs.map(({ name }) => name);
    return {
      session: this.#runtime.createSession(encodeModel(model), inputNames, outputNames, kind),
      inputs: inputs.map(({ leaf, offset, shape }) => ({ leaf, ...createPlace(offset, shape) })),
      outputs: outputs.map(({ output, offset, shape }) => ({ output, ...createPlace(offset, shape) })),
    };
  }

  #dropOldest(): void {
    while (this.#graphs.size > this.#options.maxGraphs) {
      const [key, { stages }] = this.#graphs.entries().next().value!;
      disposeStages(stages);
      this.#graphs.delete(key);
    }
  }
}

/** Returns the number of the known tensor whose memory a result may take when nobody needs that tensor after the run. */
export function findReplacedLeaf({ compiled }: Pick<GraphRun, 'compiled'>, output: number): number | undefined {
  return compiled.replacements.get(output);
}

/** Returns that tensor. */
export function findReplaced(run: GraphRun, output: number): TensorData | null {
  const leaf = findReplacedLeaf(run, output);
  return leaf === undefined ? null : run.leaves[leaf]!;
}

function disposeStages(stages: readonly Stage[]): void {
  for (const { session } of stages) session.dispose();
}

/** Returns a text that is equal for equal structures, and the known tensors that the operations read. */
function describeStructure(
  operations: readonly RecordedOperation[],
  outputs: readonly TensorData[],
): { key: string; leaves: TensorData[] } {
  /** Positions of results are even, those of known tensors odd. */
  const references = new Map<TensorData, number>();
  const leaves: TensorData[] = [];
  const parts = [operations.length];
  operations.forEach((operation, position) => {
    parts.push(operation.signature);
    for (const { data } of operation.inputs) {
      let reference = references.get(data);
      if (reference === undefined) {
        reference = 2 * leaves.length + 1;
        references.set(data, reference);
        leaves.push(data);
      }
      parts.push(reference);
    }
    references.set(operation.output, 2 * position);
  });
  for (const data of outputs) parts.push(references.get(data)!);
  return { key: `${parts}`, leaves };
}

const MAX_NAMES_IN_MESSAGE = 12;

/** Returns an error that counts the graph's operations by name, most frequent first. */
function describeFailure(action: 'compile' | 'run', operations: readonly RecordedOperation[], cause: unknown): Error {
  const counts = new Map<string, number>();
  for (const { name } of operations) counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([name, count]) => (count > 1 ? `${name} ×${count}` : name));
  const listed = names.slice(0, MAX_NAMES_IN_MESSAGE).join(', ') + (names.length > MAX_NAMES_IN_MESSAGE ? ', …' : '');
  return new Error(
    `onnxruntime: cannot ${action} a graph of ${operations.length} operations (${listed}): ${(cause as Error).message}`,
    { cause },
  );
}

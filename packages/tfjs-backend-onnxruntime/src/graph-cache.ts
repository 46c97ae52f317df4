/**
 * Compiled graphs by structure: two steps that record the same operations on the same shapes share one session.
 * The cache is bounded; the graph unused longest is released first.
 */
import type { TensorBuffer } from './buffer-pool.js';
import { type LoweredGraph, lowerGraph } from './lowering/lower-graph.js';
import { encodeModel } from './onnx-model.js';
import type { RecordedOperation, TensorData } from './recorded-operation.js';
import type { Runtime, Session } from './runtime.js';

interface CompiledGraph {
  readonly session: Session;
  readonly graph: LoweredGraph;
}

interface Counters {
  compiles: number;
  compileMs: number;
  runs: number;
  runMs: number;
}

interface GraphCacheOptions {
  readonly maxGraphs: number;
  readonly nchwcBlock: number;
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
   * Computes `outputs` into `buffers`, compiling the graph when its structure is new.
   * @throws Error that names the operations of the graph, with ONNX Runtime's own error as cause.
   */
  run(
    operations: readonly RecordedOperation[],
    outputs: readonly TensorData[],
    buffers: readonly TensorBuffer[],
  ): void {
    const { key, leaves } = describeStructure(operations, outputs);
    let compiled = this.#graphs.get(key);
    if (compiled) this.#graphs.delete(key);
    else compiled = this.#compile(operations, leaves, outputs);
    this.#graphs.set(key, compiled);
    this.#dropOldest();

    const { graph, session } = compiled;
    const inputViews = graph.inputs.map(({ leaf, offset, shape }) =>
      leaves[leaf]!.buffer!.view(this.#runtime, offset, shape),
    );
    const outputViews = graph.outputs.map(({ output, offset, shape }) =>
      buffers[output]!.view(this.#runtime, offset, shape),
    );
    const start = performance.now();
    try {
      session.run(inputViews, outputViews);
    } catch (error) {
      throw describeFailure('run', operations, error);
    }
    this.#counters.runs++;
    this.#counters.runMs += performance.now() - start;
  }

  dispose(): void {
    for (const { session } of this.#graphs.values()) session.dispose();
    this.#graphs.clear();
  }

  #compile(
    operations: readonly RecordedOperation[],
    leaves: readonly TensorData[],
    outputs: readonly TensorData[],
  ): CompiledGraph {
    const start = performance.now();
    try {
      const graph = lowerGraph(operations, leaves, outputs, { nchwcBlock: this.#options.nchwcBlock });
      const session = this.#runtime.createSession(
        encodeModel(graph.model),
        graph.model.inputs.map(({ name }) => name),
        graph.model.outputs.map(({ name }) => name),
      );
      return { graph, session };
    } catch (error) {
      throw describeFailure('compile', operations, error);
    } finally {
      this.#counters.compiles++;
      this.#counters.compileMs += performance.now() - start;
    }
  }

  #dropOldest(): void {
    while (this.#graphs.size > this.#options.maxGraphs) {
      const [key, { session }] = this.#graphs.entries().next().value!;
      session.dispose();
      this.#graphs.delete(key);
    }
  }
}

/** Returns a text that is equal for equal structures, and the known tensors that the operations read. */
function describeStructure(
  operations: readonly RecordedOperation[],
  outputs: readonly TensorData[],
): { key: string; leaves: TensorData[] } {
  const references = new Map<TensorData, string>();
  const leaves: TensorData[] = [];
  const parts: (string | number)[] = [];
  operations.forEach((operation, position) => {
    parts.push(operation.signature);
    for (const { data, shape } of operation.inputs) {
      let reference = references.get(data);
      if (reference === undefined) {
        reference = `i${leaves.length}`;
        references.set(data, reference);
        leaves.push(data);
        parts.push(`(${data.dtype}${data.shape})`);
      }
      parts.push(`${reference}/${shape}`);
    }
    references.set(operation.output, `${position}`);
  });
  for (const data of outputs) parts.push(`>${references.get(data)}`);
  return { key: parts.join(';'), leaves };
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

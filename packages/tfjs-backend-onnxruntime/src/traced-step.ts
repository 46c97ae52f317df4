/**
 * Steps that are recorded once and run again without TensorFlow.js: a training step records the same operations every
 * time, and recording them takes milliseconds of one thread in which the others wait. What a step is given anew enters by
 * `feed`; what it changes are variables; what it gives back are tensors. Everything else has to be the same each time,
 * which is looked at: until two calls have recorded the same graph of the same constants, and whenever something is not as
 * it was then, the step is recorded.
 */
import type { DataId, Tensor, TensorInfo, Variable } from '@tensorflow/tfjs';
import { isSameShape, type Shape, sizeOf } from './base/shapes.js';
import type { TensorFlow } from './base/tensorflow.js';
import { findReplacedLeaf, type GraphCache, type GraphRun } from './graph/graph-cache.js';
import type { TensorData } from './recording/recorded-operation.js';
import type { Recorder } from './recording/recorder.js';
import type { AnyBuffer, BufferPool } from './runtime/buffer-pool.js';
import { type NumericArray, TensorBuffer } from './runtime/tensor-buffer.js';
import type { Scheduler } from './scheduler.js';

/**
 * Brings numbers that differ from step to step into the computation: `read` gives them, as many as `shape` has elements,
 * and is called with each later step, in the order of the first one.
 */
export type Feed<Step> = (
  read: (step: Step) => NumericArray | readonly number[],
  shape: Shape,
  dtype?: 'float32' | 'int32',
) => Tensor;

/** What a step computes. Called inside `tf.tidy`, and not for every step. */
export type StepBody<Step> = (step: Step, feed: Feed<Step>) => Tensor[];

interface TracingOptions {
  readonly tf: TensorFlow;
  readonly recorder: Recorder;
  readonly scheduler: Scheduler;
  readonly graphs: GraphCache;
  readonly pool: BufferPool;
  readonly counters: { replays: number };
  /** Whether runs can be repeated; else every step is recorded. */
  readonly canReplay: boolean;
}

/** Where a graph's known tensor comes from in every step. */
type Source =
  | { readonly kind: 'feed'; readonly index: number }
  | { readonly kind: 'variable'; readonly variable: Variable }
  /** Made by the body, with the same numbers each time. */
  | { readonly kind: 'constant'; readonly data: TensorData }
  /** There before and after the step. */
  | { readonly kind: 'fixed'; readonly data: TensorData };

type Target =
  | {
      readonly kind: 'result';
      readonly index: number;
      readonly shape: Shape;
      readonly dtype: 'float32' | 'int32' | 'bool';
    }
  | { readonly kind: 'variable'; readonly variable: Variable };

interface FedTensor<Step> {
  readonly read: Parameters<Feed<Step>>[0];
  readonly data: TensorData;
}

/** A step as it was recorded. */
interface Trace<Step> {
  readonly run: GraphRun;
  readonly feeds: readonly FedTensor<Step>[];
  readonly sources: readonly Source[];
  readonly targets: readonly Target[];
  readonly results: number;
}

/** Steps that are recorded in the hope that two are alike; a body that is another one each time costs nothing after that. */
const MAX_RECORDINGS = 32;

/** Returns a function that does what `body` does; the results belong to the caller. */
export function traceStep<Step>(options: TracingOptions, body: StepBody<Step>): (step: Step) => Tensor[] {
  const { tf, recorder, scheduler, counters } = options;
  const recordPlainly = (step: Step) => {
    const results = tf.tidy(() => body(step, (read, shape, dtype) => upload(tf, read(step), shape, dtype)));
    scheduler.flush();
    return results;
  };
  if (!options.canReplay) return recordPlainly;
  const observer = new StepObserver<Step>(options);
  let last: Trace<Step> | null = null;
  let isReady = false;
  let recordings = 0;
  return (step) => {
    if (isReady && last) {
      const results = replay(options, last, step);
      if (results) {
        counters.replays++;
        return results;
      }
      isReady = false;
    }
    if (recordings >= MAX_RECORDINGS) return recordPlainly(step);
    recordings++;
    const { results, trace } = observer.record(step, body);
    isReady = trace !== null && last !== null && isSameTrace(trace, last);
    if (isReady) recordings = 0;
    for (const data of constantsOf(last)) recorder.release(data);
    last = trace;
    return results;
  };
}

function upload(
  tf: TensorFlow,
  values: NumericArray | readonly number[],
  shape: Shape,
  dtype: 'float32' | 'int32' = 'float32',
): Tensor {
  return tf.tensor(values as never, [...shape], dtype);
}

/** Records steps and finds out what their graphs read and give. */
class StepObserver<Step> {
  readonly #options: TracingOptions;

  constructor(options: TracingOptions) {
    this.#options = options;
  }

  record(step: Step, body: StepBody<Step>): { results: Tensor[]; trace: Trace<Step> | null } {
    const { tf, recorder, scheduler } = this.#options;
    scheduler.flush();
    const before = this.#readVariables();
    const firstOwn = recorder.nextSerial;
    const feeds: FedTensor<Step>[] = [];
    const feed: Feed<Step> = (read, shape, dtype) => {
      const tensor = upload(tf, read(step), shape, dtype);
      const data = recorder.find(tensor.dataId);
      if (data) feeds.push({ read, data });
      return tensor;
    };
    const runs: { run: GraphRun; outputs: readonly TensorData[]; constants: Map<TensorData, TensorData> }[] = [];
    const isFed = (data: TensorData) => feeds.some((fed) => fed.data === data);
    const differs = (data: TensorData) => data.serial < firstOwn || isFed(data);
    const watched = scheduler.observe((run, outputs) => {
      const own = run.leaves.filter((data) => !differs(data));
      runs.push({ run, outputs, constants: new Map(own.map((data) => [data, recorder.copy(data)])) });
    });
    let results: Tensor[];
    try {
      results = tf.tidy(() => body(step, feed));
      scheduler.flush();
    } finally {
      watched.end();
    }
    const [only] = runs;
    const trace =
      runs.length === 1 && only && !watched.wasRead(differs) ? this.#describe(only, feeds, results, before) : null;
    if (!trace) for (const { constants } of runs) for (const data of constants.values()) recorder.release(data);
    return { results, trace };
  }

  #readVariables(): Map<Variable, TensorData | undefined> {
    const { tf, recorder } = this.#options;
    const variables = Object.values(tf.engine().state.registeredVariables);
    return new Map(variables.map((variable) => [variable, recorder.find(variable.dataId)]));
  }

  /** Returns null where the step did something that its graph does not tell. */
  #describe(
    {
      run,
      outputs,
      constants,
    }: { run: GraphRun; outputs: readonly TensorData[]; constants: Map<TensorData, TensorData> },
    feeds: readonly FedTensor<Step>[],
    results: readonly Tensor[],
    before: ReadonlyMap<Variable, TensorData | undefined>,
  ): Trace<Step> | null {
    const { recorder } = this.#options;
    const after = this.#readVariables();
    const variableOf = new Map([...before].flatMap(([variable, data]) => (data ? [[data, variable] as const] : [])));
    const areApart = variableOf.size === [...before.values()].filter(Boolean).length;
    const changed = [...after].filter(([variable, data]) => data !== before.get(variable));
    const isKnown = [...after.keys()].every((variable) => before.has(variable)) && after.size === before.size;
    if (!isKnown || !areApart) return null;
    const targetOf = new Map<TensorData, Target>();
    const isNew = (data: TensorData | undefined): data is TensorData =>
      data !== undefined && outputs.includes(data) && !targetOf.has(data);
    for (const [variable, data] of changed) {
      if (!isNew(data) || data.references !== 1) return null;
      targetOf.set(data, { kind: 'variable', variable });
    }
    for (const [index, { dataId, shape, dtype }] of results.entries()) {
      const data = recorder.find(dataId);
      if (!isNew(data) || data.references !== 1 || dtype === 'string' || dtype === 'complex64') return null;
      targetOf.set(data, { kind: 'result', index, shape, dtype: dtype as 'float32' });
    }
    const targets = outputs.map((data) => targetOf.get(data));
    if (targets.includes(undefined)) return null;
    const sources = run.leaves.map((data): Source => {
      const index = feeds.findIndex((fed) => fed.data === data);
      if (index >= 0) return { kind: 'feed', index };
      const variable = variableOf.get(data);
      if (variable) return { kind: 'variable', variable };
      const constant = constants.get(data);
      return constant ? { kind: 'constant', data: constant } : { kind: 'fixed', data };
    });
    return { run, feeds, sources, targets: targets as Target[], results: results.length };
  }
}

function constantsOf(trace: Trace<never> | Trace<unknown> | null): TensorData[] {
  return (trace?.sources ?? []).flatMap((source) => (source.kind === 'constant' ? [source.data] : []));
}

/** Whether two recordings say that the next step may be run without one. */
function isSameTrace<Step>(a: Trace<Step>, b: Trace<Step>): boolean {
  if (a.run.compiled !== b.run.compiled || a.results !== b.results || a.feeds.length !== b.feeds.length) return false;
  const isSameSource = (source: Source, index: number) => {
    const other = b.sources[index]!;
    if (source.kind === 'feed') return other.kind === 'feed' && other.index === source.index;
    if (source.kind === 'variable') return other.kind === 'variable' && other.variable === source.variable;
    if (source.kind === 'fixed') return other.kind === 'fixed' && other.data === source.data;
    return other.kind === 'constant' && hasSameNumbers(source.data, other.data);
  };
  const isSameTarget = (target: Target, index: number) => {
    const other = b.targets[index]!;
    if (target.kind === 'variable') return other.kind === 'variable' && other.variable === target.variable;
    return other.kind === 'result' && other.index === target.index && isSameShape(other.shape, target.shape);
  };
  return a.sources.every(isSameSource) && a.targets.every(isSameTarget);
}

function hasSameNumbers({ buffer: a }: TensorData, { buffer: b }: TensorData): boolean {
  if (!(a instanceof TensorBuffer) || !(b instanceof TensorBuffer) || a.length !== b.length) return false;
  return a.values.every((value, index) => Object.is(value, b.values[index]));
}

/** Runs a recorded step on new numbers; returns null where something is not as it was when the step was recorded. */
function replay<Step>(options: TracingOptions, trace: Trace<Step>, step: Step): Tensor[] | null {
  const { tf, recorder, scheduler, graphs, pool } = options;
  const { run, sources, targets, feeds } = trace;
  scheduler.flush();
  // Work of a tidy() that is still open may read what the step changes.
  if (!scheduler.isIdle || !graphs.use(run.compiled)) return null;
  const assigned = new Set(targets.flatMap((target) => (target.kind === 'variable' ? [target.variable] : [])));
  const dataOf = new Map<Variable, TensorData>();
  for (const source of [...sources, ...targets]) {
    if (source.kind !== 'variable' || dataOf.has(source.variable)) continue;
    const { variable } = source;
    const data = variable.isDisposed ? undefined : recorder.find(variable.dataId as DataId);
    // What others hold keeps its numbers: the step is recorded, which gives the variable other data.
    if (!data || !(data.buffer instanceof TensorBuffer) || (assigned.has(variable) && data.references !== 1))
      return null;
    dataOf.set(variable, data);
  }
  const fed: TensorBuffer[] = [];
  const giveBack = () => {
    for (const buffer of fed) pool.give(buffer);
  };
  for (const { read, data } of feeds) {
    const values = read(step);
    if (values.length !== sizeOf(data.shape)) {
      giveBack();
      return null;
    }
    const buffer = pool.take(data.dtype, values.length);
    buffer.values.set(values);
    fed.push(buffer);
  }
  const leaves = sources.map((source) => {
    if (source.kind === 'feed') return fed[source.index]!;
    return source.kind === 'variable' ? dataOf.get(source.variable)!.buffer : source.data.buffer;
  });
  const isGone = (source: Source) => source.kind === 'fixed' && source.data.references < 1;
  if (leaves.includes(null) || sources.some(isGone)) {
    giveBack();
    return null;
  }
  const free = new Set<AnyBuffer>([...assigned].map((variable) => dataOf.get(variable)!.buffer!));
  const taken: AnyBuffer[] = [];
  const buffers = targets.map((target, index) => {
    const shape = target.kind === 'variable' ? target.variable.shape : target.shape;
    const dtype = target.kind === 'variable' ? dataOf.get(target.variable)!.dtype : target.dtype;
    const place = findReplacedLeaf(run, index);
    const replaced = place === undefined ? null : leaves[place]!;
    if (replaced && free.has(replaced) && replaced.length === sizeOf(shape)) return replaced;
    const buffer = pool.takeForResult(dtype, sizeOf(shape));
    taken.push(buffer);
    return buffer;
  });
  try {
    graphs.run({ ...run, leaves: leaves.map((buffer) => ({ buffer })) }, buffers);
  } catch (error) {
    for (const buffer of taken) pool.give(buffer);
    throw error;
  } finally {
    giveBack();
  }
  for (const buffer of free) if (!buffers.includes(buffer)) pool.give(buffer);
  const results: Tensor[] = [];
  targets.forEach((target, index) => {
    const buffer = buffers[index]!;
    if (target.kind === 'variable') dataOf.get(target.variable)!.buffer = buffer;
    else {
      const info: TensorInfo = recorder.adoptBuffer(target.shape, target.dtype, buffer);
      results[target.index] = tf.engine().makeTensorFromTensorInfo(info);
    }
  });
  pool.endRun();
  return results;
}

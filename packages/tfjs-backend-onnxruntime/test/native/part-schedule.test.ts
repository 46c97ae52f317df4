import { afterAll, describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/graph/graph-builder.js';
import { addNative } from '../../src/graph/native-nodes.js';
import { Assembler, R8, R9, R10, type VectorSet } from '../../src/native/assembler.js';
import { type CodeBlock, createNativeOperators, type NativeProgram } from '../../src/native/native-operators.js';
import { PartSchedule } from '../../src/native/part-schedule.js';
import { loadTask, TaskTable } from '../../src/native/task-table.js';
import { encodeModel } from '../../src/runtime/onnx-model.js';
import { findLibrary, loadOnnxRuntime } from '../../src/runtime/onnxruntime-api.js';
import { Runtime } from '../../src/runtime/runtime.js';
import { createPlace, TensorBuffer } from '../../src/runtime/tensor-buffer.js';

const THREADS = 2;
const api = loadOnnxRuntime(findLibrary());
/** Null on processors and systems without generated kernels. */
const operators = createNativeOperators(api, THREADS, 'auto');
const runtime = new Runtime(api, THREADS, 'cpu', operators);
afterAll(() => runtime.dispose());

/** result = first + second, a vector of each. Parameters: the two, the result. */
function writeSum(vectors: VectorSet): Uint8Array {
  const assembler = new Assembler(vectors);
  assembler.writeFunction(0, () => {
    loadTask(assembler, [R8, R9, R10]);
    assembler.loadVector(0, { base: R8, offset: 0 });
    assembler.compute('add', 0, 0, { base: R9, offset: 0 });
    assembler.storeVector({ base: R10, offset: 0 }, 0);
  });
  return assembler.finish();
}

const VECTORS_PER_PART = 3;

/**
 * y = 4 x by way of a lane's memory, in two stages: each part doubles its vectors into it, and doubles those again. What a
 * part finds there is left by another one.
 */
function createFourfold(code: CodeBlock, parts: number, lanesSeen: number[]): NativeProgram {
  const { floats, bytes } = code.vectors;
  const vectors = parts * VECTORS_PER_PART;
  const [sum] = code.load([writeSum(code.vectors)]);
  const numbers = Array.from({ length: vectors }, (_, vector) => vector);
  const inLane = (vector: number) => (vector % VECTORS_PER_PART) * bytes;
  const schedule = new PartSchedule(
    [
      { code: sum!, tasks: new TaskTable(numbers.map((v) => [v * bytes, v * bytes, inLane(v)])) },
      { code: sum!, tasks: new TaskTable(numbers.map((v) => [inLane(v), inLane(v), v * bytes])) },
    ],
    Array.from({ length: parts }, (_, part) =>
      [0, 1].map((stage) => ({ stage, first: part * VECTORS_PER_PART, count: VECTORS_PER_PART })),
    ),
  );
  return {
    inputSizes: [vectors * floats],
    outputShapes: [[vectors * floats]],
    run(launcher, [x], [y]) {
      const lanes = launcher.countLanes(schedule);
      lanesSeen.push(lanes);
      const memory = launcher.scratch(lanes * VECTORS_PER_PART * bytes);
      launcher.launchParts(schedule, (lane) => {
        const own = memory + BigInt(lane * VECTORS_PER_PART * bytes);
        return [
          [x!, x!, own],
          [own, own, y!],
        ];
      });
    },
    release: () => code.release(),
  };
}

describe.runIf(operators)('Parts of a native program', () => {
  it.each([
    [1, 1, 'by all threads together'],
    [2, THREADS, 'one by each thread'],
    [3, 1, 'by all threads together, where one would wait for the last part'],
    [501, THREADS, 'by whichever thread is free'],
  ])('%i are gone through in %i lanes, %s', (parts, lanes) => {
    const length = parts * VECTORS_PER_PART * operators!.vectors.floats;
    const shape = [length];
    const [x, y] = ['x', 'y'].map(() => new TensorBuffer('float32', length)) as [TensorBuffer, TensorBuffer];
    x.values.forEach((_, index) => {
      x.values[index] = index;
    });
    const lanesSeen: number[] = [];
    const builder = new GraphBuilder();
    const create = (code: CodeBlock) => createFourfold(code, parts, lanesSeen);
    const [result] = addNative(builder, operators!, ['x'], `fourfold${parts}`, create);
    const model = builder.finish(
      [{ name: 'x', dtype: 'float32', shape }],
      [result!],
      [{ name: 'y', dtype: 'float32' }],
    );
    const session = runtime.createSession(encodeModel(model), ['x'], ['y'], 'native');
    const whole = createPlace(0, shape);
    for (let round = 0; round < 20; round++) {
      y.values.fill(-1);
      session.run([x.view(runtime, whole)], [y.view(runtime, whole)]);
      expect(y.values).toEqual(x.values.map((value) => 4 * value));
    }
    session.dispose();
    expect(new Set(lanesSeen)).toEqual(new Set([lanes]));
  });
});

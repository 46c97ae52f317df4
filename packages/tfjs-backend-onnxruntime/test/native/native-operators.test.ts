import { afterAll, describe, expect, it, vi } from 'vitest';
import { GraphBuilder } from '../../src/graph/graph-builder.js';
import { addNative } from '../../src/graph/native-nodes.js';
import { createLinearPass } from '../../src/native/activation-passes.js';
import { type CodeBlock, createNativeOperators, type NativeProgram } from '../../src/native/native-operators.js';
import { encodeModel } from '../../src/runtime/onnx-model.js';
import { findLibrary, loadOnnxRuntime } from '../../src/runtime/onnxruntime-api.js';
import { Runtime } from '../../src/runtime/runtime.js';
import { createPlace, TensorBuffer } from '../../src/runtime/tensor-buffer.js';

const api = loadOnnxRuntime(findLibrary());
/** Null on processors and systems without generated kernels. */
const operators = createNativeOperators(api, 2, 'auto');
const runtime = new Runtime(api, 2, 'cpu', operators);
afterAll(() => runtime.dispose());

const shape = [1, 16, 2, 3];
const whole = createPlace(0, shape);
const buffers = ['x', 'y'].map(() => new TensorBuffer('float32', 96));
const [x, y] = buffers as [TensorBuffer, TensorBuffer];

/** Returns a session that runs one program on x. */
function createSession(key: string, create: (code: CodeBlock) => NativeProgram) {
  const builder = new GraphBuilder();
  const [result] = addNative(builder, operators!, ['x'], key, create);
  const outputs = [{ name: 'y', dtype: 'float32' }] as const;
  const model = encodeModel(builder.finish([{ name: 'x', dtype: 'float32', shape }], [result!], outputs));
  return runtime.createSession(model, ['x'], ['y'], 'native');
}

const run = (session: ReturnType<typeof createSession>) =>
  session.run([x.view(runtime, whole)], [y.view(runtime, whole)]);

const size = { batch: 1, channels: 16, height: 2, width: 3, block: operators?.vectors.floats ?? 8 };
const createRelu = (code: CodeBlock) => createLinearPass(code, size, { scales: [false], hasOffset: false }, true);

describe.runIf(operators)('Native programs', () => {
  it('run as nodes of a graph', () => {
    x.values.forEach((_, index) => {
      x.values[index] = index - 40;
    });
    const session = createSession('relu', createRelu);
    run(session);
    session.dispose();
    expect([...y.values]).toEqual([...x.values].map((value) => Math.max(0, value)));
  });

  it('throw out of the run, which leaves later ones alone', () => {
    const failing: NativeProgram = {
      inputSizes: [96],
      outputShapes: [shape],
      run: () => {
        throw new RangeError('no memory for tiles');
      },
      release: () => {},
    };
    const session = createSession('failing', () => failing);
    expect(() => run(session)).toThrow('no memory for tiles');
    session.dispose();
    const relu = createSession('relu', createRelu);
    expect(() => run(relu)).not.toThrow();
    relu.dispose();
  });

  it('refuse inputs of another size than their code was generated for, before it runs', () => {
    const larger = { ...size, height: 3 };
    const session = createSession('larger', (code) =>
      createLinearPass(code, larger, { scales: [false], hasOffset: false }, true),
    );
    y.values.fill(7);
    expect(() => run(session)).toThrow('larger: input 0 has 96 elements; the code is for 144');
    expect([...y.values]).toEqual(new Array(96).fill(7));
    session.dispose();
  });

  it('are named as the cause when the graph fails because of them, and only then', () => {
    const wrongShape: NativeProgram = {
      inputSizes: [96],
      outputShapes: [[1, 1]],
      run: () => {
        throw new RangeError('no memory for tiles');
      },
      release: () => {},
    };
    const builder = new GraphBuilder();
    const [result] = addNative(builder, operators!, ['x'], 'wrong shape', () => wrongShape);
    const reshaped = builder.reshape(result!, shape);
    const outputs = [{ name: 'y', dtype: 'float32' }] as const;
    const model = encodeModel(builder.finish([{ name: 'x', dtype: 'float32', shape }], [reshaped], outputs));
    const failing = runtime.createSession(model, ['x'], ['y'], 'native');
    expect(() => run(failing)).toThrow('no memory for tiles');
    failing.dispose();
    const relu = createSession('relu', createRelu);
    expect(() => run(relu)).not.toThrow();
    relu.dispose();
  });

  it('are shared by graphs, and released with the last one', () => {
    const release = vi.fn();
    const create = vi.fn((code: CodeBlock) => {
      const program = createRelu(code);
      return { ...program, release: () => [program.release(), release()] };
    });
    const sessions = [createSession('counted', create as never), createSession('counted', create as never)];
    expect(create).toHaveBeenCalledTimes(1);
    sessions[0]!.dispose();
    operators!.releaseUnused();
    expect(release).not.toHaveBeenCalled();
    run(sessions[1]!);
    sessions[1]!.dispose();
    operators!.releaseUnused();
    expect(release).toHaveBeenCalledTimes(1);
    createSession('counted', create as never).dispose();
    expect(create).toHaveBeenCalledTimes(2);
  });
});

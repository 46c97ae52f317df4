/**
 * Runs a model of an ONNX file as it is, beside a backend and on the same threads: a network that somebody else trained. The
 * library optimizes its graph; nothing of it is recorded, and no gradient goes through it.
 */
import koffi from 'koffi';
import { type Shape, sizeOf } from './base/shapes.js';
import { findLibrary, loadOnnxRuntime, type Pointer } from './runtime/onnxruntime-api.js';
import { Runtime, type Session } from './runtime/runtime.js';
import { createPlace, TensorBuffer } from './runtime/tensor-buffer.js';
import { countPhysicalCores } from './runtime/threads.js';

export interface OnnxModelOptions {
  /** Name of the input that is fed; the model has no other that has no value. */
  readonly input: string;
  /** Name of the output that is read. */
  readonly output: string;
  /** Threads, those of a backend that is alive in this process. Default: the physical cores available. */
  readonly threads?: number;
  /** Path of the ONNX Runtime shared library. Default: the one inside `onnxruntime-node`. */
  readonly libraryPath?: string;
}

/** A model that is ready to run; it holds its weights until it is disposed of. */
export class OnnxModel {
  readonly #runtime: Runtime;
  readonly #session: Session;
  #input: TensorBuffer | null = null;

  /** @throws Error with the library's own text when it cannot run the model. */
  constructor(model: Uint8Array, { input, output, threads, libraryPath }: OnnxModelOptions) {
    this.#runtime = new Runtime(loadOnnxRuntime(libraryPath ?? findLibrary()), threads ?? countPhysicalCores());
    try {
      this.#session = this.#runtime.createSession(model, [input], [output]);
    } catch (error) {
      this.#runtime.dispose();
      throw error;
    }
  }

  /**
   * Returns the numbers of the output, float32, for an input of this shape.
   * @throws Error with the library's own text when the model does not take such an input.
   */
  run(values: Float32Array, shape: Shape): Float32Array {
    if (values.length !== sizeOf(shape)) throw new Error(`onnxruntime: ${values.length} numbers are not [${shape}]`);
    if (this.#input?.length !== values.length) {
      this.#input?.release(this.#runtime);
      this.#input = new TensorBuffer('float32', values.length);
    }
    this.#input.values.set(values);
    const [result] = this.#session.run([this.#input.view(this.#runtime, createPlace(0, shape))], [], 1);
    try {
      return this.#copy(result!);
    } finally {
      this.#runtime.releaseTensor(result!);
    }
  }

  dispose(): void {
    this.#input?.release(this.#runtime);
    this.#session.dispose();
    this.#runtime.dispose();
  }

  #copy(value: Pointer): Float32Array {
    const { api } = this.#runtime;
    const cell = new BigUint64Array(new ArrayBuffer(8));
    api.GetTensorTypeAndShape(value, cell);
    const info = cell[0]!;
    api.GetTensorShapeElementCount(info, cell);
    const count = Number(cell[0]!);
    api.ReleaseTensorTypeAndShapeInfo(info);
    api.GetTensorMutableData(value, cell);
    // Copied: what `view` shows belongs to the library.
    return new Float32Array(koffi.view(cell[0]!, 4 * count).slice(0));
  }
}

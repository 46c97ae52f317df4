import type { OnnxRuntimeOptions } from './options.js';

export type { OnnxRuntimeOptions } from './options.js';

/** What a backend has done so far. */
export interface BackendStatistics {
  /** Graphs compiled, and the time it took. */
  compiles: number;
  compileMs: number;
  /** Graphs run, and the time inside ONNX Runtime. */
  runs: number;
  runMs: number;
}

/** What a backend computes with. */
export interface BackendDescription {
  /** Version of the ONNX Runtime library, for example `1.30.0`. */
  readonly version: string;
  readonly threads: number;
  /** Channel block of the convolutions; 0 means plain convolutions. */
  readonly nchwcBlock: number;
}

/** The registered backend. */
export interface OnnxRuntimeBackend {
  /** Computes everything recorded and alive. Call it once a step when no tensor of the step is read. */
  flush(): void;
  readonly statistics: BackendStatistics;
  describe(): BackendDescription;
  /** Releases compiled graphs, buffers and threads. */
  dispose(): void;
}

/** Returns the backend that it has registered with TensorFlow.js; activate it with `await tf.setBackend('onnxruntime')`. */
export function registerOnnxRuntimeBackend(
  _tf: typeof import('@tensorflow/tfjs'),
  _options: OnnxRuntimeOptions = {},
): OnnxRuntimeBackend {
  throw new Error('The ONNX Runtime backend is not available in this build.');
}

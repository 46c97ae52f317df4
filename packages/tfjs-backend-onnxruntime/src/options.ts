import type { CudaProvider } from './runtime/runtime.js';

/** Settings of a backend, fixed when it is registered. */
export interface OnnxRuntimeOptions {
  /** Name under which TensorFlow.js knows the backend. Default: `onnxruntime`. */
  readonly name?: string;
  /** Threads of ONNX Runtime; results are bit-identical at a fixed count. Default: the physical cores available. */
  readonly threads?: number;
  /** Path of the ONNX Runtime shared library. Default: the one inside `onnxruntime-node`. */
  readonly libraryPath?: string;
  /** What computes the graphs; `libraryPath` has to name a library with the provider. Default: `cpu`. */
  readonly provider?: 'cpu' | CudaProvider;
  /**
   * Where results stay between runs: in the memory of this process, or in that of the provider's device, from where a
   * number is fetched when it is read. Default: `device` with CUDA, else `host`.
   */
  readonly resultMemory?: 'host' | 'device';
  /**
   * Channel block of ONNX Runtime's own blocked convolutions (NCHWc): 16 with AVX-512, 8 with AVX2, 0 for plain
   * convolutions. `auto` asks the library; only the processor has blocked ones. Default: `auto`.
   */
  readonly nchwcBlock?: number | 'auto';
  /**
   * Kernels in machine code that is generated when a graph is compiled: fewer multiplications for convolutions, fewer
   * passes for batch norm and pooling. `auto` uses them on x86-64 processors with AVX2 and FMA, on Linux and macOS, where
   * ONNX Runtime has blocked convolutions; `avx2` does not use AVX-512 where that is there. Default: the environment's
   * `TFJS_ONNXRUNTIME_KERNELS`, else `auto`.
   */
  readonly nativeKernels?: 'auto' | 'avx2' | 'none';
  /**
   * How each convolution and each gradient of one gets its algorithm (Winograd, direct over blocks, im2col, …), where there
   * are several: the fastest, by a measurement of some milliseconds when a new shape of much work is compiled (tuning), or by
   * fixed rules. Other algorithms round otherwise; the files fix the choice. Default: `measured`.
   */
  readonly algorithms?: 'measured' | 'rules';
  /**
   * JSON files of choices. The first that knows a shape decides, on whatever machine; a choice is written to all files
   * before the one that knew it, a new one to all. A damaged file is replaced; where the first one cannot be written, the
   * rules decide on shapes that no file knows. Default: a file for this processor in the user's cache folder.
   */
  readonly tuningFiles?: readonly string[];
  /** Compiled graphs kept; the one unused longest is released first. Default: 64. */
  readonly maxCompiledGraphs?: number;
  /** Recorded operations after which everything pending is computed although nobody has read it. Default: 4096. */
  readonly maxPendingOperations?: number;
  /** Bytes uploaded since the last run after which everything pending is computed. Default: 512 MiB. */
  readonly maxPendingBytes?: number;
  /** Receives the text of warnings (one per operation that falls back to `cpu`). Default: `console.warn`. */
  readonly warn?: (message: string) => void;
}

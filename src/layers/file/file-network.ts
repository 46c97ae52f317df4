// What runs the network of a layer `file`: given as an argument, since only engines know a library that does.

/** A network of an ONNX file on ONNX Runtime. */
export interface FileNetwork {
  /** The numbers of its output for an input of this shape. Throws the library's own error. */
  run(values: Float32Array, shape: readonly number[]): Float32Array;
  dispose(): void;
}

/** Starts the network of an ONNX file. Rejects with the library's own error. */
export type OpenFileNetwork = (
  model: Uint8Array,
  names: { readonly input: string; readonly output: string },
) => Promise<FileNetwork>;

// The networks of ONNX files on ONNX Runtime, beside whatever engine computes the rest; with the engine `onnxruntime` on the
// same library and threads.
import type { OpenFileNetwork } from '../layers/file/file-network.js';
import type { Engine } from './engine.js';

/** What starts networks of files beside an engine. */
export function fileNetworksBeside({ description }: Pick<Engine, 'description'>): OpenFileNetwork {
  return async (model, { input, output }) => {
    const { OnnxModel } = await import('tfjs-backend-onnxruntime');
    return new OnnxModel(model, { input, output, threads: description.threads });
  };
}

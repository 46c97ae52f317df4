// A network of somebody's own, in an ONNX file, as the first layer of an encoder: run as it is, never trained. Who computes
// runs it by itself and hands its embeddings to the layers behind it (src/model/front.ts).
import { OneshotError } from '../base/problem.js';
import type { LayerFile } from '../config/experiment.js';
import { describeEncoderFile } from './file/encoder-file.js';
import { type LayerType, ShapeError } from './layer.js';

/** Bytes of SHA-256. */
const DIGEST_BYTES = 32;

export const file: LayerType<LayerFile> = {
  type: 'file',
  needsWholeBatches: false,
  isFixed: () => true,

  outputShape(config, input) {
    try {
      return [describeEncoderFile(config, input).units];
    } catch (error) {
      // A rule says where in the experiment's file it stands.
      if (error instanceof OneshotError && error.code === 'data')
        throw new ShapeError([error.message, error.hint].join('; '), { cause: error });
      throw error;
    }
  },

  /** `digest` [32]: the bytes of the file's SHA-256, so that the weights of a network tell which file they belong to. */
  parameters: () => [
    {
      name: 'digest',
      shape: [DIGEST_BYTES],
      initializer: { type: 'zeros' },
      fanIn: 1,
      fanOut: 1,
      role: 'statistic',
    },
  ],

  // What a stranger's graph costs is not counted.
  multiplyAdds: () => 0,

  apply({ path }) {
    throw new OneshotError('usage', `the network begins with ${path}, which is no part of an exported file`, {
      hint: 'use the run folder where that file is; `oneshot embed` writes its embeddings',
    });
  },
};

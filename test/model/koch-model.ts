// The network of Koch et al. 2015, figure 4, as an experiment file gives it after defaults.
import type { Initializer, Layer, Model } from '../../src/config/experiment.js';

const convWeights: Initializer = { type: 'normal', mean: 0, standardDeviation: 0.01 };
const denseWeights: Initializer = { type: 'normal', mean: 0, standardDeviation: 0.2 };
const biases: Initializer = { type: 'normal', mean: 0.5, standardDeviation: 0.01 };

function convLayer(name: string, filters: number, kernelSize: number): Layer {
  return {
    name,
    type: 'conv',
    filters,
    kernelSize,
    stride: 1,
    padding: 'valid',
    useBias: true,
    weightInitializer: convWeights,
    biasInitializer: biases,
  };
}

/** Koch's layout with the given filters, kernel sizes and units; pooling after the first three convolutions. */
export function kochModel(
  filters: readonly number[] = [64, 128, 128, 256],
  kernelSizes: readonly number[] = [10, 7, 4, 4],
  units = 4096,
): Model {
  const encoder: Layer[] = filters.flatMap((count, index): Layer[] => [
    convLayer(`conv${index + 1}`, count, kernelSizes[index] as number),
    { type: 'relu' },
    ...(index < 3 ? [{ type: 'maxPool', size: 2, padding: 'valid' } as const] : []),
  ]);
  encoder.push(
    {
      name: 'embedding',
      type: 'dense',
      units,
      useBias: true,
      weightInitializer: denseWeights,
      biasInitializer: biases,
    },
    { type: 'sigmoid' },
  );
  const head: Model['head'] = { type: 'weightedL1', weightInitializer: denseWeights, biasInitializer: biases };
  return { encoder, head };
}

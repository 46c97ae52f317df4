// Whether a network fits the engine, before anything is computed: GPUs bind buffers up to a size only, and WebGPU goes on
// with arbitrary numbers where one is larger.
import { OneshotError } from '../base/problem.js';
import type { Engine } from '../engine/engine.js';
import type { PlacedLayer } from '../layers/place-layers.js';
import { sizeOf } from '../layers/shape.js';

/**
 * Throws a OneshotError('engine') that names the largest tensor when it is larger than the engine computes with: weights
 * of a layer, or its output for the pictures of a micro-batch.
 */
export function requireTensorsFit(
  { name, largestTensorBytes }: Pick<Engine, 'name' | 'largestTensorBytes'>,
  layers: readonly PlacedLayer[],
  pictures: number,
): void {
  if (largestTensorBytes === undefined) return;
  const [largest] = listTensors(layers, pictures).sort((a, b) => b.bytes - a.bytes);
  if (largest === undefined || largest.bytes <= largestTensorBytes) return;
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  throw new OneshotError(
    'engine',
    `${name} computes with tensors of up to ${megabytes(largestTensorBytes)} here; ${largest.what} have ` +
      `${megabytes(largest.bytes)}`,
    {
      hint: largest.isOutput
        ? 'set a smaller training.microBatchSize, or take another engine'
        : 'make the layer smaller, or take another engine: onnxruntime and tensorflow have no such limit',
    },
  );
}

function listTensors(
  layers: readonly PlacedLayer[],
  pictures: number,
): { what: string; bytes: number; isOutput: boolean }[] {
  return layers.flatMap((layer) => [
    ...layer.parameters.map((parameter) => ({
      what: `the weights ${layer.name}/${parameter.name}`,
      bytes: 4 * sizeOf(parameter.shape),
      isOutput: false,
    })),
    {
      what: `the outputs of ${layer.name} for ${pictures} pictures`,
      bytes: 4 * pictures * sizeOf(layer.output),
      isOutput: true,
    },
    ...listTensors(layer.within, pictures).filter(({ isOutput }) => isOutput),
  ]);
}

// The weights of EfficientNet-Lite0 as efficientnet_lite_pytorch names them, under the names of the layers here.
import type { NamedArrays, NumberArray } from '../named-arrays.js';

/** By the layer's name here; arrays of batch normalisation and kernels by theirs. */
const BLOCK_LAYERS = {
  expand: ['_expand_conv', '_bn0'],
  filter: ['_depthwise_conv', '_bn1'],
  project: ['_project_conv', '_bn2'],
};
const NORM_ARRAYS = { scale: 'weight', offset: 'bias', runningMean: 'running_mean', runningVariance: 'running_var' };

/**
 * Where the array of a path of the layer `pretrained` stands in the file: `block3/expand/kernel` and
 * `block0-filter-norm/scale`.
 */
export function torchNameOf(path: string): string {
  const parts = path.split(/[/]/);
  const array = parts.at(-1)!;
  const isNorm = parts.at(-2)!.endsWith('-norm');
  const layer = parts
    .slice(0, -1)
    .join('-')
    .replace(/-norm$/, '');
  const suffix = isNorm ? NORM_ARRAYS[array as keyof typeof NORM_ARRAYS] : 'weight';
  if (/^stem/.test(layer)) return `${isNorm ? '_bn0' : '_conv_stem'}.${suffix}`;
  if (/^head/.test(layer)) return `${isNorm ? '_bn1' : '_conv_head'}.${suffix}`;
  const [, block, name] = /^block(\d+)-(\w+)$/.exec(layer) ?? [];
  const [convolution, norm] = BLOCK_LAYERS[name as keyof typeof BLOCK_LAYERS];
  return `_blocks.${block}.${isNorm ? norm : convolution}.${suffix}`;
}

/**
 * The array as the layer has it: kernels from [outputs, inputs, rows, columns] to [rows, columns, inputs, outputs],
 * depthwise ones from [channels, 1, rows, columns] to [rows, columns, channels, 1].
 */
export function convertEfficientNet(path: string, arrays: NamedArrays): NumberArray {
  const name = torchNameOf(path);
  const found = arrays.get(name);
  if (found === undefined) throw new Error(`has no ${name}`);
  if (found.shape.length !== 4) return found;
  const isDepthwise = name.includes('_depthwise_conv');
  return transposeKernel(found, isDepthwise);
}

function transposeKernel({ shape, values }: NumberArray, isDepthwise: boolean): NumberArray {
  const [outputs, inputs, rows, columns] = shape as [number, number, number, number];
  const [second, third] = isDepthwise ? [outputs, inputs] : [inputs, outputs];
  const converted = new Float32Array(values.length);
  for (let o = 0, from = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      for (let place = 0; place < rows * columns; place++, from++) {
        const [a, b] = isDepthwise ? [o, i] : [i, o];
        converted[(place * second + a) * third + b] = values[from]!;
      }
    }
  }
  return { shape: [rows, columns, second, third], values: converted };
}

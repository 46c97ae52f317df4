// EfficientNet-Lite0 (Tan and Le 2019; "EfficientNet-Lite", TensorFlow 2020: without squeeze-and-excitation, with ReLU6) as
// ordinary layers: a stem, sixteen inverted residual blocks (Sandler et al. 2018) and a last convolution, whose mean over
// the picture is the embedding. Padding is TensorFlow's `same`, as the weights were trained.
import type { Layer, LayerBatchNorm, LayerConv, LayerDepthwiseConv } from '../../config/experiment.js';

/** Added to variances in training (the reference's `batch_norm_epsilon`). */
const EPSILON = 1e-3;

/** Rows of Table 1 of Tan and Le 2019: repetitions, kernel, stride of the first, expansion, output channels. */
const STAGES = [
  [1, 3, 1, 1, 16],
  [2, 3, 2, 6, 24],
  [2, 5, 2, 6, 40],
  [3, 3, 2, 6, 80],
  [3, 5, 1, 6, 112],
  [4, 5, 2, 6, 192],
  [1, 3, 1, 6, 320],
] as const;

const STEM_FILTERS = 32;
const HEAD_FILTERS = 1280;

const zeros = { type: 'zeros' } as const;
const fixed = { useBias: false, weightInitializer: zeros, biasInitializer: zeros } as const;

function conv(name: string, filters: number, kernelSize: number, stride: number): LayerConv {
  return { type: 'conv', name, filters, kernelSize, stride, padding: 'same', ...fixed };
}

function depthwise(name: string, kernelSize: number, stride: number): LayerDepthwiseConv {
  return { type: 'depthwiseConv', name, kernelSize, stride, multiplier: 1, padding: 'same', ...fixed };
}

function batchNorm(name: string): LayerBatchNorm {
  return { type: 'batchNorm', name, epsilon: EPSILON, statisticsMomentum: 0.99 };
}

/** The units of the network, first to last, each a layer or a few that learn or stay together. */
export function listEfficientNetLite0(): Layer[][] {
  const units: Layer[][] = [
    [conv('stem-conv', STEM_FILTERS, 3, 2), batchNorm('stem-norm'), { type: 'relu6', name: 'stem-relu' }],
  ];
  let channels: number = STEM_FILTERS;
  for (const [repetitions, kernel, firstStride, expansion, filters] of STAGES) {
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const stride = repetition === 0 ? firstStride : 1;
      units.push(block(units.length - 1, { kernel, stride, expanded: channels * expansion, channels, filters }));
      channels = filters;
    }
  }
  units.push([
    conv('head-conv', HEAD_FILTERS, 1, 1),
    batchNorm('head-norm'),
    { type: 'relu6', name: 'head-relu' },
    { type: 'globalAveragePool', name: 'pool' },
  ]);
  return units;
}

interface BlockShape {
  readonly kernel: number;
  readonly stride: number;
  readonly expanded: number;
  readonly channels: number;
  readonly filters: number;
}

// Expand, filter each channel, project; what comes in is added where the shape stays.
function block(number: number, { kernel, stride, expanded, channels, filters }: BlockShape): Layer[] {
  const name = `block${number}`;
  const isAdded = stride === 1 && channels === filters;
  const prefix = isAdded ? '' : `${name}-`;
  const expand: Layer[] =
    expanded === channels
      ? []
      : [
          conv(`${prefix}expand`, expanded, 1, 1),
          batchNorm(`${prefix}expand-norm`),
          { type: 'relu6', name: `${prefix}expand-relu` },
        ];
  const layers: Layer[] = [
    ...expand,
    depthwise(`${prefix}filter`, kernel, stride),
    batchNorm(`${prefix}filter-norm`),
    { type: 'relu6', name: `${prefix}filter-relu` },
    conv(`${prefix}project`, filters, 1, 1),
    batchNorm(`${prefix}project-norm`),
  ];
  return isAdded ? [{ type: 'residual', name, layers, projectionInitializer: zeros }] : layers;
}

/** Recording of products of matrices, and the fused forms of layers: a product, a bias and an activation. */
import type { BatchMatMulAttrs, TensorInfo } from '@tensorflow/tfjs';
import type { LeakyReluAttributes, MatrixProductAttributes } from '../attributes.js';
import { attributesOf, inputOf, type Kernel, type KernelCall, type KernelTable, UnsupportedCase } from './kernel.js';

const ACTIVATIONS: Readonly<Record<string, string>> = {
  relu: 'Relu',
  relu6: 'Relu6',
  elu: 'Elu',
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
};

function recordProduct(call: KernelCall): TensorInfo {
  const [a, b] = [inputOf(call, 'a'), inputOf(call, 'b')];
  const { transposeA, transposeB } = attributesOf<BatchMatMulAttrs>(call);
  if (a.dtype !== 'float32' || b.dtype !== 'float32') throw new UnsupportedCase();
  const [innerA, innerB] = [a.shape.at(transposeA ? -2 : -1), b.shape.at(transposeB ? -1 : -2)];
  call.tf.util.assert(
    innerA === innerB,
    () =>
      `Error in matMul: inner shapes (${innerA}) and (${innerB}) of Tensors with shapes ${a.shape} and ${b.shape} and ` +
      `transposeA=${transposeA} and transposeB=${transposeB} must match.`,
  );
  const attributes: MatrixProductAttributes = { transposeA: Boolean(transposeA), transposeB: Boolean(transposeB) };
  const batch = call.tf.backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const shape = [...batch, a.shape.at(transposeA ? -1 : -2)!, b.shape.at(transposeB ? -2 : -1)!];
  return call.backend.record('MatMul', [a, b], attributes, shape, 'float32');
}

export const matrixKernels: KernelTable = {
  BatchMatMul: recordProduct,
  _FusedMatMul: fuseBiasAndActivation(recordProduct),
};

/** Returns a kernel that records what `kernel` does, then adds the bias and applies the activation where given. */
export function fuseBiasAndActivation(kernel: (call: KernelCall) => TensorInfo): Kernel {
  return (call) => {
    const { bias } = call.inputs as { bias?: TensorInfo };
    const { activation = 'linear', leakyreluAlpha = 0.2 } = attributesOf<{
      activation?: string;
      leakyreluAlpha?: number;
    }>(call);
    const isKnown = activation === 'linear' || activation === 'leakyrelu' || activation in ACTIVATIONS;
    if (!isKnown) throw new UnsupportedCase();
    const { backend } = call;
    const replace = (old: TensorInfo, next: TensorInfo) => {
      backend.disposeData(old.dataId);
      return next;
    };
    let result = kernel(call);
    const { shape, dtype } = result;
    if (bias) result = replace(result, backend.record('Add', [result, bias], {}, shape, dtype));
    if (activation === 'leakyrelu') {
      const attributes: LeakyReluAttributes = { alpha: leakyreluAlpha };
      return replace(result, backend.record('LeakyRelu', [result], attributes, shape, dtype));
    }
    const name = ACTIVATIONS[activation];
    return name ? replace(result, backend.record(name, [result], {}, shape, dtype)) : result;
  };
}

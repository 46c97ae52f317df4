/** Operations without a kernel of their own: their inputs are computed, and tfjs's `cpu` backend does the rest. */
import type { KernelBackend, KernelConfig, TensorInfo } from '@tensorflow/tfjs';
import { isComplex } from './complex.js';
import type { Kernel, KernelCall } from './kernel.js';

interface CpuBackend extends KernelBackend {
  readonly data: { get(dataId: object): { readonly complexTensorInfos?: { real: TensorInfo; imag: TensorInfo } } };
  /** Whether tfjs still has to print its advice for Node.js. */
  firstUse: boolean;
  makeTensorInfo(shape: number[], dtype: string, values: unknown): TensorInfo;
}

/** Returns a kernel that runs tfjs's own `cpu` kernel and warns on its first call. */
export function createFallback({ kernelName, kernelFunc }: KernelConfig, warn: (message: string) => void): Kernel {
  let hasWarned = false;
  return (call) => {
    // What reads no tensor, a range of numbers, is as fast in JavaScript.
    if (!hasWarned && Object.keys(call.inputs).length > 0) {
      hasWarned = true;
      warn(`onnxruntime: ${kernelName} is not supported here and runs in plain JavaScript (tfjs backend 'cpu')`);
    }
    return runOnCpu(call, kernelFunc);
  };
}

function runOnCpu(call: KernelCall, kernel: KernelConfig['kernelFunc']): TensorInfo | TensorInfo[] {
  const cpu = call.tf.findBackend('cpu') as CpuBackend;
  // It would recommend tfjs-node, which this backend takes the place of.
  cpu.firstUse = false;
  const copies: TensorInfo[] = [];
  const bring = (tensor: TensorInfo): TensorInfo => {
    if (isComplex(tensor)) return bringComplex(tensor);
    const made = cpu.makeTensorInfo(tensor.shape, tensor.dtype, call.backend.readSync(tensor.dataId));
    // Some kernels ask for what a tensor has beyond its description.
    const copy = { ...made, rank: tensor.shape.length };
    copies.push(copy);
    return copy;
  };
  const bringComplex = (tensor: TensorInfo): TensorInfo => {
    const { real, imag } = call.backend.partsOf(tensor);
    const inputs = { real: bring(real), imag: bring(imag) };
    const joined = call.tf.getKernel('Complex', 'cpu').kernelFunc({ inputs, backend: cpu, attrs: {} }) as TensorInfo;
    const copy = { ...joined, shape: tensor.shape, rank: tensor.shape.length };
    copies.push(copy);
    return copy;
  };
  const fetchComplex = (tensor: TensorInfo): TensorInfo => {
    const { real, imag } = cpu.data.get(tensor.dataId).complexTensorInfos!;
    const parts = [real, imag].map((part) => call.backend.upload(cpu.readSync(part.dataId), tensor.shape, 'float32'));
    const joined = call.backend.joinComplex({ real: parts[0]!, imag: parts[1]! });
    for (const { dataId } of parts) call.backend.disposeData(dataId);
    return joined;
  };
  const fetchBack = (tensor: TensorInfo): TensorInfo => {
    const result = isComplex(tensor)
      ? fetchComplex(tensor)
      : call.backend.upload(cpu.readSync(tensor.dataId), tensor.shape, tensor.dtype);
    // A kernel may hand an input on as its result.
    if (!copies.some(({ dataId }) => dataId === tensor.dataId)) cpu.disposeData(tensor.dataId, true);
    return result;
  };
  const inputs = mapTensors(call.inputs as never, bring) as never;
  const results = kernel({ inputs, attrs: call.attributes, backend: cpu });
  const fetched = Array.isArray(results) ? results.map(fetchBack) : fetchBack(results);
  // The parts of complex ones come before these, which let go of them.
  for (const { dataId } of copies.toReversed()) cpu.disposeData(dataId, true);
  return fetched;
}

type TensorTree = TensorInfo | null | undefined | TensorTree[] | { [name: string]: TensorTree };

/** Applies a function to each tensor of the inputs: an object of tensors, or of lists of them, or a list. */
function mapTensors(inputs: TensorTree, change: (tensor: TensorInfo) => TensorInfo): TensorTree {
  if (!inputs) return inputs;
  if (Array.isArray(inputs)) return inputs.map((entry) => mapTensors(entry, change));
  if ('dataId' in inputs) return change(inputs as TensorInfo);
  return Object.fromEntries(Object.entries(inputs).map(([name, entry]) => [name, mapTensors(entry, change)]));
}

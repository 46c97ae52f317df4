/** relu and its derivative, applied by the node before where it can do so. */
import { FloatAttribute } from '../runtime/onnx-model.js';
import type { LoweringContext } from './context.js';
import { castValue, elementwise } from './elementwise.js';
import { Value } from './value.js';

/** Operations that are content with the relu of a value: its sign is that of the value where it matters. */
const READERS_OF_RELU = new Set(['Relu', 'Step']);

/**
 * min(1, max(0, 3e38 · x)): the step in one pass, where a comparison gives truths that have to be cast to numbers. NaN
 * stays NaN, as in tfjs; only numbers below 1 / 3e38, which are denormal, come out between 0 and 1.
 */
const STEEP = { alpha: new FloatAttribute(3e38), beta: new FloatAttribute(0) };

/** Returns relu of a value, computed in the same pass as the value where nobody needs the value itself. */
export function reluOf(context: LoweringContext, value: Value): Value {
  value.relu ??= new Value({
    shape: value.shape,
    stored: value.stored,
    dtype: value.dtype,
    meaning: { kind: 'relu', of: value },
    compute: () => computeFused(value) ?? { ...elementwise(context, 'Relu', [value], value.shape, value.dtype).names },
  });
  return value.relu;
}

function computeFused(value: Value) {
  const isOnlyReadAsRelu = !value.isResult && value.consumers.every(({ name }) => READERS_OF_RELU.has(name));
  return value.isDeferred && isOnlyReadAsRelu ? value.computeWithRelu?.() : null;
}

/** Returns whether a value is a relu that would cost a pass of its own; computes it when it costs none. */
export function isReluPending(value: Value): value is Value & { meaning: { kind: 'relu'; of: Value } } {
  if (value.meaning?.kind !== 'relu' || !value.isDeferred) return false;
  const fused = computeFused(value.meaning.of);
  if (!fused) return true;
  for (const [layout, name] of Object.entries(fused)) value.addName(layout as 'natural', name);
  return false;
}

/** Returns 1 where the value is positive and 0 elsewhere; where relu of the value exists, it is read instead. */
export function stepOf(context: LoweringContext, value: Value): Value {
  return new Value({
    shape: value.shape,
    stored: value.stored,
    dtype: 'float32',
    meaning: { kind: 'step', of: value },
    compute: () => {
      const source = castValue(context, value.relu ?? value, 'float32');
      return { ...elementwise(context, 'HardSigmoid', [source], value.shape, 'float32', STEEP).names };
    },
  });
}

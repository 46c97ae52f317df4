import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Optimizer, OptimizerAdam, OptimizerAdamW, OptimizerSgd } from '../../src/config/experiment.js';
import type { Engine } from '../../src/engine/engine.js';
import { startEngine } from '../../src/engine/start-engine.js';
import type { NetworkParameter } from '../../src/model/network-shape.js';
import type { StepPosition } from '../../src/optimizers/optimizer.js';
import { buildOptimizer } from '../../src/optimizers/registry.js';
import { momentumAt } from '../../src/optimizers/sgd.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine('cpu');
});
afterAll(() => engine.dispose());

const GRADIENTS = [0.5, -2, 0.25];
const START = 3;

/** A parameter with one number of a layer with these settings. */
function parameter(path: string, role: 'weight' | 'bias', settings: object = {}): NetworkParameter {
  const initializer = { type: 'zeros' } as const;
  const config = { type: 'dense', units: 1, useBias: true, ...settings } as NetworkParameter['config'];
  return { path, layer: 'a', name: 'x', shape: [1], initializer, fanIn: 1, fanOut: 1, role, config };
}

/** The value after each of three steps with the gradients above, starting at 3. */
function trace(
  config: Optimizer,
  spec: NetworkParameter,
  positions: (step: number) => Partial<StepPosition> = () => ({}),
): number[] {
  const { tf } = engine;
  const optimizer = buildOptimizer(config, [spec]);
  return tf.tidy(() => {
    let value: ReturnType<typeof tf.tensor> = tf.tensor([START]);
    let slots: readonly (typeof value)[] = optimizer.slotNames.map(() => tf.tensor([0]));
    return GRADIENTS.map((number, step) => {
      const inputs = new Map([[spec.path, { value, gradient: tf.tensor([number]), slots }]]);
      const position = { stepsDone: step, epochsDone: 0, rateFactor: 1, ...positions(step) };
      ({ value, slots } = optimizer.update(tf, inputs, (read) => tf.scalar(read(position))).get(spec.path)!);
      return value.dataSync()[0]!;
    });
  });
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  for (const [index, value] of expected.entries()) expect(found[index]).toBeCloseTo(value, 5);
}

const sgd: OptimizerSgd = {
  type: 'sgd',
  learningRate: 0.1,
  momentum: 0.9,
  l2: { value: 0, coupling: 'coupled' },
};

describe('SGD with momentum', () => {
  it('moves by v = m v - rate g', () => {
    // v: -0.05; -0.045 + 0.2 = 0.155; 0.1395 - 0.025 = 0.1145.
    expectClose(trace(sgd, parameter('a/x', 'bias')), [2.95, 3.105, 3.2195]);
  });

  it('adds 2 lambda w to the gradient of weights when coupled', () => {
    // lambda 0.05: g' = 0.5 + 0.3 = 0.8, v = -0.08, w = 2.92; g' = -2 + 0.292 = -1.708, v = -0.072 + 0.1708 = 0.0988.
    const coupled: OptimizerSgd = { ...sgd, l2: { value: 0.05, coupling: 'coupled' } };
    expectClose(trace(coupled, parameter('a/x', 'weight')).slice(0, 2), [2.92, 3.0188]);
  });

  it('shrinks weights by 2 lambda rate w beside the step when decoupled', () => {
    // 2 lambda rate = 0.01: 3 - 0.05 - 0.03 = 2.92; v = 0.155, 2.92 + 0.155 - 0.0292 = 3.0458.
    const decoupled: OptimizerSgd = { ...sgd, l2: { value: 0.05, coupling: 'decoupled' } };
    expectClose(trace(decoupled, parameter('a/x', 'weight')).slice(0, 2), [2.92, 3.0458]);
  });

  it('leaves biases without penalty', () => {
    const coupled: OptimizerSgd = { ...sgd, l2: { value: 0.05, coupling: 'coupled' } };
    expectClose(trace(coupled, parameter('a/x', 'bias')), [2.95, 3.105, 3.2195]);
  });

  it('takes rate, momentum and penalty of the layer where it has its own', () => {
    // rate 1, momentum 0, lambda 0.25: w = 3 - (0.5 + 1.5) = 1; 1 - (-2 + 0.5) = 2.5; 2.5 - (0.25 + 1.25) = 1.
    const spec = parameter('a/x', 'weight', { learningRate: 1, momentum: 0, l2: 0.25 });
    expectClose(trace(sgd, spec), [1, 2.5, 1]);
  });

  it('follows the schedule with every layer', () => {
    const halved = () => ({ rateFactor: 0.5 });
    expectClose(trace(sgd, parameter('a/x', 'bias'), halved), [2.975, 3.0525, 3.10975]);
  });

  it.each([
    [0, 0.5],
    [1, 0.54],
    [5, 0.7],
    [10, 0.9],
    [11, 0.9],
  ])('has ramped from 0.5 towards 0.9 over 10 epochs: after %d epochs to %d', (epochsDone, momentum) => {
    const ramp = { from: 0.5, to: 0.9, rampEpochs: 10 };
    expect(momentumAt(ramp, 0.9, epochsDone)).toBeCloseTo(momentum, 12);
  });

  it('ramps towards the momentum of the layer, also downwards', () => {
    const ramp = { from: 0.5, to: 0.9, rampEpochs: 10 };
    expect(momentumAt(ramp, 0.3, 5)).toBeCloseTo(0.4, 12);
    expect(momentumAt(ramp, 0.3, 20)).toBeCloseTo(0.3, 12);
  });
});

describe('Adam', () => {
  const adam: OptimizerAdam = { type: 'adam', learningRate: 0.1, beta1: 0.9, beta2: 0.98, epsilon: 1e-8, l2: 0.02 };

  /**
   * The update of torch.optim.Adam with `weight_decay` = 2 lambda, in double precision: the penalty is a part of the
   * gradient.
   */
  function expectedTrace(l2: number): number[] {
    let [w, m, v] = [START, 0, 0];
    return GRADIENTS.map((g, index) => {
      const t = index + 1;
      const slope = g + 2 * l2 * w;
      m = 0.9 * m + 0.1 * slope;
      v = 0.98 * v + 0.02 * slope * slope;
      w -= ((0.1 / (1 - 0.9 ** t)) * m) / (Math.sqrt(v / (1 - 0.98 ** t)) + 1e-8);
      return w;
    });
  }

  it('has the penalty go through its moments, as PyTorch and Keras have it', () => {
    expectClose(trace(adam, parameter('a/x', 'weight')), expectedTrace(0.02));
  });

  it('takes the penalty of the layer where it has its own, and none of biases', () => {
    expectClose(trace(adam, parameter('a/x', 'weight', { l2: 0.5 })), expectedTrace(0.5));
    expectClose(trace(adam, parameter('a/x', 'bias', { l2: 0.5 })), expectedTrace(0));
  });
});

describe('AdamW', () => {
  const adamW: OptimizerAdamW = {
    type: 'adamW',
    learningRate: 0.1,
    beta1: 0.9,
    beta2: 0.98,
    epsilon: 1e-8,
    weightDecay: 0.02,
  };

  /** The update of torch.optim.AdamW in double precision: decay first, then the bias-corrected step. */
  function expectedTrace(rate: number, weightDecay: number): number[] {
    let w = START;
    let m = 0;
    let v = 0;
    return GRADIENTS.map((g, index) => {
      const t = index + 1;
      w *= 1 - rate * weightDecay;
      m = 0.9 * m + 0.1 * g;
      v = 0.98 * v + 0.02 * g * g;
      const denominator = Math.sqrt(v) / Math.sqrt(1 - 0.98 ** t) + 1e-8;
      w -= (rate / (1 - 0.9 ** t)) * (m / denominator);
      return w;
    });
  }

  it('makes the steps of PyTorch', () => {
    const values = trace(adamW, parameter('a/x', 'weight'));
    expectClose(values, expectedTrace(0.1, 0.02));
    // The first step is rate x sign of the gradient beside the decay: 3 x 0.998 - 0.1.
    expect(values[0]).toBeCloseTo(2.894, 5);
  });

  it('leaves biases and normalisation without decay', () => {
    expectClose(trace(adamW, parameter('a/x', 'bias')), expectedTrace(0.1, 0));
  });

  it('takes the rate of the layer where it has its own', () => {
    expectClose(trace(adamW, parameter('a/x', 'weight', { learningRate: 0.3 })), expectedTrace(0.3, 0.02));
  });
});

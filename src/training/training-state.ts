// The numbers that training changes, as variables on the engine: weights with running statistics, what the optimizer
// keeps for each of them, and their moving average. The same names stand in checkpoints.
import type { Variable } from '@tensorflow/tfjs';
import { OneshotError } from '../base/problem.js';
import type { TensorFlow } from '../layers/layer.js';
import { TASK_NAME } from '../layers/layer-name.js';
import { sizeOf } from '../layers/shape.js';
import { initializeNetwork } from '../model/initializers.js';
import { type NamedArrays, type NumberArray, withoutPrefix } from '../model/named-arrays.js';
import { createVariable } from '../model/network.js';
import type { NetworkShape } from '../model/network-shape.js';

/** Prefixes of the names in a checkpoint. */
const WEIGHTS = 'weights/';
const OPTIMIZER = 'optimizer/';
const AVERAGE = 'average/';

/** Which arrays a training has. */
export interface StateLayout {
  readonly shape: NetworkShape;
  /** What the optimizer keeps for each learned parameter. */
  readonly slotNames: readonly string[];
  readonly averaged: boolean;
}

export interface TrainingState {
  /** Parameters and running statistics by path. */
  readonly weights: ReadonlyMap<string, Variable>;
  /** The optimizer's arrays of each learned parameter by path, in the order of `slotNames`. */
  readonly slots: ReadonlyMap<string, readonly Variable[]>;
  /** Moving averages of `weights` by path, where there is averaging. */
  readonly averages: ReadonlyMap<string, Variable> | undefined;
  /** Copies of all numbers, by their names in checkpoints. */
  snapshot(): Promise<NamedArrays>;
  dispose(): void;
}

/**
 * The numbers before the first step: drawn weights (or those of `given`), the optimizer's arrays 0, averages equal to the
 * weights.
 */
export function drawInitialState(
  { shape, slotNames, averaged }: StateLayout,
  seed: number,
  given?: NamedArrays,
): NamedArrays {
  const weights = initializeNetwork(shape, seed, given);
  const arrays = new Map<string, NumberArray>();
  for (const [path, array] of weights) arrays.set(WEIGHTS + path, array);
  for (const slot of slotNames)
    for (const { path, shape: parameterShape, role } of shape.parameters)
      if (role !== 'statistic')
        arrays.set(`${OPTIMIZER}${slot}/${path}`, {
          shape: parameterShape,
          values: new Float32Array(sizeOf(parameterShape)),
        });
  if (averaged) for (const [path, array] of weights) arrays.set(AVERAGE + path, array);
  return arrays;
}

/**
 * The weights among a checkpoint's arrays that are evaluated, by path: the averages where there are some, without what
 * only the training task has.
 */
export function selectEvaluatedWeights(arrays: NamedArrays): NamedArrays {
  const averages = withoutPrefix(arrays, AVERAGE);
  const weights = averages.size > 0 ? averages : withoutPrefix(arrays, WEIGHTS);
  return new Map([...weights].filter(([path]) => !path.startsWith(`${TASK_NAME}/`)));
}

/**
 * Variables with the given numbers. Throws a OneshotError 'corrupt' when these are not exactly the arrays of the layout.
 * The caller disposes of the state.
 */
export function uploadState(tf: TensorFlow, layout: StateLayout, arrays: NamedArrays): TrainingState {
  checkArrays(layout, arrays);
  const variables = new Map<string, Variable>();
  for (const [name, array] of arrays)
    variables.set(name, createVariable(tf, array.shape, array.values, name.startsWith(WEIGHTS)));
  const select = (prefix: string) =>
    new Map(layout.shape.parameters.map(({ path }) => [path, variables.get(prefix + path) as Variable]));
  const learned = layout.shape.parameters.filter(({ role }) => role !== 'statistic');

  return {
    weights: select(WEIGHTS),
    slots: new Map(
      learned.map(({ path }) => [
        path,
        layout.slotNames.map((slot) => variables.get(`${OPTIMIZER}${slot}/${path}`) as Variable),
      ]),
    ),
    averages: layout.averaged ? select(AVERAGE) : undefined,
    async snapshot() {
      const numbers = new Map<string, NumberArray>();
      for (const [name, variable] of variables) {
        // Copied, since an engine may use the memory that it handed out again.
        numbers.set(name, { shape: variable.shape, values: (await variable.data<'float32'>()).slice() });
      }
      return numbers;
    },
    dispose: () => {
      for (const variable of variables.values()) variable.dispose();
    },
  };
}

function checkArrays({ shape, slotNames, averaged }: StateLayout, arrays: NamedArrays): void {
  const expected = new Map<string, string>();
  for (const { path, role, shape: parameterShape } of shape.parameters) {
    expected.set(WEIGHTS + path, parameterShape.join());
    if (averaged) expected.set(AVERAGE + path, parameterShape.join());
    if (role !== 'statistic')
      for (const slot of slotNames) expected.set(`${OPTIMIZER}${slot}/${path}`, parameterShape.join());
  }
  for (const [name, expectedShape] of expected) {
    const found = arrays.get(name)?.shape.join();
    if (found === expectedShape) continue;
    const stands = found === undefined ? 'is missing' : `is [${found}]`;
    throw new OneshotError(
      'corrupt',
      `the checkpoint does not fit the training: ${name} ${stands}, not [${expectedShape}]`,
    );
  }
  for (const name of arrays.keys())
    if (!expected.has(name))
      throw new OneshotError('corrupt', `the checkpoint does not fit the training, which has no ${name}`);
}

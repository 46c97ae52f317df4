// The twin network: an encoder and a head, computed over a flat set of named tensors. Both towers go through the
// encoder as one batch, since they share their weights (Koch et al. 2015, section 3.1).
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Variable } from '@tensorflow/tfjs';
import { OneshotError } from '../base/problem.js';
import type { Model } from '../config/experiment.js';
import type { LayerContext, Shape, TensorFlow } from '../layers/layer.js';
import { HEAD_NAME } from '../layers/layer-name.js';
import { layerTypeOf } from '../layers/registry.js';
import { compareAll, comparePairs, compareQueries } from './heads/compare-embeddings.js';
import type { Measure } from './heads/head.js';
import type { NamedArrays, NumberArray } from './named-arrays.js';
import type { NetworkShape } from './network-shape.js';

/** What only training knows: where a layer's random numbers come from and where its statistics go. */
export interface TrainingMode {
  /** Uniform numbers in [0, 1) for a layer, by its name. */
  uniformNoise(layer: string, shape: readonly number[]): Tensor;
  /** Takes the new value of a statistic, by its path. */
  updateStatistic(path: string, value: Tensor): void;
}

/** A network over some set of tensors. It owns none: who made the tensors disposes of them. Results belong to the caller. */
export interface Network {
  readonly shape: NetworkShape;
  /**
   * Embeddings [batch, units] of pictures [batch, height, width, channels] in [0, 1]: ink, or red, green and blue; of a
   * network behind fixed layers, of what these give. Without `training` with running statistics and without dropout.
   */
  embed(images: Tensor, training?: TrainingMode): Tensor2D;
  /** The head's measure [pairs] of aligned embeddings, both [pairs, units]. */
  comparePairs(measure: Measure, a: Tensor2D, b: Tensor2D): Tensor1D;
  /** The head's measure [groups, n, m] of each row [groups, n, units] with each column [groups, m, units] of its group. */
  compareAll(measure: Measure, rows: Tensor3D, columns: Tensor3D): Tensor3D;
  /** Logits [queries, supports] of embeddings [queries, units] and [supports, units], in bounded memory. Not for gradients. */
  scoreQueries(queries: Tensor2D, supports: Tensor2D): Tensor2D;
}

/**
 * The network of `model` computed with the given tensors; `shape` is `describeNetwork(model, imageSize, channels)` and
 * names what `tensors` must hold.
 */
export function buildNetwork(
  tf: TensorFlow,
  model: Model,
  shape: NetworkShape,
  tensors: ReadonlyMap<string, Tensor>,
): Network {
  const contextOf = (layer: string, training: TrainingMode | undefined): LayerContext => ({
    tf,
    training: training !== undefined,
    parameter: (name) => tensors.get(`${layer}/${name}`) as Tensor,
    updateStatistic: (name, value) => training?.updateStatistic(`${layer}/${name}`, value),
    uniformNoise: (noiseShape) => {
      if (training === undefined) throw new OneshotError('internal', `layer ${layer} asks for noise outside training`);
      return training.uniformNoise(layer, noiseShape);
    },
    within: (name) => contextOf(`${layer}/${name}`, training),
  });
  const headContext = contextOf(HEAD_NAME, undefined);
  // A frozen layer computes as it will be evaluated: with running statistics, without dropout.
  const frozen = new Set(model.initialWeights?.frozen);

  return {
    shape,
    embed: (images, training) =>
      tf.tidy(() => {
        let activations: Tensor = images;
        for (const { name, config } of shape.encoder.layers)
          activations = layerTypeOf(config).apply(
            config,
            activations,
            contextOf(name, frozen.has(name) ? undefined : training),
          );
        return tf.reshape(activations, [images.shape[0] as number, shape.encoder.units]) as Tensor2D;
      }),
    comparePairs: (measure, a, b) => tf.tidy(() => comparePairs(model.head, measure, a, b, headContext)),
    compareAll: (measure, rows, columns) => tf.tidy(() => compareAll(model.head, measure, rows, columns, headContext)),
    scoreQueries: (queries, supports) => tf.tidy(() => compareQueries(model.head, queries, supports, headContext)),
  };
}

/**
 * Variables with the given values, one for each parameter of the network, by path. Throws a OneshotError 'corrupt' when
 * one is missing, too many, or of another shape. The caller disposes of them.
 */
export function uploadParameters(tf: TensorFlow, shape: NetworkShape, arrays: NamedArrays): Map<string, Variable> {
  checkParameters(shape, arrays);
  return new Map(
    shape.parameters.map(({ path, role }) => {
      const { shape: arrayShape, values } = arrays.get(path) as NumberArray;
      return [path, createVariable(tf, arrayShape, values, role !== 'statistic')];
    }),
  );
}

/** A variable with a copy of the given values. The caller disposes of it. */
export function createVariable(tf: TensorFlow, shape: Shape, values: Float32Array, trainable = false): Variable {
  // Copied, since some engines keep the array they are given.
  const initial = tf.tensor(values.slice(), [...shape]);
  const variable = tf.variable(initial, trainable);
  initial.dispose(); // The variable holds the data; this was a second reference to it.
  return variable;
}

/** Throws a OneshotError 'corrupt' unless `arrays` are exactly the parameters of the network, each in its shape. */
function checkParameters(shape: NetworkShape, arrays: NamedArrays): void {
  const expected = new Map(shape.parameters.map((parameter) => [parameter.path, parameter.shape]));
  for (const [path, parameterShape] of expected) {
    const found = arrays.get(path)?.shape;
    if (found?.join() === parameterShape.join()) continue;
    const stands = found === undefined ? 'is missing' : `is [${found.join(', ')}]`;
    throw new OneshotError(
      'corrupt',
      `weights do not fit the network: ${path} ${stands}, not [${parameterShape.join(', ')}]`,
    );
  }
  for (const path of arrays.keys()) {
    if (!expected.has(path)) throw new OneshotError('corrupt', `weights do not fit the network: it has no ${path}`);
  }
}

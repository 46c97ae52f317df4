// All optimizers. A new one is a file beside this one, a line here, and an entry in the schema.
import type { Optimizer } from '../config/experiment.js';
import type { NetworkParameter } from '../model/network-shape.js';
import { adam } from './adam.js';
import { adamW } from './adam-w.js';
import type { BuiltOptimizer, OptimizerBuilder } from './optimizer.js';
import { sgd } from './sgd.js';

/** Every optimizer type by its name in the schema. */
const optimizerTypes: {
  readonly [Type in Optimizer['type']]: OptimizerBuilder<Extract<Optimizer, { type: Type }>>;
} = { sgd, adam, adamW };

/** The optimizer for the learned parameters of a network. */
export function buildOptimizer(config: Optimizer, parameters: readonly NetworkParameter[]): BuiltOptimizer {
  return (optimizerTypes[config.type] as OptimizerBuilder<Optimizer>)(config, parameters);
}

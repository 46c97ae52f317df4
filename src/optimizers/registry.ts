// All optimizers. A new one is a file beside this one, a line here, and an entry in the schema.
import type { Optimizer } from '../config/experiment.js';
import type { NetworkParameter } from '../model/network-shape.js';
import { adam } from './adam.js';
import { adamW } from './adam-w.js';
import type { BuiltOptimizer, LayerSetting, OptimizerType } from './optimizer.js';
import { sgd } from './sgd.js';

/** Every optimizer type by its name in the schema. */
const optimizerTypes: {
  readonly [Type in Optimizer['type']]: OptimizerType<Extract<Optimizer, { type: Type }>>;
} = { sgd, adam, adamW };

/** The type of an optimizer, to be called with that same optimizer as its `config`. */
export function optimizerTypeOf(optimizer: Optimizer): OptimizerType<Optimizer> {
  return optimizerTypes[optimizer.type] as OptimizerType<Optimizer>;
}

/** The names of the optimizers that a layer may have a setting of its own for. */
export function optimizerNamesWith(setting: LayerSetting): Optimizer['type'][] {
  return Object.values(optimizerTypes)
    .filter(({ layerSettings }) => layerSettings.includes(setting))
    .map(({ type }) => type);
}

/** The optimizer for the learned parameters of a network. */
export function buildOptimizer(config: Optimizer, parameters: readonly NetworkParameter[]): BuiltOptimizer {
  const type = optimizerTypeOf(config);
  return { slotNames: type.slotNames, update: type.build(config, parameters) };
}

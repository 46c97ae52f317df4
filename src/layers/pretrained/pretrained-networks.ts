// Networks that come with weights: what they consist of. Where their weights are and how they are read stands in
// src/model/pretrained. A new one is a file like efficientnet-lite0.ts, a line here and there, and a word in the schema.
import type { Layer, LayerPretrained } from '../../config/experiment.js';
import { listEfficientNetLite0 } from './efficientnet-lite0.js';

/** Layers of a network that learn or stay together. */
export type PretrainedUnit = readonly Layer[];

const networks: { readonly [Network in LayerPretrained['network']]: () => PretrainedUnit[] } = {
  'efficientnet-lite0': listEfficientNetLite0,
};

const known = new Map<LayerPretrained['network'], readonly PretrainedUnit[]>();

/** The units of a network, first to last. */
export function listUnits(network: LayerPretrained['network']): readonly PretrainedUnit[] {
  const units = known.get(network) ?? networks[network]();
  known.set(network, units);
  return units;
}

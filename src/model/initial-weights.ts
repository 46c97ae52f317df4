// Which layers of a network begin with weights that another one has learned, and whether those fit.
import type { InitialWeights } from '../config/experiment.js';
import type { NetworkShape } from './network-shape.js';

/** The names of a network's layers that have weights, the head's last, each once. */
export function listWeightedLayers({ parameters }: Pick<NetworkShape, 'parameters'>): string[] {
  return [...new Set(parameters.map(({ layer }) => layer))];
}

/** The names of the layers that get given weights. */
export function listTakenLayers(
  { layers }: Pick<InitialWeights, 'layers'>,
  shape: Pick<NetworkShape, 'parameters'>,
): readonly string[] {
  return layers ?? listWeightedLayers(shape);
}

/** An array of a layer that is missing, or has another shape, where the weights come from. */
export interface WeightMisfit {
  readonly layer: string;
  /** In words: `conv1/kernel is [3, 3, 1, 8], not [3, 3, 1, 16]`. */
  readonly found: string;
  /** Whether the other network has nothing of this layer. */
  readonly isMissing: boolean;
}

/** What does not fit of the layers, one for each at most. */
export function findMisfits(
  layers: readonly string[],
  { parameters }: Pick<NetworkShape, 'parameters'>,
  given: ReadonlyMap<string, readonly number[]>,
): WeightMisfit[] {
  const known = new Set([...given.keys()].map((path) => path.slice(0, path.indexOf('/'))));
  return layers.flatMap((layer): WeightMisfit[] => {
    if (!known.has(layer)) return [{ layer, found: `no layer ${layer}`, isMissing: true }];
    for (const { path, layer: owner, shape } of parameters) {
      if (owner !== layer || given.get(path)?.join() === shape.join()) continue;
      const there = given.get(path);
      const found = there === undefined ? `no ${path}` : `${path} of shape [${there.join(', ')}]`;
      return [{ layer, found: `${found}, where this network has [${shape.join(', ')}]`, isMissing: false }];
    }
    return [];
  });
}

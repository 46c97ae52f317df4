// Weights that another network has learned: they are there, they are those that were meant, and they fit this network.
import { findNearestKey } from '../../base/nearest-key.js';
import { OneshotError } from '../../base/problem.js';
import type { Experiment } from '../../config/experiment.js';
import type { ConcretePath } from '../../config/key-path.js';
import { channelsOf } from '../../data/data-sets.js';
import { LayerPlaceError } from '../../layers/place-layers.js';
import { type DescribedWeights, describeWeights } from '../../model/describe-weights.js';
import { findMisfits, listTakenLayers, listWeightedLayers } from '../../model/initial-weights.js';
import { describeNetwork, type NetworkShape } from '../../model/network-shape.js';
import { firstGiven, type Rule, type RuleContext } from '../rule.js';

const SECTION: ConcretePath = ['model', 'initialWeights'];

/** Where weights come from: one place, that can be read, with the weights that were meant. */
export const checkWeightsPlace: Rule = {
  name: 'place of initial weights',
  needs: ['model.initialWeights'],
  check({ model }, { report }) {
    const section = model?.initialWeights;
    if (section === undefined) return;
    const { run, file, digest } = section;
    if (run !== undefined && file !== undefined) {
      report({
        code: 'conflict',
        path: [...SECTION, 'file'],
        at: 'key',
        found: 'file beside run',
        allowed: 'one of them',
      });
      return;
    }
    if (run === undefined && file === undefined) {
      report({
        code: 'missing-key',
        path: SECTION,
        at: 'key',
        found: 'neither run nor file',
        allowed: 'run: the folder of a finished run; or file: a .safetensors file of `oneshot export`',
      });
      return;
    }
    const path = [...SECTION, run === undefined ? 'file' : 'run'];
    const described = tryDescribe(section);
    if (described instanceof OneshotError)
      report({
        code: 'unreadable',
        path,
        found: `${JSON.stringify(run ?? file)}: ${described.message}`,
        allowed: run === undefined ? 'a .safetensors file of `oneshot export`' : 'the folder of a finished run',
        hint: described.hint,
      });
    else if (digest !== undefined && digest !== described.weightHash)
      report({
        code: 'conflict',
        path: [...SECTION, 'digest'],
        found: `${digest.slice(0, 16)}…, and the weights there have ${described.weightHash.slice(0, 16)}…`,
        allowed: 'the weights that were meant',
        hint: 'leave the digest out to take what is there now',
      });
  },
};

/** The layers that get them exist here and there, with the same shapes. */
export const checkWeightsFit: Rule = {
  name: 'initial weights',
  needs: ['model', 'data.imageSize'],
  reads: ['data'],
  check({ model, data }, context) {
    const section = model?.initialWeights;
    if (!section || data?.imageSize === undefined) return;
    const shape = tryPlace(model, data);
    if (shape === undefined) return;
    const own = listWeightedLayers(shape);
    const unknown = reportUnknown(context, 'layers', section.layers ?? [], own);
    const taken = listTakenLayers(section, shape).filter((layer) => !unknown.has(layer));
    reportUnknown(context, 'frozen', section.frozen, taken);

    const described = tryDescribe(section);
    if (described instanceof OneshotError) return;
    for (const { layer, found, isMissing } of findMisfits(taken, shape, described.shapes)) {
      const index = section.layers?.indexOf(layer) ?? -1;
      const fitting = taken.filter((name) => findMisfits([name], shape, described.shapes).length === 0);
      context.report({
        code: 'shape',
        path:
          index >= 0
            ? [...SECTION, 'layers', index]
            : firstGiven(context, [
                [...SECTION, 'run'],
                [...SECTION, 'file'],
              ]),
        found,
        allowed: `layers that are the same there: ${fitting.length === 0 ? 'there are none' : fitting.join(', ')}`,
        hint:
          index >= 0 || fitting.length === 0
            ? undefined
            : `${isMissing ? 'those that are' : 'only those'}: layers: [${fitting.join(', ')}]`,
      });
      if (index < 0) return; // The rest would be said at the same place.
    }
  },
};

/** Reports names that are none of `allowed`; returns them. */
function reportUnknown(
  { report }: RuleContext,
  key: 'layers' | 'frozen',
  names: readonly string[],
  allowed: readonly string[],
): Set<string> {
  const unknown = names.filter((name) => !allowed.includes(name));
  for (const name of unknown)
    report({
      code: 'conflict',
      path: [...SECTION, key, names.indexOf(name)],
      found: JSON.stringify(name),
      allowed: `${key === 'layers' ? 'layers with weights' : 'layers that get weights'}: ${allowed.join(', ')}`,
      nearest: findNearestKey(name, allowed),
    });
  return new Set(unknown);
}

function tryDescribe(
  section: NonNullable<NonNullable<Experiment['model']>['initialWeights']>,
): DescribedWeights | OneshotError {
  try {
    return describeWeights(section);
  } catch (error) {
    if (error instanceof OneshotError) return error;
    return new OneshotError('corrupt', `it cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function tryPlace(
  model: NonNullable<Experiment['model']>,
  data: NonNullable<Experiment['data']>,
): NetworkShape | undefined {
  try {
    return describeNetwork(model, data.imageSize, channelsOf(data));
  } catch (error) {
    if (error instanceof LayerPlaceError) return undefined; // The rule of shapes says it.
    throw error;
  }
}

// The optimizer and the settings that layers have for it.
import type { Experiment } from '../../config/experiment.js';
import type { ConcretePath } from '../../config/key-path.js';
import { listLayerGroups } from '../../layers/list-layers.js';
import { LAYER_SETTINGS } from '../../optimizers/optimizer.js';
import { optimizerNamesWith, optimizerTypeOf } from '../../optimizers/registry.js';
import { type Rule, reportSettings } from '../rule.js';

/** What the optimizer says of its own settings. */
export const checkOptimizer: Rule = {
  name: 'optimizer',
  needs: ['training.optimizer'],
  check({ training }, context) {
    if (!training) return;
    const { optimizer } = training;
    reportSettings(context, ['training', 'optimizer'], optimizerTypeOf(optimizer).findProblems?.(optimizer));
  },
};

/** Layers have settings of their own only for optimizers that know them. */
export const checkLayerSettings: Rule = {
  name: 'layer settings',
  needs: ['training.optimizer.type', 'model'],
  check({ training, model }: Experiment, { report }) {
    if (!training || !model) return;
    const { optimizer } = training;
    const { layerSettings } = optimizerTypeOf(optimizer);
    const unknown = LAYER_SETTINGS.filter((setting) => !layerSettings.includes(setting));
    if (unknown.length === 0) return;
    const places: [ConcretePath, object][] = [
      ...listLayerGroups(model.encoder).flatMap(({ place, layers }) =>
        layers.map((layer, index): [ConcretePath, object] => [['model', 'encoder', ...place, index], layer]),
      ),
      [['model', 'head'], model.head],
    ];
    for (const [path, settings] of places) {
      for (const key of unknown) {
        if (!Object.hasOwn(settings, key)) continue;
        const optimizers = `optimizer ${optimizerNamesWith(key).join(' or ')}`;
        const isDecay = key === 'l2' && Object.hasOwn(optimizer, 'weightDecay');
        report({
          code: 'conflict',
          path: [...path, key],
          at: 'key',
          found: `${key} with optimizer ${optimizer.type}`,
          allowed: isDecay ? `training.optimizer.weightDecay, or ${optimizers}` : optimizers,
        });
      }
    }
  },
};

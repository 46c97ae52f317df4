// The optimizer and the settings that layers have for it.
import type { Experiment } from '../../config/experiment.js';
import type { ConcretePath } from '../../config/key-path.js';
import { listLayerGroups } from '../../layers/list-layers.js';
import type { Rule } from '../rule.js';

/** Momentum rises along its ramp. */
export const checkMomentumRamp: Rule = {
  name: 'momentum ramp',
  needs: ['training.optimizer'],
  check({ training }, { report }) {
    if (training?.optimizer.type !== 'sgd' || typeof training.optimizer.momentum === 'number') return;
    const { from, to } = training.optimizer.momentum;
    if (from <= to) return;
    report({
      code: 'conflict',
      path: ['training', 'optimizer', 'momentum', 'from'],
      found: `${from}, above to: ${to}`,
      allowed: `a number from 0 to ${to}`,
    });
  },
};

/** A layer's own momentum is a setting of SGD, its own L2 penalty one of SGD and Adam. */
export const checkLayerSettings: Rule = {
  name: 'layer settings',
  needs: ['training.optimizer.type', 'model'],
  check({ training, model }: Experiment, { report }) {
    if (!training || !model || training.optimizer.type === 'sgd') return;
    const { type } = training.optimizer;
    const places: [ConcretePath, object][] = [
      ...listLayerGroups(model.encoder).flatMap(({ place, layers }) =>
        layers.map((layer, index): [ConcretePath, object] => [['model', 'encoder', ...place, index], layer]),
      ),
      [['model', 'head'], model.head],
    ];
    for (const [path, settings] of places) {
      for (const key of type === 'adam' ? ['momentum'] : ['momentum', 'l2']) {
        if (!Object.hasOwn(settings, key)) continue;
        report({
          code: 'conflict',
          path: [...path, key],
          at: 'key',
          found: `${key} with optimizer ${type}`,
          allowed: key === 'l2' ? 'training.optimizer.weightDecay, or optimizer sgd or adam' : 'optimizer sgd',
        });
      }
    }
  },
};

// Which sections an experiment needs: data for everything, model and training together, and something to do.
import type { Experiment } from '../../config/experiment.js';
import { DATA_SET_NAMES } from '../../data/data-sets.js';
import type { Rule, RuleContext } from '../rule.js';

/**
 * A network needs both `model` and `training`, unless it has learned elsewhere; without them there are baselines, which
 * need `evaluation`.
 */
export const checkSections: Rule = {
  name: 'sections',
  needs: [],
  reads: ['data', 'model', 'training', 'evaluation', 'baselines'],
  check({ data, model, training, evaluation, baselines }: Experiment, { report, isIntact }: RuleContext) {
    if (!['data', 'model', 'training', 'evaluation', 'baselines'].every((section) => isIntact([section]))) return;
    if (
      model &&
      !training &&
      !(isIntact(['model', 'encoder']) && model.encoder.some(({ type }) => type === 'pretrained' || type === 'file')) &&
      !(isIntact(['model', 'initialWeights']) && model.initialWeights !== undefined)
    ) {
      report({
        code: 'missing-key',
        path: ['model'],
        at: 'key',
        found: 'model without training',
        allowed:
          'model and training together, or a layer `pretrained` or `file` in model.encoder, or model.initialWeights',
      });
    }
    if (training && !model) {
      report({
        code: 'missing-key',
        path: ['training'],
        at: 'key',
        found: 'training without model',
        allowed: 'model and training together',
      });
    }
    const hasWork = model !== undefined || training !== undefined || evaluation.length > 0;
    if (!hasWork) {
      const allowed = 'model and training, or an evaluation of the baselines alone';
      const found =
        data === undefined ? 'no data and nothing to do' : 'nothing to do: no model, no training, no evaluation';
      report({
        code: 'missing-key',
        path: [],
        at: 'key',
        found,
        allowed: data === undefined ? `data with ${allowed}` : allowed,
      });
    } else if (data === undefined) {
      report({
        code: 'missing-key',
        path: [],
        at: 'key',
        found: 'no data',
        allowed: `data: a map with dataset: ${DATA_SET_NAMES.join(', ')}`,
      });
    }
    if (!model && !training && evaluation.length > 0 && baselines.length === 0) {
      report({
        code: 'missing-key',
        path: ['baselines'],
        found: 'no baselines and no model',
        allowed: 'baselines, or model and training',
      });
    }
  },
};

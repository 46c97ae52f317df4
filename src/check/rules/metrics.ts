// Metrics that are watched but never logged.
import { findNearestKey } from '../../base/nearest-key.js';
import type { Rule } from '../rule.js';

/** Metrics that an epoch logs and early stopping can watch; those of `validation/` only where there is a validation. */
const WATCHABLE_METRICS = ['validation/one-shot-accuracy', 'train/loss'];

/** Early stopping watches a metric that is logged. */
export const checkEarlyStopping: Rule = {
  name: 'early stopping',
  needs: ['training.earlyStopping', 'training.validation', 'training.maxEpochs'],
  check({ training }, { report }) {
    if (!training?.earlyStopping) return;
    const { metric } = training.earlyStopping;
    const path = ['training', 'earlyStopping', 'metric'];
    const logged = WATCHABLE_METRICS.filter((name) => training.validation || !name.startsWith('validation/'));
    if (!logged.includes(metric)) {
      const meant = WATCHABLE_METRICS.includes(metric) ? metric : findNearestKey(metric, WATCHABLE_METRICS);
      const isUnvalidated = meant !== undefined && !logged.includes(meant);
      report({
        code: 'metric',
        path,
        found: JSON.stringify(metric),
        allowed: logged.join(', '),
        nearest: meant === metric ? undefined : meant,
        hint: isUnvalidated ? `${meant} is logged only with training.validation` : undefined,
      });
    } else if (
      metric.startsWith('validation/') &&
      training.validation!.everyEpochs > training.maxEpochs &&
      training.maxEpochs > 0
    ) {
      report({
        code: 'metric',
        path: ['training', 'validation', 'everyEpochs'],
        found: String(training.validation!.everyEpochs),
        allowed: `at most training.maxEpochs (${training.maxEpochs})`,
        hint: 'early stopping watches the validation, which would never be reached',
      });
    }
  },
};

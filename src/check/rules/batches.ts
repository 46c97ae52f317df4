// Batches: what the task makes of the selection, and how a batch may be cut.

import { findMicroBatchConflict } from '../../model/micro-batch-size.js';
import { describeBatch } from '../../tasks/describe-batch.js';
import { taskTypeOf } from '../../tasks/registry.js';
import { describeDataOnce } from '../describe-data-once.js';
import { type Rule, reportSettings } from '../rule.js';

/** Batches that the task's own keys decide the size of have no other. */
export const checkBatchSize: Rule = {
  name: 'batch size',
  needs: ['training.task', 'training.batchSize'],
  check({ training }, { report }) {
    if (training?.batchSize === undefined) return;
    const { sizeKeys } = taskTypeOf(training.task);
    if (sizeKeys === undefined) return;
    report({
      code: 'conflict',
      path: ['training', 'batchSize'],
      at: 'key',
      found: `batchSize with task ${training.task.type}`,
      allowed: `${sizeKeys.slice(0, -1).join(', ')} and ${sizeKeys.at(-1)} of training.task`,
    });
  },
};

/** Batch normalisation needs the statistics of whole batches. */
export const checkMicroBatches: Rule = {
  name: 'micro-batches',
  needs: ['training.task', 'training.batchSize', 'training.microBatchSize', 'model.encoder'],
  check({ training, model }, { report }) {
    if (!training || !model) return;
    const { units } = describeBatch(training);
    const conflict = findMicroBatchConflict(training.microBatchSize, units, model.encoder);
    if (conflict === undefined) return;
    report({
      code: 'conflict',
      path: ['training', 'microBatchSize'],
      found: String(training.microBatchSize),
      allowed: `auto, or at least ${units}`,
      hint: conflict,
    });
  },
};

/** What the task says of its own settings. */
export const checkTask: Rule = {
  name: 'task',
  needs: ['training.task'],
  check({ training }, context) {
    if (!training) return;
    reportSettings(context, ['training', 'task'], taskTypeOf(training.task).findProblems?.(training.task));
  },
};

/** What the task says of the training selection. */
export const checkTaskSelection: Rule = {
  name: 'task and selection',
  needs: ['training.task', 'data'],
  check({ training, data }, context) {
    if (!training || !data) return;
    const train = describeDataOnce(data)?.selections.train ?? [];
    if (train.length === 0) return; // a problem of its own
    const { task } = training;
    reportSettings(context, ['training', 'task'], taskTypeOf(task).findSelectionProblems?.(task, train));
  },
};

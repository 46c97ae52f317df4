// The loss, the task that it is of, and the head that it looks at.
import { headTypeOf, headTypes } from '../../model/heads/registry.js';
import { DEFAULT_LOSS, lossNamesWith, lossTypeOf } from '../../model/losses/registry.js';
import { taskNamesWith, taskTypeOf } from '../../tasks/registry.js';
import type { Rule } from '../rule.js';

/** Heads whose distance is none that is learned. */
const headsWithDistances = Object.values(headTypes)
  .filter(({ distances }) => distances !== undefined)
  .map(({ type }) => type);

/** A loss of pairs or triplets belongs to a task that has them. */
export const checkLoss: Rule = {
  name: 'loss',
  needs: ['training.loss', 'training.task'],
  check({ training }, { report }) {
    if (!training || training.loss === DEFAULT_LOSS) return;
    const { loss, task } = training;
    const { of } = lossTypeOf(loss);
    const { losses } = taskTypeOf(task);
    if (losses.includes(of)) return;
    const fitting = lossNamesWith((other) => losses.includes(other.of));
    const tasks = taskNamesWith((type) => type.losses.includes(of));
    report({
      code: 'conflict',
      path: ['training', 'loss'],
      found: `${loss} with task ${task.type}`,
      allowed:
        `${fitting.length > 0 ? fitting.join(', ') : 'no loss: the task has its own'}; or training.task with ` +
        `type: ${tasks.join(', ')}`,
    });
  },
};

/** A loss of distances needs a head that has them, and contrastive loss squares them itself. */
export const checkLossHead: Rule = {
  name: 'loss and head',
  needs: ['training.loss', 'model.head'],
  check({ training, model }, { report }) {
    if (!training || !model || lossTypeOf(training.loss).measure !== 'distances') return;
    const { loss } = training;
    const { head } = model;
    if (headTypeOf(head).distances === undefined) {
      report({
        code: 'conflict',
        path: ['training', 'loss'],
        found: `${loss} with head ${head.type}, whose distance is learned`,
        allowed:
          `${lossNamesWith(({ measure }) => measure === 'logits').join(', ')}, or model.head with type: ` +
          `${headsWithDistances.join(', ')}`,
      });
    } else if (lossTypeOf(loss).squaresDistances && headTypeOf(head).squaresDistances?.(head)) {
      report({
        code: 'conflict',
        path: ['model', 'head', 'squared'],
        found: `true with loss ${loss}`,
        allowed: 'false: the loss squares the distance itself',
      });
    }
  },
};

/** A margin is a setting of the losses of distances. */
export const checkMargin: Rule = {
  name: 'margin',
  needs: ['training.loss', 'training.margin'],
  check({ training }, { report }) {
    if (training?.margin === undefined || lossTypeOf(training.loss).hasMargin) return;
    report({
      code: 'conflict',
      path: ['training', 'margin'],
      at: 'key',
      found: `margin with loss ${training.loss}`,
      allowed: `training.loss ${lossNamesWith(({ hasMargin }) => hasMargin).join(' or ')}, or no margin`,
    });
  },
};

/** Where the task does not train the head, its comparison must be none that is learned. */
export const checkUntrainedHead: Rule = {
  name: 'untrained head',
  needs: ['training.task.type', 'model.head'],
  check({ training, model }, { report }) {
    if (!training || !model || taskTypeOf(training.task).trainsHead) return;
    if (headTypeOf(model.head).distances !== undefined) return;
    report({
      code: 'conflict',
      path: ['model', 'head', 'type'],
      found: `${model.head.type} with task ${training.task.type}, which does not train its weights`,
      allowed: headsWithDistances.join(', '),
    });
  },
};

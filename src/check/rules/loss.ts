// The loss, the task that it is of, and the head that it looks at.
import { headTypeOf, headTypes } from '../../model/heads/registry.js';
import { lossForms } from '../../model/loss-forms.js';
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
    if (!training || training.loss === 'binaryCrossEntropy') return;
    const { loss, task } = training;
    const tasks = lossForms[loss].of === 'triplets' ? ['allPairs'] : ['verification', 'allPairs'];
    if (tasks.includes(task.type)) return;
    const hasPairs = task.type === 'verification';
    report({
      code: 'conflict',
      path: ['training', 'loss'],
      found: `${loss} with task ${task.type}`,
      allowed: `${hasPairs ? 'binaryCrossEntropy, contrastive' : 'no loss: the task has its own'}; or training.task with type: ${tasks.join(', ')}`,
    });
  },
};

/** A loss of distances needs a head that has them, and contrastive loss squares them itself. */
export const checkLossHead: Rule = {
  name: 'loss and head',
  needs: ['training.loss', 'model.head'],
  check({ training, model }, { report }) {
    if (!training || !model || lossForms[training.loss].measure !== 'distances') return;
    const { loss } = training;
    const { head } = model;
    if (headTypeOf(head).distances === undefined) {
      report({
        code: 'conflict',
        path: ['training', 'loss'],
        found: `${loss} with head ${head.type}, whose distance is learned`,
        allowed: `binaryCrossEntropy, or model.head with type: ${headsWithDistances.join(', ')}`,
      });
    } else if (loss === 'contrastive' && head.type === 'l2' && head.squared) {
      report({
        code: 'conflict',
        path: ['model', 'head', 'squared'],
        found: 'true with loss contrastive',
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
    if (training?.margin === undefined || lossForms[training.loss].measure === 'distances') return;
    report({
      code: 'conflict',
      path: ['training', 'margin'],
      at: 'key',
      found: `margin with loss ${training.loss}`,
      allowed: 'training.loss contrastive or triplet, or no margin',
    });
  },
};

/** Classification does not train the head, so its comparison must be none that is learned. */
export const checkClassificationHead: Rule = {
  name: 'classification head',
  needs: ['training.task.type', 'model.head'],
  check({ training, model }, { report }) {
    if (training?.task.type !== 'classification' || !model) return;
    if (headTypeOf(model.head).distances !== undefined) return;
    report({
      code: 'conflict',
      path: ['model', 'head', 'type'],
      found: `${model.head.type} with task classification, which does not train its weights`,
      allowed: headsWithDistances.join(', '),
    });
  },
};

// Batches: what the task makes of the selection, and how a batch may be cut.
import type { AlphabetCount } from '../../data/splits.js';
import { describeBatch, isGroupTask } from '../../model/batch-structure.js';
import { findMicroBatchConflict } from '../../model/micro-batch-size.js';
import { describeDataOnce } from '../describe-data-once.js';
import { firstGiven, type Rule } from '../rule.js';

/** The tasks `allPairs` and `episodes` make their batches of alphabets, characters and drawers. */
export const checkBatchSize: Rule = {
  name: 'batch size',
  needs: ['training.task', 'training.batchSize'],
  check({ training }, { report }) {
    if (training?.batchSize === undefined || !isGroupTask(training.task)) return;
    report({
      code: 'conflict',
      path: ['training', 'batchSize'],
      at: 'key',
      found: `batchSize with task ${training.task.type}`,
      allowed: 'alphabets, characters and drawers of training.task',
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

/** The training selection can fill a batch of groups. */
export const checkGroups: Rule = {
  name: 'groups',
  needs: ['training.task', 'data'],
  check({ training, data }, context) {
    if (!training || !data || !isGroupTask(training.task)) return;
    const { characters, drawers } = training.task;
    const task = ['training', 'task'];
    const train = describeDataOnce(data)?.selections.train ?? [];
    if (train.length === 0) return; // a problem of its own
    const most = train.reduce((sum, alphabet) => sum + alphabet.characters, 0);
    if (characters > most) {
      context.report({
        code: 'episode',
        path: firstGiven(context, [[...task, 'characters'], task]),
        found: `${characters} characters`,
        allowed: `at most ${most}, which the training selection has`,
      });
    }
    const people = fewestDrawers(train);
    if (drawers > people) {
      context.report({
        code: 'episode',
        path: firstGiven(context, [[...task, 'drawers'], task]),
        found: `${drawers} drawers`,
        allowed: `at most ${people}, who drew each character of the training selection`,
      });
    }
  },
};

/** The support of an episode leaves some pictures of each character as queries. */
export const checkSupport: Rule = {
  name: 'support',
  needs: ['training.task'],
  check({ training }, context) {
    if (training?.task.type !== 'episodes') return;
    const { shots, drawers } = training.task;
    if (shots < drawers) return;
    const task = ['training', 'task'];
    context.report({
      code: 'episode',
      path: firstGiven(context, [[...task, 'shots'], [...task, 'drawers'], task]),
      found: `${shots} shots of ${drawers} drawers`,
      allowed: `at most ${drawers - 1} shots: the other pictures of a character are its queries`,
    });
  },
};

/** Pairs of one character take two drawers, pairs of different ones two characters. */
export const checkVerificationPairs: Rule = {
  name: 'verification pairs',
  needs: ['training.task', 'data'],
  check({ training, data }, { report }) {
    if (training?.task.type !== 'verification' || !data) return;
    const train = describeDataOnce(data)?.selections.train ?? [];
    const path = ['training', 'task'];
    if (fewestDrawers(train) < 2) {
      report({
        code: 'episode',
        path,
        found: 'characters by one drawer only',
        allowed: 'two drawers of each character of the training selection',
      });
    }
    const single = train.find(({ characters }) => characters < 2);
    if (single && (training.task.pairs.different === 'within-alphabet' || train.length < 2)) {
      report({
        code: 'episode',
        path,
        found: `${single.name} with a single character`,
        allowed: 'two characters in each alphabet of the training selection',
      });
    }
  },
};

function fewestDrawers(alphabets: readonly AlphabetCount[]): number {
  return Math.min(...alphabets.map(({ drawers }) => drawers));
}

// The data section: sizes, what its data set says of it, and something to train on.
import { explainNothingToTrain, findDataProblems } from '../../data/data-sets.js';
import { describeDataOnce, findDataFailure } from '../describe-data-once.js';
import { type Rule, reportSettings } from '../rule.js';

/** Pictures are kept at least as large as the network sees them. */
export const checkSourceSize: Rule = {
  name: 'source size',
  needs: ['data.sourceSize', 'data.imageSize'],
  check({ data }, { report }) {
    if (data?.sourceSize === undefined || data.imageSize === undefined || data.sourceSize >= data.imageSize) return;
    report({
      code: 'conflict',
      path: ['data', 'sourceSize'],
      found: String(data.sourceSize),
      allowed: `at least data.imageSize (${data.imageSize})`,
    });
  },
};

/** What the data set says of its own settings. */
export const checkDataSet: Rule = {
  name: 'data set',
  needs: ['data'],
  check({ data }, context) {
    if (data) reportSettings(context, ['data'], findDataProblems(data, findDataFailure(data)));
  },
};

/** Training has pictures: validation and test leave it something. */
export const checkTrainingSelection: Rule = {
  name: 'training selection',
  needs: ['training', 'data'],
  check({ training, data }, context) {
    if (!training || !data || describeDataOnce(data)?.selections.train.length !== 0) return;
    reportSettings(context, ['data'], [{ code: 'episode', ...explainNothingToTrain(data) }]);
  },
};

// The augmentation section.
import type { Augmentation } from '../../config/experiment.js';
import { taskNamesWith, taskTypeOf } from '../../tasks/registry.js';
import type { Rule } from '../rule.js';

/** Distorted copies and distortion on the fly exclude each other. */
export const checkCopiesOrProbability: Rule = {
  name: 'copies or probability',
  needs: ['augmentation.affine'],
  check({ augmentation }, { report }) {
    const { copies, probability } = augmentation.affine ?? {};
    if (copies === undefined || probability === undefined) return;
    report({
      code: 'conflict',
      path: ['augmentation', 'affine', 'probability'],
      at: 'key',
      found: 'probability beside copies',
      allowed: 'one of copies, probability',
    });
  },
};

/** The lower end of a range is not above the upper one. */
export const checkScaleRange = checkRange(
  'scale range',
  ['augmentation', 'affine', 'scale'],
  ({ affine }) => affine?.scale,
);

export const checkDilationRange = checkRange(
  'dilation range',
  ['augmentation', 'dilation', 'radius'],
  ({ dilation }) => dilation?.radius,
);

function checkRange(
  name: string,
  path: readonly string[],
  rangeOf: (augmentation: Augmentation) => readonly [number, number] | undefined,
): Rule {
  return {
    name,
    needs: [path.join('.')],
    check({ augmentation }, { report, isGiven }) {
      const [low, high] = rangeOf(augmentation) ?? [0, 0];
      if (low <= high) return;
      report({
        code: 'conflict',
        path: isGiven([...path, 0]) ? [...path, 0] : [...path],
        found: `a range from ${low} to ${high}`,
        allowed: '[low, high] with low at most high',
      });
    },
  };
}

/** Rotations as classes are for tasks with classes, not with pairs. */
export const checkRotationClasses: Rule = {
  name: 'rotation classes',
  needs: ['augmentation.rotationClasses', 'training.task'],
  check({ augmentation, training }, { report }) {
    if (!augmentation.rotationClasses || !training || taskTypeOf(training.task).truth === 'classes') return;
    const tasks = taskNamesWith(({ truth }) => truth === 'classes');
    report({
      code: 'conflict',
      path: ['augmentation', 'rotationClasses'],
      found: `true with task ${training.task.type}`,
      allowed: `false, or training.task with type: ${tasks.join(', ')}`,
    });
  },
};

/** Copies of test-time augmentation use the distortions of `augmentation`, so there must be some. */
export const checkTestTimeAugmentation: Rule = {
  name: 'test-time augmentation',
  needs: ['augmentation'],
  reads: ['evaluation'],
  check({ augmentation, evaluation }, { report, isSound }) {
    if (augmentation.affine || augmentation.elastic || augmentation.dilation || !isSound(['evaluation'])) return;
    evaluation.forEach((protocol, index) => {
      if (!('testTimeAugmentation' in protocol && protocol.testTimeAugmentation?.copies)) return;
      report({
        code: 'conflict',
        path: ['evaluation', index, 'testTimeAugmentation'],
        at: 'key',
        found: 'testTimeAugmentation without distortions',
        allowed: 'augmentation with affine, elastic or dilation, or copies: 0 with rotations: true',
      });
    });
  },
};

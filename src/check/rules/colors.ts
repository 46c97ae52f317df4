// Colour pictures and ink: what is made for one of them is not asked of the other.
import { channelsOf } from '../../data/data-sets.js';
import type { Rule } from '../rule.js';

/** Baselines that compare pixels of any kind. */
const COLOUR_BASELINES = ['nearestNeighbourEuclidean', 'nearestNeighbourCosine', 'chance'];

/** Colours are changed where there are some. */
export const checkColorJitter: Rule = {
  name: 'color jitter',
  needs: ['augmentation.colorJitter'],
  reads: ['data'],
  check({ augmentation, data }, { report, isSound }) {
    if (augmentation.colorJitter === undefined || !isSound(['data']) || channelsOf(data) === 3) return;
    report({
      code: 'conflict',
      path: ['augmentation', 'colorJitter'],
      at: 'key',
      found: 'colorJitter with pictures of one channel',
      allowed: 'data.color: rgb (data set folder), or no colorJitter',
    });
  },
};

/** Strokes are of ink. */
export const checkStrokes = checkOfInk('strokes');

/** A wider pen is one of ink. */
export const checkDilation = checkOfInk('dilation');

function checkOfInk(key: 'strokes' | 'dilation'): Rule {
  return {
    name: `${key} of ink`,
    needs: [`augmentation.${key}`],
    reads: ['data'],
    check({ augmentation, data }, { report, isSound }) {
      if (augmentation[key] === undefined || !isSound(['data']) || channelsOf(data) === 1) return;
      report({
        code: 'conflict',
        path: ['augmentation', key],
        at: 'key',
        found: `${key} with colour pictures`,
        allowed: `pictures of ink (data.color: grey), or no ${key}`,
      });
    },
  };
}

/** What compares ink, or brings ink of its own, is not asked of colour pictures. */
export const checkInkOnly: Rule = {
  name: 'ink only',
  needs: ['data'],
  reads: ['baselines', 'evaluation'],
  check({ data, baselines, evaluation }, { report, isSound }) {
    if (!data || channelsOf(data) === 1) return;
    const found = 'with colour pictures';
    if (isSound(['baselines'])) {
      baselines.forEach((baseline, index) => {
        if (COLOUR_BASELINES.includes(baseline.type)) return;
        report({
          code: 'conflict',
          path: ['baselines', index],
          found: `${baseline.type} ${found}`,
          allowed: `${COLOUR_BASELINES.join(', ')}; or data.color: grey`,
          hint: 'it looks at ink on paper',
        });
      });
    }
    if (!isSound(['evaluation'])) return;
    evaluation.forEach(({ protocol }, index) => {
      if (protocol !== 'mnist') return;
      report({
        code: 'conflict',
        path: ['evaluation', index, 'protocol'],
        found: `mnist ${found}`,
        allowed: 'within-alphabet, cross-alphabet; or data.color: grey',
        hint: 'MNIST is ink on paper',
      });
    });
  },
};

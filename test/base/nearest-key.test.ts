import { expect, test } from 'vitest';
import { findNearestKey } from '../../src/base/nearest-key.js';

test.each([
  ['filtres', ['filters', 'kernelSize'], 'filters'],
  ['decayPerEpoc', ['decayPerEpoch', 'type'], 'decayPerEpoch'],
  ['LearningRate', ['learningRate', 'momentum'], 'learningRate'],
  ['colour', ['filters', 'kernelSize'], undefined],
  ['xy', ['ab'], undefined],
  ['', ['name'], undefined],
])('the name nearest to %j among %j is %j', (found, allowed, nearest) => {
  expect(findNearestKey(found, allowed)).toBe(nearest);
});

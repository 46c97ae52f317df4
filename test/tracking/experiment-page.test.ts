import { expect, test } from 'vitest';
import { composeExperimentAddress, featuresOfPage } from '../../src/tracking/experiment-page.js';

// Read in the pages of these versions: `e.Runs="runs"` among the tabs of an experiment; "Invalid saved-view envelope".
test.each([
  ['3.0.1', false, false],
  ['3.1.0', false, false],
  ['3.2.0', true, false],
  ['3.14.0', true, false],
  ['3.15.0', true, true],
  ['3.17.2', true, true],
  ['4.0.0', true, true],
  ['a version of its own', true, true],
])('the page of MLflow %s has an address of runs: %s, named views: %s', (version, hasRunsPage, hasNamedViews) => {
  const features = featuresOfPage(version);
  expect(features).toEqual({ hasRunsPage, hasNamedViews });
  expect(composeExperimentAddress('http://host:5000', '7', features)).toBe(
    `http://host:5000/#/experiments/7${hasRunsPage ? '/runs' : ''}?workflowType=machine_learning`,
  );
});

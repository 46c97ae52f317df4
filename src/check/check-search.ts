// What is wrong with a searched sweep apart from its key paths and values: its parameters, its metric, its budget.
import type { Experiment } from '../config/experiment.js';
import type { ConcretePath } from '../config/key-path.js';
import type { SearchedSweep } from '../plan/expand-sweep.js';
import { readSearchSpace } from '../plan/search/read-search-space.js';
import { MAX_SOBOL_DIMENSIONS } from '../plan/search/sobol-sequence.js';
import type { PathFault } from './sweep-paths.js';

/** A mistake at a place of the file. */
export interface SearchFault extends PathFault {
  readonly path: ConcretePath;
  readonly at: 'key' | 'value';
}

/** All mistakes of the settings of a search. `isSound` says which paths can be relied on. */
export function findSearchFaults(
  sweep: SearchedSweep,
  experiment: Experiment,
  isSound: (path: ConcretePath) => boolean,
): SearchFault[] {
  return [
    ...findParameterFaults(sweep),
    ...findMetricFaults(sweep, experiment, isSound),
    ...findBudgetFaults(sweep, experiment, isSound),
  ];
}

function findParameterFaults({ method, parameters }: SearchedSweep): SearchFault[] {
  const path = ['sweep', 'parameters'];
  const faults = readSearchSpace(parameters).problems.map(({ at, ...fault }): SearchFault => {
    const isKey = fault.found.startsWith('key ') || fault.found.startsWith('path ');
    return { ...fault, path: [...path, ...at], at: isKey ? 'key' : 'value' };
  });
  const count = Object.keys(parameters).length;
  if (method === 'sobol' && count > MAX_SOBOL_DIMENSIONS) {
    faults.push({
      path,
      at: 'key',
      found: `${count} parameters`,
      allowed: `at most ${MAX_SOBOL_DIMENSIONS} of a Sobol sequence`,
      hint: 'method: random takes any number',
    });
  }
  return faults;
}

function findMetricFaults(
  { metric }: SearchedSweep,
  { training, model }: Experiment,
  isSound: (path: ConcretePath) => boolean,
): SearchFault[] {
  if (!isSound(['training']) || !isSound(['model']) || !isSound(['sweep', 'metric'])) return [];
  const path = ['sweep', 'metric'];
  const found = JSON.stringify(metric);
  if (training === undefined || model === undefined)
    return [{ path, at: 'value', found, allowed: 'a metric of a training, and there is none' }];
  if (metric.startsWith('validation/') && training.validation === undefined) {
    return [
      { path, at: 'value', found, allowed: 'train/loss', hint: `${metric} is logged only with training.validation` },
    ];
  }
  return [];
}

function findBudgetFaults(
  { maxTrials }: SearchedSweep,
  { seeds }: Experiment,
  isSound: (path: ConcretePath) => boolean,
): SearchFault[] {
  if (!isSound(['seeds']) || !isSound(['sweep', 'maxTrials']) || maxTrials >= seeds.length) return [];
  return [
    {
      path: ['sweep', 'maxTrials'],
      at: 'value',
      found: String(maxTrials),
      allowed: `at least ${seeds.length}: one point with each of the seeds`,
    },
  ];
}

// From one checked experiment to its ordered list of trials: the plan. Pure: no files, no clock.

import { stableHash } from '../base/stable-hash.js';
import type { Experiment } from '../config/experiment.js';
import { expandSweep, isSearched } from './expand-sweep.js';
import { type HalvingSettings, readHalving } from './halving.js';
import { makeTrials } from './make-trials.js';
import { createSearchSweep, type SearchSweep } from './search-sweep.js';
import type { PlanSurroundings, Trial } from './trial.js';
import { shortenPaths } from './trial-name.js';

export interface Plan {
  readonly experiment: Experiment;
  /** Of a listed sweep: its points in the order of the file, seeds innermost. Empty where a search proposes them. */
  readonly trials: readonly Trial[];
  /** What proposes the trials where they are not listed. */
  readonly search?: SearchSweep;
  /** What decides which trials are trained further, where not all run to their end. */
  readonly halving?: HalvingSettings;
  /** 64 hex digits: the same sweep has the same trials, or the same search. What it is allowed to spend is no part of it. */
  readonly fingerprint: string;
}

/** The plan of a checked experiment. */
export function planTrials(experiment: Experiment, { digestInputs, isFeasible, changes = [] }: PlanSurroundings): Plan {
  const digestOnce = rememberDigests(digestInputs);
  const halving = readHalving(experiment);
  const decided = halving === undefined ? {} : { halving };
  if (isSearched(experiment.sweep)) {
    const search = createSearchSweep(experiment, experiment.sweep, { digestInputs: digestOnce, isFeasible, changes });
    return { experiment, trials: [], search, ...decided, fingerprint: search.fingerprint };
  }
  const points = expandSweep(experiment);
  const swept = new Set(points.flatMap((point) => point.assignments.map(({ path }) => path)));
  const changed = changes.filter(({ path }) => !swept.has(path));
  const shortPaths = shortenPaths([...swept, ...changed.map(({ path }) => path)]);
  const naming = { shortPaths, changes: changed };
  const trials = points.flatMap((point) => makeTrials(point, experiment.seeds, naming, digestOnce));
  const hashes = trials.map(({ fingerprints }) => fingerprints.training);
  const fingerprint = stableHash(halving === undefined ? hashes : { trials: hashes, halving });
  return { experiment, trials, ...decided, fingerprint };
}

function rememberDigests(digestInputs: PlanSurroundings['digestInputs']): PlanSurroundings['digestInputs'] {
  const digests = new Map<Experiment['data'], Map<Experiment['model'], string>>();
  return ({ data, model }) => {
    const ofData = digests.get(data) ?? new Map<Experiment['model'], string>();
    digests.set(data, ofData);
    const digest = ofData.get(model) ?? digestInputs({ data, model });
    ofData.set(model, digest);
    return digest;
  };
}

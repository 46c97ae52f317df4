// From one checked experiment to its ordered list of trials: the plan. Pure: no files, no clock.

import { stableHash } from '../base/stable-hash.js';
import type { Experiment } from '../config/experiment.js';
import { expandSweep, isSearched, type SweepPoint } from './expand-sweep.js';
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
export function planTrials(experiment: Experiment, surroundings: PlanSurroundings): Plan {
  const { changes = [] } = surroundings;
  const around = { ...surroundings, digestData: rememberDigests(surroundings.digestData) };
  const halving = readHalving(experiment);
  const decided = halving === undefined ? {} : { halving };
  if (isSearched(experiment.sweep)) {
    const search = createSearchSweep(experiment, experiment.sweep, around);
    return { experiment, trials: [], search, ...decided, fingerprint: search.fingerprint };
  }
  const points = expandSweep(experiment);
  const swept = new Set(points.flatMap((point) => point.assignments.map(({ path }) => path)));
  const changed = changes.filter(({ path }) => !swept.has(path));
  const shortPaths = shortenPaths([...swept, ...changed.map(({ path }) => path)]);
  const naming = { shortPaths, changes: changed };
  const trials = points.flatMap((point) => makeTrials(point, seedsOf(point, experiment), naming, around));
  const hashes = trials.map(({ fingerprints }) => fingerprints.training);
  const fingerprint = stableHash(halving === undefined ? hashes : { trials: hashes, halving });
  return { experiment, trials, ...decided, fingerprint };
}

// A listed point that learns nothing answers the same with every seed.
function seedsOf(point: SweepPoint, { seeds, sweep }: Experiment): readonly number[] {
  return sweep?.method === 'list' && point.experiment.model === undefined ? seeds.slice(0, 1) : seeds;
}

function rememberDigests(digestData: PlanSurroundings['digestData']): PlanSurroundings['digestData'] {
  const digests = new Map<Experiment['data'], string>();
  return (section) => {
    let digest = digests.get(section);
    if (digest === undefined) {
      digest = digestData(section);
      digests.set(section, digest);
    }
    return digest;
  };
}

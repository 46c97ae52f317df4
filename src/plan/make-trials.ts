// From one point of a sweep to its trials.
import type { Experiment } from '../config/experiment.js';
import type { SweepPoint } from './expand-sweep.js';
import { makePointFingerprints } from './fingerprint.js';
import type { Assignment, PlanSurroundings, Trial } from './trial.js';
import { nameTrial } from './trial-name.js';

/** What names are made with. */
export interface TrialNaming {
  readonly shortPaths: ReadonlyMap<string, string>;
  /** What the command line changed, for all points alike. */
  readonly changes: readonly Assignment[];
}

/** The trials of one point, one for each seed. */
export function makeTrials(
  point: SweepPoint,
  seeds: readonly number[],
  { shortPaths, changes }: TrialNaming,
  { digestData, pinWeights = asItIs }: Pick<PlanSurroundings, 'digestData' | 'pinWeights'>,
): Trial[] {
  const dataDigest = digestData(point.experiment.data);
  const experiment = pinWeights(point.experiment);
  const fingerprint = makePointFingerprints(experiment, dataDigest);
  return seeds.map((seed): Trial => {
    const fingerprints = fingerprint(seed);
    const id = fingerprints.training.slice(0, 8);
    const name = nameTrial([...changes, ...point.assignments], seed, shortPaths);
    return {
      id,
      name,
      folder: `${name}-${id}`,
      seed,
      assignments: point.assignments,
      experiment: { ...experiment, seeds: [seed] },
      fingerprints,
    };
  });
}

const asItIs = (experiment: Experiment) => experiment;

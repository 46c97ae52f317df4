// A plan for programs: its trials, what is left to do of each, and what they cost.
import type { HalvingSettings } from '../plan/halving.js';
import type { Plan } from '../plan/plan-trials.js';
import { listFirstProposals, type SearchSweep } from '../plan/search-sweep.js';
import type { Trial } from '../plan/trial.js';
import { estimateTrialCost, type TrialCost } from '../run/trial-cost.js';
import { findRun, indexRunFolders, type RunProgress } from './prepare-run.js';

/** Proposals of a search that are listed. */
const MOST_PROPOSALS = 10;

/** A trial with what its folder holds and what it costs. */
export interface PlannedTrial {
  readonly trial: Trial;
  readonly progress: RunProgress;
  readonly folder: string;
  /** Undefined where nothing is trained. */
  readonly cost: TrialCost | undefined;
}

/** A trial of a plan, for programs. */
export interface TrialDescription extends Pick<Trial, 'id' | 'name' | 'seed' | 'assignments' | 'fingerprints'> {
  readonly folder: string;
  readonly progress: RunProgress;
  readonly cost: TrialCost | null;
}

/** What a search is asked for. */
export interface SearchDescription {
  readonly method: string;
  readonly metric: string;
  readonly goal: 'minimize' | 'maximize';
  readonly maxPoints: number;
  readonly seeds: number;
  readonly maxTrials: number;
  readonly maxHours: number | null;
}

/** A plan for programs: `oneshot plan --json`, but for the time. */
export interface PlanDescription {
  readonly experiment: string;
  readonly search?: SearchDescription;
  readonly halving?: HalvingSettings;
  /** Of a search those of its first proposals. */
  readonly trials: readonly TrialDescription[];
}

/** The trials of a list, or those of the proposals that are known beforehand, with their folders below `experimentFolder`. */
export function listPlannedTrials({ trials, search }: Plan, experimentFolder: string): PlannedTrial[] {
  const known =
    search === undefined
      ? trials
      : listFirstProposals(search, MOST_PROPOSALS).flatMap((point) => search.trialsOf(point));
  const index = indexRunFolders(experimentFolder);
  // Costs depend on shapes and sizes, so trials that differ in neither share one.
  const costs = new Map<string, TrialCost | undefined>();
  return known.map((trial) => {
    const key = trial.fingerprints.config;
    if (!costs.has(key)) costs.set(key, estimateTrialCost(trial.experiment));
    return { trial, ...findRun(experimentFolder, trial, index), cost: costs.get(key) };
  });
}

/** Floating-point operations of the trials that are not finished. */
export function countFlopsLeft(trials: readonly PlannedTrial[]): number {
  return trials
    .filter(({ progress }) => progress !== 'finished')
    .reduce((sum, { cost }) => sum + (cost === undefined ? 0 : cost.flopsPerStep * cost.steps), 0);
}

/** The plan with these trials. */
export function describePlan({ experiment, search, halving }: Plan, trials: readonly PlannedTrial[]): PlanDescription {
  return {
    experiment: experiment.name,
    ...(search === undefined ? {} : { search: describeSearch(search, experiment.seeds.length) }),
    ...(halving === undefined ? {} : { halving }),
    trials: trials.map(({ trial: { id, name, seed, assignments, fingerprints }, progress, folder, cost }) => ({
      id,
      name,
      folder,
      progress,
      seed,
      assignments,
      fingerprints,
      cost: cost ?? null,
    })),
  };
}

function describeSearch({ settings, maxPoints, goal }: SearchSweep, seeds: number): SearchDescription {
  const { method, metric, maxTrials, maxHours } = settings;
  return { method, metric, goal, maxPoints, seeds, maxTrials, maxHours: maxHours ?? null };
}

// From the sweep of an experiment to its points: what varies and the experiment that results. Pure; seeds come in plan-trials.ts.
// Points that a search proposes one after the other come from search-sweep.ts.
import { createValueAssigner } from '../config/assign-values.js';
import type {
  Experiment,
  Sweep,
  SweepGrid,
  SweepList,
  SweepRandom,
  SweepSobol,
  SweepTpe,
} from '../config/experiment.js';
import type { Assignment } from './trial.js';

/** A sweep whose points stand in the file. */
export type ListedSweep = SweepGrid | SweepList;

/** A sweep whose points a search proposes. */
export type SearchedSweep = SweepRandom | SweepSobol | SweepTpe;

/** Whether a search proposes the points of a sweep. */
export function isSearched(sweep: Sweep | undefined): sweep is SearchedSweep {
  return sweep !== undefined && sweep.method !== 'grid' && sweep.method !== 'list';
}

/** One point of a sweep. */
export interface SweepPoint {
  /** In the order of the file. */
  readonly assignments: readonly Assignment[];
  /** Resolved, without `sweep`; deeply frozen. */
  readonly experiment: Experiment;
}

/**
 * The points of a checked experiment: of a grid every combination, the last parameter varies fastest; of a list its
 * points in order. One point without assignments where there is no sweep, none where a search proposes them.
 */
export function expandSweep(experiment: Experiment): SweepPoint[] {
  const { sweep, ...base } = experiment;
  if (isSearched(sweep)) return [];
  const assign = createValueAssigner(base);
  return listAssignments(sweep).map((assignments) => ({ assignments, experiment: assign(assignments).experiment }));
}

/** What each point assigns, in the order of the points. */
export function listAssignments(sweep: ListedSweep | undefined): (readonly Assignment[])[] {
  if (sweep === undefined) return [[]];
  if (sweep.method === 'list') {
    return sweep.points.map((point) => Object.entries(point).map(([path, value]) => ({ path, value })));
  }
  let points: (readonly Assignment[])[] = [[]];
  for (const [path, values] of Object.entries(sweep.parameters)) {
    points = points.flatMap((point) => values.map((value) => [...point, { path, value }]));
  }
  return points;
}

/** How many points a sweep has, without listing them. */
export function countSweepPoints(sweep: ListedSweep | undefined): number {
  if (sweep === undefined) return 1;
  if (sweep.method === 'list') return sweep.points.length;
  return Object.values(sweep.parameters).reduce((product, values) => product * values.length, 1);
}

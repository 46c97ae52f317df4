// A sweep whose points a search proposes one after the other: joins a strategy of search/ with experiments and trials.
// Pure: what was asked and told before comes in as an argument, from the event log that src/launch keeps.
import { stableHash } from '../base/stable-hash.js';
import { partition } from '../config/affects.js';
import { createValueAssigner } from '../config/assign-values.js';
import type { Experiment } from '../config/experiment.js';
import type { SearchedSweep } from './expand-sweep.js';
import { NUMERICS_VERSION } from './fingerprint.js';
import { makeTrials } from './make-trials.js';
import { createStrategy } from './search/create-strategy.js';
import { readSearchSpace } from './search/read-search-space.js';
import type { SearchPoint, SearchSpace } from './search/search-space.js';
import type { AskedPoint, SearchSettings } from './search/search-strategy.js';
import type { PlanSurroundings, Trial } from './trial.js';
import { shortenPaths } from './trial-name.js';

export interface SearchSweep {
  readonly settings: SearchedSweep;
  /** 64 hex digits over what decides which points are proposed and what their trials are; neither `maxTrials` nor `maxHours`. */
  readonly fingerprint: string;
  readonly goal: 'minimize' | 'maximize';
  /** Points at most: `maxTrials` divided by the seeds. */
  readonly maxPoints: number;
  /** Whether the proposals depend on what has finished; then only the first ones are known beforehand. */
  readonly learns: boolean;
  /**
   * The next point after those asked, `wait` where it depends on points that are still pending, or undefined when there
   * is none left.
   */
  propose(asked: readonly AskedPoint[]): SearchPoint | 'wait' | undefined;
  /** The trials of a point, one for each seed. */
  trialsOf(point: SearchPoint): Trial[];
}

/** The search that the checked sweep of an experiment describes. */
export function createSearchSweep(
  experiment: Experiment,
  settings: SearchedSweep,
  surroundings: PlanSurroundings,
): SearchSweep {
  const { isFeasible, changes = [] } = surroundings;
  const { sweep: _, ...base } = experiment;
  const space = spaceOf(settings);
  const goal = goalOf(settings);
  const assign = createValueAssigner(base);
  const assignPoint = (point: SearchPoint) => assign(listAssignmentsOf(point));
  const strategy = createStrategy(strategySettings(settings, goal), space, settings.seed, (point) => {
    const { experiment: assigned, invalidSections } = assignPoint(point);
    return invalidSections.length === 0 && isFeasible(assigned);
  });
  const searched = space.parameters.map(({ path }) => path);
  const changed = changes.filter(({ path }) => !searched.includes(path));
  const shortPaths = shortenPaths([...searched, ...changed.map(({ path }) => path)]);
  const maxPoints = Math.floor(settings.maxTrials / experiment.seeds.length);
  const batchSize = settings.method === 'tpe' ? settings.batchSize : undefined;

  return {
    settings,
    fingerprint: fingerprintOf(experiment, settings, surroundings),
    goal,
    maxPoints,
    learns: settings.method === 'tpe',
    propose(asked) {
      if (asked.length >= maxPoints) return undefined;
      if (batchSize === undefined) return strategy.ask(asked);
      const batchStart = asked.length - (asked.length % batchSize);
      if (asked.slice(0, batchStart).some(({ outcome }) => outcome === undefined)) return 'wait';
      // Members of a batch do not see how the others ended, so it does not matter how many have ended by now.
      return strategy.ask(asked.map((point, at) => (at < batchStart ? point : { ...point, outcome: undefined })));
    },
    trialsOf(point) {
      const assignments = listAssignmentsOf(point);
      return makeTrials(
        { assignments, experiment: assign(assignments).experiment },
        experiment.seeds,
        { shortPaths, changes: changed },
        surroundings,
      );
    },
  };
}

/**
 * The proposals that are known before anything has run, `limit` at most: all of a search that does not learn, the first
 * ones of one that does.
 */
export function listFirstProposals(search: SearchSweep, limit: number): SearchPoint[] {
  const { settings } = search;
  const known =
    settings.method === 'tpe' ? Math.min(limit, settings.startupPoints, settings.batchSize ?? limit) : limit;
  const asked: AskedPoint[] = [];
  while (asked.length < known) {
    const point = search.propose(asked);
    if (point === undefined || point === 'wait') break;
    asked.push({ point, outcome: undefined });
  }
  return asked.map(({ point }) => point);
}

/** The direction that a searched sweep names, or that of its metric. */
function goalOf({ goal, metric }: SearchedSweep): 'minimize' | 'maximize' {
  return goal ?? (metric === 'train/loss' ? 'minimize' : 'maximize');
}

function spaceOf({ parameters }: SearchedSweep): SearchSpace {
  const { space, problems } = readSearchSpace(parameters);
  if (space === undefined) throw new RangeError(`a sweep that was not checked: ${problems[0]?.found}`);
  return space;
}

function strategySettings(settings: SearchedSweep, goal: 'minimize' | 'maximize'): SearchSettings {
  if (settings.method !== 'tpe') return { method: settings.method };
  const { method, startupPoints, candidates } = settings;
  return { method, goal, startupPoints, candidates };
}

function listAssignmentsOf(point: SearchPoint) {
  return Object.entries(point).map(([path, value]) => ({ path, value }));
}

function fingerprintOf(
  experiment: Experiment,
  { maxTrials: _, maxHours: __, ...settings }: SearchedSweep,
  { digestData, pinWeights }: PlanSurroundings,
): string {
  const { training } = partition(pinWeights?.(experiment) ?? experiment);
  return stableHash({
    settings,
    training,
    seeds: experiment.seeds,
    data: digestData(experiment.data),
    numerics: NUMERICS_VERSION,
  });
}

// What an accuracy cost: processor time and pictures seen, of the networks of a report.
import type { Experiment } from '../../config/experiment.js';
import { estimateTrialCost } from '../../run/trial-cost.js';
import type { Measurement } from '../group-runs.js';
import { hasNetwork, type ReportRun } from '../load-runs.js';
import { nameSystem } from '../names.js';
import type { Headline } from './headline.js';
import { findParetoFront } from './pareto-front.js';

/** What one network took, or one ensemble with all its members: the mean over seeds. */
export interface Cost {
  /** Minutes of one core, for training and evaluation together, whatever else the machine did. */
  readonly coreMinutes: number;
  /** Pictures that training was shown, each distorted copy counted; undefined where nothing was trained here. */
  readonly pictures: number | undefined;
  /** Learned numbers of one network; undefined where they cannot be told, and of ensembles. */
  readonly parameters: number | undefined;
}

export interface CostedSystem extends Cost {
  readonly system: string;
  readonly accuracy: number;
  readonly interval: Measurement['interval'];
  /** Whether no other system is at least as accurate for at most as many core-minutes (Pareto front). */
  readonly isOnFront: boolean;
}

/** The networks that answered the same questions, the cheapest first. */
export interface CostOfAccuracy {
  readonly task: string;
  readonly systems: readonly CostedSystem[];
}

/** Two points at least make a question of cost. */
const LEAST_SYSTEMS = 2;

/** The cost of each network of the headline's task; undefined where there are fewer than two. */
export function findCosts(runs: readonly ReportRun[], headline: Headline | undefined): CostOfAccuracy | undefined {
  const systems = (headline?.measurements ?? [])
    .filter(({ scorer }) => scorer === 'network')
    .map((measurement) => {
      const { accuracy, interval } = measurement;
      const cost = costOf(measurement.folders, measurement.accuracies.length, runs);
      return { system: nameSystem(measurement), accuracy, interval, ...cost };
    })
    .filter(({ coreMinutes }) => coreMinutes > 0)
    .sort((a, b) => a.coreMinutes - b.coreMinutes);
  if (headline === undefined || systems.length < LEAST_SYSTEMS) return undefined;
  const front = findParetoFront(
    systems.map((system) => ({ system, cost: system.coreMinutes, accuracy: system.accuracy })),
  );
  const best = new Set(front.map(({ system }) => system));
  return { task: headline.task, systems: systems.map((system) => ({ ...system, isOnFront: best.has(system) })) };
}

/** What each of `count` networks or ensembles took that were measured in these folders; one that several share counts for each. */
export function costOf(folders: readonly string[], count: number, runs: readonly ReportRun[]): Cost {
  const own = folders.flatMap((wanted) => runs.find(({ folder }) => folder === wanted) ?? []);
  const pictures = own.flatMap((run) => countPictures(run) ?? []);
  return {
    coreMinutes: sum(own.map(({ status }) => status?.processorSeconds ?? 0)) / 60 / count,
    pictures: pictures.length < own.filter(hasNetwork).length ? undefined : sum(pictures) / count,
    parameters: own.length === count ? countParameters(own[0]!) : undefined,
  };
}

/** Pictures that a run's training was shown so far; undefined where it trains nothing. */
export function countPictures({ experiment, status }: ReportRun): number | undefined {
  const cost = experiment && tryEstimate(experiment);
  return cost && cost.stepsPerEpoch * cost.picturesPerStep * (status?.epoch ?? 0);
}

function countParameters({ experiment }: ReportRun): number | undefined {
  return experiment && tryEstimate(experiment)?.parameters;
}

// Pictures of one's own may lie somewhere else by now.
function tryEstimate(experiment: Experiment): ReturnType<typeof estimateTrialCost> {
  try {
    return estimateTrialCost(experiment);
  } catch {
    return undefined;
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

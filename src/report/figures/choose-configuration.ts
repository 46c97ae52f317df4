// The configuration that a report shows details of: the one that validation chose (src/evaluation/headline.ts).
import { dirname } from 'node:path';
import { stableHash } from '../../base/stable-hash.js';
import {
  averageOf,
  LOSS_OBJECTIVE,
  type Objective,
  rankCandidates,
  readObjective,
  VALIDATION_OBJECTIVE,
} from '../../evaluation/headline.js';
import { readFolderObjective } from '../../run-folder/sweep-folder.js';
import type { RunGroup } from '../group-runs.js';
import type { ReportRun } from '../load-runs.js';

/** Configurations with what they were compared by. */
export interface RankedConfigurations {
  readonly objective: Objective;
  /** The chosen one first. */
  readonly ranked: readonly RankedConfiguration[];
}

export interface RankedConfiguration {
  readonly group: RunGroup;
  /** The objective of each finished run. */
  readonly values: readonly number[];
  /** Of these runs, in the same order. */
  readonly runs: readonly ReportRun[];
}

/** Which configuration was chosen of how many, or why none was. */
export type Choice =
  | {
      readonly type: 'chosen';
      readonly group: RunGroup;
      readonly objective: Objective;
      /** Mean over its runs; undefined where nothing had to be chosen. */
      readonly value: number | undefined;
      /** Configurations that it was chosen from. */
      readonly candidates: number;
    }
  | {
      readonly type: 'none';
      /** Details are shown of it: the first of the file. */
      readonly group: RunGroup;
      /** In words, without a full stop. */
      readonly reason: string;
    };

/** A choice with the label of its configuration instead of its runs. */
export type NamedChoice = { readonly system: string } & (
  | Omit<Extract<Choice, { type: 'chosen' }>, 'group'>
  | Omit<Extract<Choice, { type: 'none' }>, 'group'>
);

/** The choice as plain data. */
export function nameChoice({ group, ...choice }: Choice): NamedChoice {
  return { ...choice, system: group.label };
}

/**
 * What the runs' experiment is compared by: what its sweep looks for, else validation, or the loss where nothing was
 * validated.
 */
export function findObjective(runs: readonly ReportRun[]): Objective {
  const [first] = runs;
  const told = first === undefined ? VALIDATION_OBJECTIVE : readFolderObjective(dirname(first.folder));
  const isKnown = ({ metric }: Objective) => runs.some((run) => readValue(run, metric) !== undefined);
  return [told, VALIDATION_OBJECTIVE].find(isKnown) ?? LOSS_OBJECTIVE;
}

/**
 * The configurations of one experiment by the objective, those that may be chosen first; those with fewer finished runs
 * than others follow in the same order.
 */
export function rankConfigurations(groups: readonly RunGroup[]): RankedConfigurations {
  const objective = findObjective(groups.flatMap(({ runs }) => runs));
  const measured = groups.flatMap((group): RankedConfiguration[] => {
    const found = group.runs.flatMap((run) => {
      const value = run.state === 'finished' ? readValue(run, objective.metric) : undefined;
      return value === undefined || !Number.isFinite(value) ? [] : [{ run, value }];
    });
    return found.length === 0
      ? []
      : [{ group, values: found.map(({ value }) => value), runs: found.map(({ run }) => run) }];
  });
  const chosen = rankCandidates(measured, objective);
  const sign = objective.goal === 'maximize' ? -1 : 1;
  const others = measured
    .filter((configuration) => !chosen.includes(configuration))
    .sort((a, b) => sign * (averageOf(a.values) - averageOf(b.values)));
  return { objective, ranked: [...chosen, ...others] };
}

/**
 * The configuration that details are shown of; undefined without any group. Experiments are compared with each other only
 * where they were validated alike.
 */
export function chooseConfiguration(groups: readonly RunGroup[]): Choice | undefined {
  const [first] = groups;
  if (first === undefined) return undefined;
  const finished = groups.filter(({ runs }) => runs.some(({ state }) => state === 'finished'));
  if (finished.length <= 1) {
    const group = finished[0] ?? first;
    return {
      type: 'chosen',
      group,
      objective: findObjective(group.runs),
      value: undefined,
      candidates: finished.length,
    };
  }
  if (new Set(finished.map(describeValidation)).size > 1)
    return {
      type: 'none',
      group: finished[0]!,
      reason: 'they were not validated on the same pictures in the same way',
    };
  const { objective, ranked } = rankConfigurations(finished);
  const [best] = ranked;
  if (best === undefined)
    return { type: 'none', group: finished[0]!, reason: 'nothing was validated, and the test chooses nothing' };
  return { type: 'chosen', group: best.group, objective, value: averageOf(best.values), candidates: finished.length };
}

function readValue({ metrics }: ReportRun, metric: string): number | undefined {
  const latest = Object.fromEntries(
    [...metrics].flatMap(([key, points]) => (points.length > 0 ? [[key, points.at(-1)!.value]] : [])),
  );
  return readObjective(latest, { metric });
}

/** The same pictures, shown to the network in another way. */
const SHOWN_OTHERWISE = /^data\.(imageSize|sourceSize|inkGain|ink|color|fit|background)$/;

// Within an experiment the plan holds them alike, whatever is swept.
function describeValidation({ runs }: RunGroup): string {
  const { trial, settings } = runs[0]!;
  const isOfValidation = (path: string) => /^(training\.validation|data)\./.test(path) && !SHOWN_OTHERWISE.test(path);
  const own = Object.entries(settings).filter(([path]) => isOfValidation(path));
  const swept = new Set(trial.assignments.map(({ path }) => path));
  return stableHash(own.filter(([path]) => !swept.has(path)).sort());
}

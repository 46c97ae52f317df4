// What a sweep says: which configuration was chosen, and what each parameter does on its own.
import { dirname } from 'node:path';
import { groupBy } from '../../evaluation/group-by.js';
import { averageOf, type Objective } from '../../evaluation/headline.js';
import type { Interval } from '../../evaluation/statistics/interval.js';
import { studentInterval } from '../../evaluation/statistics/student-interval.js';
import { readSearchSpace } from '../../plan/search/read-search-space.js';
import { shortenPaths } from '../../plan/trial-name.js';
import { countStates, type RunState } from '../../run-folder/run-folder.js';
import { readSearchedParameters } from '../../run-folder/sweep-folder.js';
import type { RunGroup } from '../group-runs.js';
import type { ReportRun } from '../load-runs.js';
import { type RankedConfiguration, rankConfigurations } from './choose-configuration.js';
import { findImportances, type ParameterImportance } from './ped-anova.js';

export interface SweepFigures {
  readonly experiment: string;
  readonly objective: Objective;
  /** Whether the objective is a fraction, shown in per cent. */
  readonly isFraction: boolean;
  /** States of the sweep's runs; only finished ones are measured. */
  readonly counts: Readonly<Record<RunState, number>>;
  /** Configurations with a finished run, the chosen one first. */
  readonly configurations: readonly SweepConfiguration[];
  /** Configurations without one. */
  readonly unmeasured: number;
  /** Of a search: how much each parameter decides whether a configuration is among the best tenth (PED-ANOVA). */
  readonly importances: readonly ParameterImportance[] | undefined;
  /** The finished runs in the order in which they ended. */
  readonly history: readonly SweepStep[];
  /** Largest effect first; parameters that have one value only are left out. */
  readonly parameters: readonly SweepParameter[];
}

/** A run that has ended, and what was best by then. */
export interface SweepStep {
  /** Finished runs so far. */
  readonly runs: number;
  /** Time that all runs had used by then, times the threads of each, those that failed or halted included. */
  readonly coreMinutes: number;
  readonly value: number;
  readonly best: number;
}

export interface SweepConfiguration {
  readonly system: string;
  /** By key path. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Mean over its finished runs. */
  readonly mean: number;
  /** Of each finished run. */
  readonly measured: readonly number[];
  /** Seeds and folders of these runs. */
  readonly seeds: readonly number[];
  readonly folders: readonly string[];
}

export interface SweepParameter {
  readonly path: string;
  /** The path's end, unique among the parameters. */
  readonly name: string;
  readonly levels: readonly SweepLevel[];
  /** Largest less smallest mean of its levels. */
  readonly effect: number;
}

export interface SweepLevel {
  readonly label: string;
  readonly mean: number;
  /** 95 %, within 0 … 1 for fractions; undefined where nothing says how much the value varies. */
  readonly interval: Interval | undefined;
  readonly configurations: number;
}

/** Numbers that take more values than this are put together in as many levels as below. */
const MOST_LEVELS = 6;
const LEVELS_OF_MANY = 4;

/** A sweep for each experiment whose runs differ in what its file varies. */
export function analyzeSweeps(groups: readonly RunGroup[]): SweepFigures[] {
  const varied = groups.filter(({ runs }) => runs[0]!.trial.assignments.length > 0);
  const experiments = groupBy(varied, ({ runs }) => runs[0]!.trial.experimentName);
  return [...experiments]
    .filter(([, own]) => own.length > 1)
    .flatMap(([experiment, own]) => analyzeSweep(experiment, own) ?? []);
}

function analyzeSweep(experiment: string, groups: readonly RunGroup[]): SweepFigures | undefined {
  const { objective, ranked } = rankConfigurations(groups);
  if (ranked.length === 0) return undefined;
  const configurations = ranked.map(
    ({ group, values, runs }): SweepConfiguration => ({
      system: group.label,
      values: Object.fromEntries(group.runs[0]!.trial.assignments.map(({ path, value }) => [path, value])),
      mean: averageOf(values),
      measured: values,
      seeds: runs.map(({ trial }) => trial.seed),
      folders: runs.map(({ folder }) => folder),
    }),
  );
  const isFraction = objective.metric.endsWith('accuracy');
  const runs = groups.flatMap((group) => group.runs);
  return {
    experiment,
    objective,
    isFraction,
    counts: countStates(runs),
    importances: importancesOf(runs, configurations, objective),
    history: traceHistory(runs, ranked, objective),
    configurations,
    unmeasured: groups.length - configurations.length,
    parameters: findEffects(configurations, isFraction),
  };
}

function importancesOf(
  runs: readonly ReportRun[],
  configurations: readonly SweepConfiguration[],
  { goal }: Objective,
): ParameterImportance[] | undefined {
  const parameters = runs[0] && readSearchedParameters(dirname(runs[0].folder));
  const space = parameters && readSearchSpace(parameters).space;
  if (space === undefined) return undefined;
  return findImportances(
    space,
    configurations.map(({ values, mean }) => ({ values, value: mean })),
    goal,
  );
}

function traceHistory(
  runs: readonly ReportRun[],
  ranked: readonly RankedConfiguration[],
  { goal }: Objective,
): SweepStep[] {
  const values = new Map(ranked.flatMap((own) => own.runs.map((run, index) => [run, own.values[index]!] as const)));
  const ended = runs.filter(({ status }) => status !== undefined);
  ended.sort((a, b) => (a.status!.updatedAt < b.status!.updatedAt ? -1 : 1));
  const history: SweepStep[] = [];
  let coreMinutes = 0;
  for (const run of ended) {
    coreMinutes += run.status!.processorSeconds / 60;
    const value = values.get(run);
    if (value === undefined) continue;
    const before = history.at(-1)?.best ?? value;
    const best = goal === 'maximize' ? Math.max(before, value) : Math.min(before, value);
    history.push({ runs: history.length + 1, coreMinutes, value, best });
  }
  return history;
}

function findEffects(configurations: readonly SweepConfiguration[], isFraction: boolean): SweepParameter[] {
  const paths = [...new Set(configurations.flatMap(({ values }) => Object.keys(values)))];
  const short = shortenPaths(paths);
  return paths
    .map((path) => {
      const levels = describeLevels(divideByValue(configurations, path), path, isFraction);
      const means = levels.map(({ mean }) => mean);
      return { path, name: short.get(path)!, levels, effect: Math.max(...means) - Math.min(...means) };
    })
    .filter(({ levels }) => levels.length > 1)
    .sort((a, b) => b.effect - a.effect);
}

type Level = readonly [label: string, configurations: readonly SweepConfiguration[]];

/** The configurations by their value of a parameter, numbers ascending; many numbers are put together in quarters. */
function divideByValue(configurations: readonly SweepConfiguration[], path: string): Level[] {
  const numbers = configurations.map(({ values }) => values[path]);
  const areNumbers = numbers.every((value) => typeof value === 'number');
  const sorted = areNumbers
    ? [...configurations].sort((a, b) => (a.values[path] as number) - (b.values[path] as number))
    : configurations;
  if (areNumbers && new Set(numbers).size > MOST_LEVELS) return divideIntoQuarters(sorted, path);
  const levels = new Map<string, SweepConfiguration[]>();
  for (const configuration of sorted) {
    const label = describeSetting(configuration.values[path]);
    levels.set(label, [...(levels.get(label) ?? []), configuration]);
  }
  return [...levels];
}

function divideIntoQuarters(sorted: readonly SweepConfiguration[], path: string): Level[] {
  const quarters = Array.from({ length: LEVELS_OF_MANY }, (_, quarter) =>
    sorted.slice(
      Math.round((quarter * sorted.length) / LEVELS_OF_MANY),
      Math.round(((quarter + 1) * sorted.length) / LEVELS_OF_MANY),
    ),
  );
  return quarters.map((own) => {
    const ends = [own[0]!, own.at(-1)!].map(({ values }) => describeSetting(values[path]));
    return [ends.join(' … '), own];
  });
}

function describeLevels(levels: readonly Level[], path: string, isFraction: boolean): SweepLevel[] {
  const paired = pairLevels(levels, path);
  const cut = (end: number) => (isFraction ? Math.min(1, Math.max(0, end)) : end);
  return levels.map(([label, own], index) => {
    const mean = averageOf(own.map((configuration) => configuration.mean));
    const spread = paired?.[index] ?? own.map((configuration) => configuration.mean);
    const around = studentInterval(spread.length > 1 ? spread : (own[0]?.measured ?? []));
    const half = around && (around[1] - around[0]) / 2;
    return {
      label,
      mean,
      interval: half === undefined ? undefined : [cut(mean - half), cut(mean + half)],
      configurations: own.length,
    };
  });
}

/**
 * Where each level was crossed with the same other settings and seeds, these are paired and are no noise: of each level its
 * values less the mean of their block, spread by the root of L / (L - 1) since that mean holds a part of them (Cousineau
 * 2005; Morey 2008). Undefined where levels were not crossed, and in a single block.
 */
function pairLevels(levels: readonly Level[], path: string): readonly (readonly number[])[] | undefined {
  const blocks = levels.map(([, own]) => {
    const values = own.flatMap((configuration) =>
      configuration.measured.map((value, index) => {
        const others = Object.entries(configuration.values).filter(([other]) => other !== path);
        return [JSON.stringify([others.sort(), configuration.seeds[index]]), value] as const;
      }),
    );
    return new Map(values);
  });
  const keys = [...(blocks[0]?.keys() ?? [])];
  const isCrossed = blocks.every(
    (block, index) =>
      block.size === keys.length && block.size === countRuns(levels[index]!) && keys.every((key) => block.has(key)),
  );
  if (!isCrossed || keys.length < 2) return undefined;
  const scale = Math.sqrt(levels.length / (levels.length - 1));
  return blocks.map((block) =>
    keys.map((key) => scale * (block.get(key)! - averageOf(blocks.map((other) => other.get(key)!)))),
  );
}

const countRuns = ([, own]: Level) => own.reduce((sum, { measured }) => sum + measured.length, 0);

/** A setting's value in a few signs: numbers with three digits, texts as they are, `–` where there is none. */
export function describeSetting(value: unknown): string {
  if (value === undefined) return '–';
  if (typeof value === 'number') return String(Number(value.toPrecision(3)));
  return typeof value === 'string' ? value : JSON.stringify(value);
}

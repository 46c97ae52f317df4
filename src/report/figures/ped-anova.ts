/// <reference path="./vega-statistics.d.ts" />
// How much each parameter of a search decides whether a point is among the best tenth: PED-ANOVA (Watanabe, Bansal and
// Hutter 2023, arXiv 2304.10255; with parameters that exist only sometimes: 2026, arXiv 2601.20800, algorithm 1), in the
// form and with the constants of Optuna 5, whose figures it gives. For each parameter the density of the best points is set
// against that of all points, on a grid, by the Pearson divergence.
import { cumulativeNormal } from 'vega-statistics';
import type { Domain } from '../../plan/search/domain.js';
import { isSameValue, type SearchSpace } from '../../plan/search/search-space.js';

/** One point of a search with what it reached. */
export interface SearchedPoint {
  /** By key path; parameters that do not exist there are left out. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly value: number;
}

export interface ParameterImportance {
  readonly path: string;
  /** All importances of a search add up to 1. */
  readonly importance: number;
}

/** What counts as the best: this part of the points. */
const TARGET_QUANTILE = 0.1;
/** Places of the grid that a range is divided into. */
const GRID_SIZE = 50;
const PRIOR_WEIGHT = 1;
/** Added to densities, which are divided by. */
const TINY = 1e-12;

/** The importances, the largest first; undefined for fewer than two points, or where the best are all of them. */
export function findImportances(
  space: SearchSpace,
  points: readonly SearchedPoint[],
  goal: 'minimize' | 'maximize',
): ParameterImportance[] | undefined {
  const best = chooseBest(points, goal);
  if (points.length < 2 || best.length === points.length) return undefined;
  const raw = space.parameters.map(({ path, domain }) => ({
    path,
    importance: divergence(path, domain, points, best),
  }));
  const total = raw.reduce((sum, { importance }) => sum + importance, 0);
  if (!(total > 0)) return undefined;
  return raw
    .map(({ path, importance }) => ({ path, importance: importance / total }))
    .sort((a, b) => b.importance - a.importance);
}

function chooseBest(points: readonly SearchedPoint[], goal: 'minimize' | 'maximize'): SearchedPoint[] {
  const sign = goal === 'maximize' ? -1 : 1;
  const losses = points.map(({ value }) => sign * value).sort((a, b) => a - b);
  const cutoff = losses[Math.ceil(TARGET_QUANTILE * losses.length) - 1] ?? Number.NEGATIVE_INFINITY;
  return points.filter(({ value }) => sign * value <= cutoff);
}

/** The parameter's part of the variance, up to a factor that all parameters share. */
function divergence(
  path: string,
  domain: Domain,
  all: readonly SearchedPoint[],
  best: readonly SearchedPoint[],
): number {
  const exists = ({ values }: SearchedPoint) => Object.hasOwn(values, path);
  const [own, ownBest] = [all.filter(exists), best.filter(exists)];
  if (own.length < 2 || ownBest.length === 0 || gridSizeOf(domain) < 2) return 0;
  const regime = (ownBest.length / best.length) ** 2 / (own.length / all.length);
  const [top, local] = [ownBest, own].map((points) => estimateDensity(path, domain, points)) as [number[], number[]];
  return regime * local.reduce((sum, density, place) => sum + density * (top[place]! / density - 1) ** 2, 0);
}

function gridSizeOf(domain: Domain): number {
  if (domain.kind === 'choice') return domain.values.length;
  return domain.kind === 'stepped' ? Math.min(domain.count, GRID_SIZE) : GRID_SIZE;
}

/** The density of the points on the grid, places of which add up to 1. */
function estimateDensity(path: string, domain: Domain, points: readonly SearchedPoint[]): number[] {
  const counts = new Array<number>(gridSizeOf(domain)).fill(0);
  for (const { values } of points) counts[placeOf(domain, values[path], counts.length)]!++;
  const density = domain.kind === 'choice' ? smoothChoices(counts) : smoothPlaces(counts);
  return density.map((value) => value + TINY);
}

function placeOf(domain: Domain, value: unknown, size: number): number {
  if (domain.kind === 'choice') return domain.values.findIndex((choice) => isSameValue(choice, value));
  const isLog = domain.kind === 'continuous' && domain.scale === 'log';
  const scale = (number: number) => (isLog ? Math.log(number) : number);
  const low = scale(domain.low);
  const high = scale(domain.kind === 'continuous' ? domain.high : domain.low + domain.step * (domain.count - 1));
  // Halfway between two places the lower one.
  const place = Math.ceil(((scale(value as number) - low) / (high - low)) * (size - 1) - 0.5);
  return Math.min(size - 1, Math.max(0, place));
}

// A kernel for each value that was observed, and the prior's: 1 at its own value, and the prior's weight spread over all.
function smoothChoices(counts: readonly number[]): number[] {
  const observed = listObserved(counts);
  const kernels = observed.length + 1;
  const spread = PRIOR_WEIGHT / kernels;
  const weights = [...observed.map((value) => counts[value]!), PRIOR_WEIGHT];
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return counts.map((_, value) => {
    const ofKernels = observed.map((own, kernel) => {
      const height = (spread + (own === value ? 1 : 0)) / (1 + spread * counts.length);
      return (weights[kernel]! / total) * height;
    });
    return ofKernels.reduce((sum, part) => sum + part, PRIOR_WEIGHT / total / counts.length);
  });
}

// A truncated normal kernel for each place, of a width by Scott's rule, and one as wide as the grid for the prior.
function smoothPlaces(counts: readonly number[]): number[] {
  const last = counts.length - 1;
  const observed = listObserved(counts);
  const width = chooseWidth(observed, counts);
  const kernels = [
    ...observed.map((place) => ({ mean: place, width, weight: counts[place]! })),
    { mean: last / 2, width: last + 1, weight: PRIOR_WEIGHT },
  ];
  const total = kernels.reduce((sum, { weight }) => sum + weight, 0);
  return counts.map((_, place) =>
    kernels.reduce((sum, { mean, width: own, weight }) => {
      const mass = (from: number, to: number) => cumulativeNormal(to, mean, own) - cumulativeNormal(from, mean, own);
      return sum + ((weight / total) * mass(place - 0.5, place + 0.5)) / mass(-0.5, last + 0.5);
    }, 0),
  );
}

const listObserved = (counts: readonly number[]) => [...counts.keys()].filter((value) => counts[value]! > 0);

/** Scott's rule (1992) with the quartiles' distance where that is smaller, never narrower than lets 90 % stay in a place. */
function chooseWidth(observed: readonly number[], counts: readonly number[]): number {
  const weights = observed.map((place) => counts[place]!);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = observed.reduce((sum, place, index) => sum + place * weights[index]!, 0) / total;
  const squares = observed.reduce((sum, place, index) => sum + (place - mean) ** 2 * weights[index]!, 0);
  const deviation = Math.sqrt(squares / Math.max(1, total - 1));
  let sum = 0;
  const cumulative = weights.map((weight) => {
    sum += weight;
    return sum;
  });
  const first = cumulative.findIndex((count) => count >= Math.floor(total / 4));
  const third = cumulative.findIndex((count) => count > Math.floor((3 * total) / 4));
  const quartiles = observed[third < 0 ? observed.length - 1 : third]! - observed[first]!;
  return Math.max(1.059 * Math.min(quartiles / 1.34, deviation) * total ** -0.2, 0.5 / 1.64);
}

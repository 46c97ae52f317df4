// A search space: parameters with their domains, some of which exist only where another has a certain value, and the
// map between points and the unit cube. Made by read-search-space.ts, used by every strategy.
import { canonicalJson } from '../../base/stable-hash.js';
import { countValues, type Domain, unitOfValue, valueAtUnit } from './domain.js';

/** The parameter exists only where `path` has one of `values`. */
export interface Condition {
  readonly path: string;
  readonly values: readonly unknown[];
}

export interface Parameter {
  /** The key path that it sets. */
  readonly path: string;
  readonly domain: Domain;
  /** All of them must hold; one on a parameter that does not exist itself does not. */
  readonly when: readonly Condition[];
}

export interface SearchSpace {
  /** Each stands behind those that its conditions name. */
  readonly parameters: readonly Parameter[];
}

/** One value for each parameter that exists there, by key path, in the order of the space. */
export type SearchPoint = Readonly<Record<string, unknown>>;

/** Whether two plain values are the same one. */
export function isSameValue(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && typeof b === 'object' && canonicalJson(a) === canonicalJson(b));
}

/** A text that equal points, and no others, share. */
export function keyOfPoint(point: SearchPoint): string {
  return canonicalJson(point);
}

/** Whether a parameter exists, given the values of those before it. */
export function isActive(parameter: Parameter, point: SearchPoint): boolean {
  return parameter.when.every(
    ({ path, values }) => Object.hasOwn(point, path) && values.some((value) => isSameValue(value, point[path])),
  );
}

/**
 * The point at a place of the unit cube: `units` is [parameters], each in [0, 1]. Units of parameters that do not exist
 * there are not looked at.
 */
export function pointAtUnits(space: SearchSpace, units: ArrayLike<number>): SearchPoint {
  const point: Record<string, unknown> = {};
  space.parameters.forEach((parameter, at) => {
    if (isActive(parameter, point)) point[parameter.path] = valueAtUnit(parameter.domain, units[at] as number);
  });
  return point;
}

/** The place of a point in the unit cube, [parameters]; undefined for parameters that do not exist there. */
export function unitsOfPoint(space: SearchSpace, point: SearchPoint): (number | undefined)[] {
  return space.parameters.map(({ path, domain }) =>
    Object.hasOwn(point, path) ? unitOfValue(domain, point[path], isSameValue) : undefined,
  );
}

/** An upper bound of the number of different points, conditions left aside; infinite with a continuous parameter. */
export function countSearchPoints(space: SearchSpace): number {
  return space.parameters.reduce((product, { domain }) => product * countValues(domain), 1);
}

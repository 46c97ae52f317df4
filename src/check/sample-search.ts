// Points of a search space that the check of a sweep looks at: each value that the file writes, and a sample of what the
// search would propose.
import type { ConcretePath } from '../config/key-path.js';
import { createStrategy } from '../plan/search/create-strategy.js';
import type { Parameter, SearchPoint, SearchSpace } from '../plan/search/search-space.js';
import type { AskedPoint } from '../plan/search/search-strategy.js';
import type { SweptPoint, SweptValue } from './swept-value.js';

/** So many points without a valid one among them are taken as a mistake. */
export const SAMPLED_POINTS = 1000;

/** A point for each bound and each choice that the file writes, with those parameters that it hangs on, and no others. */
export function listWrittenPoints(
  space: SearchSpace,
  specs: Readonly<Record<string, unknown>>,
  steps: ReadonlyMap<string, ConcretePath>,
): SweptPoint[] {
  const written = new Map(space.parameters.map(({ path }) => [path, listWritten(path, specs[path], steps.get(path)!)]));
  const parameters = new Map(space.parameters.map((parameter) => [parameter.path, parameter]));
  return space.parameters.flatMap((parameter) =>
    written.get(parameter.path)!.map((value) => [...chooseConditions(parameter, parameters, written), value]),
  );
}

/** Each literal value of a specification: bounds and choices. */
function listWritten(path: string, spec: unknown, steps: ConcretePath): SweptValue[] {
  const keyPlace = ['sweep', 'parameters', path];
  const literals = (values: readonly unknown[], place: ConcretePath) =>
    values.map((value, index): SweptValue => ({ path, steps, value, place: [...place, index], keyPlace }));
  if (Array.isArray(spec)) return literals(spec, keyPlace);
  const { when: _, step: __, ...domain } = spec as Record<string, unknown>;
  return Object.entries(domain).flatMap(([key, values]) => literals(values as unknown[], [...keyPlace, key]));
}

/**
 * Values of the parameters that this one hangs on, the outermost first. Conditions on ranges of numbers are left out:
 * they choose no kind.
 */
function chooseConditions(
  parameter: Parameter,
  parameters: ReadonlyMap<string, Parameter>,
  written: ReadonlyMap<string, readonly SweptValue[]>,
): SweptValue[] {
  return parameter.when.flatMap(({ path, values }) => {
    const value = written.get(path)!.find((candidate) => values.includes(candidate.value));
    const outer = chooseConditions(parameters.get(path)!, parameters, written);
    return value === undefined ? outer : [...outer, value];
  });
}

/** Points as a random search would propose them, fitting or not. Their values stand at the keys of the parameters. */
export function* samplePoints(
  space: SearchSpace,
  seed: number,
  steps: ReadonlyMap<string, ConcretePath>,
): Generator<SweptPoint> {
  const strategy = createStrategy({ method: 'random' }, space, seed);
  const shared = new Map<string, SweptValue>();
  const asked: AskedPoint[] = [];
  while (asked.length < SAMPLED_POINTS) {
    const point = strategy.ask(asked);
    if (point === undefined) return;
    asked.push({ point, outcome: undefined });
    yield sweptValuesOf(point, steps, shared);
  }
}

function sweptValuesOf(
  point: SearchPoint,
  steps: ReadonlyMap<string, ConcretePath>,
  shared: Map<string, SweptValue>,
): SweptPoint {
  return Object.entries(point).map(([path, value]) => {
    const key = JSON.stringify([path, value]);
    const place = ['sweep', 'parameters', path];
    const known = shared.get(key) ?? { path, steps: steps.get(path)!, value, place, keyPlace: place };
    shared.set(key, known);
    return known;
  });
}

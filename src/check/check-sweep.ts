// The sweep: its paths, its values, and every trial that it makes. A problem of a trial is reported once, at the value of the
// sweep that brings it about.
import type { Problem, SourcePosition } from '../base/problem.js';
import { canonicalJson } from '../base/stable-hash.js';
import { assignAtPath } from '../config/assign-source.js';
import { createValueAssigner, kindsFirst } from '../config/assign-values.js';
import { describeFound, describeValue } from '../config/describe-found.js';
import type { Experiment, Sweep } from '../config/experiment.js';
import { type ConcretePath, formatKeyPath, isWithin, parseKeyPath } from '../config/key-path.js';
import type { Positions } from '../config/positions.js';
import type { Soundness } from '../config/soundness.js';
import { type SourceMap, withoutEntry } from '../config/source-tree.js';
import { validate } from '../config/validate.js';
import { countSweepPoints, isSearched, type ListedSweep, type SearchedSweep } from '../plan/expand-sweep.js';
import { readSearchSpace } from '../plan/search/read-search-space.js';
import { createExperimentChecker } from './check-experiment.js';
import { findHalvingFaults } from './check-halving.js';
import { findSearchFaults } from './check-search.js';
import type { RuleProblem } from './rule.js';
import { listWrittenPoints, SAMPLED_POINTS, samplePoints } from './sample-search.js';
import { findOverlap, resolveSweptPath } from './sweep-paths.js';
import type { SweptPoint, SweptValue } from './swept-value.js';

/** Points of a sweep at most, before seeds. */
const MAX_POINTS = 100_000;

/** Problems of one sweep that are worth printing: more of them have a common cause. */
const MAX_PROBLEMS = 50;

/**
 * All problems of the experiment's trials: those of the sweep itself, and those of the cross-field rules. Without a
 * sweep, those of the one trial.
 */
export function checkTrials(experiment: Experiment, positions: Positions, soundness: Soundness): Problem[] {
  const isGiven = (path: ConcretePath) => positions.find(path) !== undefined;
  const check = createExperimentChecker({ soundness, isGiven });
  const { sweep, ...base } = experiment;
  const content = sweep?.method === 'list' ? 'points' : 'parameters';
  if (sweep === undefined || !soundness.isIntact(['sweep', 'method']) || !soundness.isIntact(['sweep', content])) {
    return locateAll(check(base), positions);
  }
  const sweepCheck = new SweepCheck(base, sweep, positions, soundness);
  sweepCheck.checkHalving(experiment);
  if (isSearched(sweep)) {
    const found = sweepCheck.checkSearch(sweep, experiment, check);
    return [...sweepCheck.problems, ...found];
  }
  const points = sweepCheck.checkValues();
  // A sweep without a usable point still has the experiment that it varies.
  const found = points.length === 0 ? locateAll(check(base), positions) : sweepCheck.checkPoints(points, check);
  return [...sweepCheck.problems, ...found];
}

/** Problems of rules at their places, one for each: a second one would be about the same value. */
function locateAll(problems: readonly RuleProblem[], positions: Positions): Problem[] {
  return dropRepeatedPlaces(problems.map((problem) => locate(problem, positions)));
}

function dropRepeatedPlaces(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ file, line, column, path }) => {
    const place = JSON.stringify([file, line, column, path]);
    return !seen.has(place) && seen.add(place);
  });
}

/** A rule's problem with the position of its path. */
function locate({ at, path, ...rest }: RuleProblem, positions: Positions): Problem {
  const position = at === 'key' ? positions.ofKey(path) : positions.ofValue(path);
  return clean({ ...position, ...rest, path: formatKeyPath(path) });
}

function clean(problem: Problem): Problem {
  const { nearest, hint, ...rest } = problem;
  return { ...rest, ...(nearest === undefined ? {} : { nearest }), ...(hint === undefined ? {} : { hint }) };
}

class SweepCheck {
  readonly problems: Problem[] = [];
  readonly #base: Experiment;
  readonly #sweep: Sweep;
  readonly #positions: Positions;
  readonly #soundness: Soundness;
  /** Values that were found wrong already: further trials with them say nothing new. */
  readonly #blamed = new Set<SweptValue>();
  /** Swept paths that a `--set` has a value for. */
  readonly #overruled = new Set<string>();

  constructor(base: Experiment, sweep: Sweep, positions: Positions, soundness: Soundness) {
    this.#base = base;
    this.#sweep = sweep;
    this.#positions = positions;
    this.#soundness = soundness;
  }

  /** Problems of successive halving. */
  checkHalving(experiment: Experiment): void {
    const isSound = (path: ConcretePath) => this.#soundness.isSound(path);
    for (const { path, at, ...fault } of findHalvingFaults(this.#sweep, experiment, isSound))
      this.#report(path, fault, at);
  }

  /** Every point replaces a `--set` of the same key: it would be lost without a word. */
  #reportOverruled(path: string, steps: ConcretePath): void {
    const given = this.#positions.find(steps);
    if (given === undefined || !given.start.file.startsWith('--set ') || this.#overruled.has(path)) return;
    this.#overruled.add(path);
    this.problems.push({
      code: 'conflict',
      ...given.start,
      path,
      found: `${describeFound(given)} for a key that the sweep sets`,
      allowed: 'keys that the sweep leaves alone',
      hint: `--set sweep=null leaves the sweep out; --set 'sweep.parameters.${path}=…' changes its values`,
    });
  }

  /** The points whose paths exist; problems of paths and of repeated values are reported. */
  checkValues(): SweptPoint[] {
    const sound = this.#soundPart();
    if (sound === undefined) return [];
    const count = countSweepPoints(sound);
    if (count > MAX_POINTS) {
      this.problems.push({
        code: 'sweep',
        ...this.#positions.ofKey(['sweep']),
        path: 'sweep',
        found: `${count} points`,
        allowed: `at most ${MAX_POINTS}`,
      });
      return [];
    }
    return sound.method === 'grid' ? this.#checkGrid(sound.parameters) : this.#checkList(sound.points);
  }

  /** The sweep without parameters that hold no list. Points of a list keep their numbers. */
  #soundPart(): ListedSweep | undefined {
    if (isSearched(this.#sweep)) return undefined;
    if (this.#sweep.method === 'list') return this.#sweep;
    const entries = Object.entries(this.#sweep.parameters);
    const parameters = entries.filter(([path]) => this.#soundness.isSound(['sweep', 'parameters', path]));
    return { method: 'grid', parameters: Object.fromEntries(parameters) };
  }

  #checkGrid(parameters: Readonly<Record<string, readonly unknown[]>>): SweptPoint[] {
    const places = Object.keys(parameters).map((path) => ({ path, place: ['sweep', 'parameters', path] }));
    const valid = this.#checkPaths(places);
    const values = new Map<string, readonly SweptValue[]>();
    for (const [path, steps] of valid) {
      const place = ['sweep', 'parameters', path];
      const own = parameters[path]!.map(
        (value, index): SweptValue => ({ path, steps, value, place: [...place, index], keyPlace: place }),
      );
      this.#reportRepeated(own);
      values.set(path, own);
    }
    // The same order as in listAssignments: the last parameter varies fastest.
    let points: SweptPoint[] = values.size === 0 ? [] : [[]];
    for (const own of values.values()) points = points.flatMap((point) => own.map((value) => [...point, value]));
    return points;
  }

  #checkList(points: readonly Readonly<Record<string, unknown>>[]): SweptPoint[] {
    const seen = new Map<string, number>();
    const withoutNetwork: number[] = [];
    return points.flatMap((point, number) => {
      const place = ['sweep', 'points', number];
      if (!this.#soundness.isSound(place)) return [];
      const hasNetwork = point.model !== null;
      if (!hasNetwork && !this.#mayLackNetwork(place, withoutNetwork)) return [];
      const key = canonicalJson(point);
      const first = seen.get(key);
      if (first !== undefined) {
        this.#report(place, {
          found: 'a point a second time',
          allowed: 'each point once',
          hint: `it is sweep.points[${first}] already`,
        });
        return [];
      }
      seen.set(key, number);
      const places = Object.keys(point).map((path) => ({ path, place: [...place, path] }));
      const valid = this.#checkPaths(places, { hasNetwork });
      if (valid.size === 0) return [];
      return [
        [...valid].map(
          ([path, steps]): SweptValue => ({
            path,
            steps,
            value: point[path],
            place: [...place, path],
            keyPlace: [...place, path],
          }),
        ),
      ];
    });
  }

  /** Whether a point may have no network: one may, where every point runs to its end. `others` are those that have none. */
  #mayLackNetwork(place: ConcretePath, others: number[]): boolean {
    const [other] = others;
    others.push(place.at(-1) as number);
    const key = [...place, 'model'];
    if (other !== undefined) {
      this.#report(key, {
        found: 'a second point without a network',
        allowed: 'one point without a network; its baselines are a list',
        hint: `sweep.points[${other}] has none already`,
      });
    } else if (this.#sweep.halving !== undefined) {
      this.#report(key, {
        found: 'a point without a network beside halving',
        allowed: 'points that train',
        hint: 'it has no epochs to halt after',
      });
    } else return true;
    return false;
  }

  /**
   * Problems of a searched sweep; those of the rules only where no point of a sample holds them, since a search passes
   * over points that do not fit.
   */
  checkSearch(
    sweep: SearchedSweep,
    experiment: Experiment,
    check: (experiment: Experiment) => RuleProblem[],
  ): Problem[] {
    const isSound = (path: ConcretePath) => this.#soundness.isSound(path);
    for (const { path, at, ...fault } of findSearchFaults(sweep, experiment, isSound)) this.#report(path, fault, at);
    const { space } = readSearchSpace(sweep.parameters);
    const places = Object.keys(sweep.parameters).map((path) => ({ path, place: ['sweep', 'parameters', path] }));
    const steps = this.#checkPaths(places);
    if (space === undefined || steps.size < places.length) return locateAll(check(this.#base), this.#positions);

    const assign = createValueAssigner(this.#base);
    for (const point of listWrittenPoints(space, sweep.parameters, steps)) {
      if (point.some((value) => this.#blamed.has(value))) continue;
      const { invalidSections } = assign(point);
      if (invalidSections.length > 0) this.#explainInvalid(point, invalidSections);
    }
    if (this.problems.length > 0) return [];
    const findings = new TrialFindings();
    for (const point of samplePoints(space, sweep.seed, steps)) {
      const { experiment: assigned, invalidSections } = assign(point);
      if (invalidSections.length > 0) continue;
      const problems = check(assigned);
      if (problems.length === 0) return [];
      findings.add(point, problems);
    }
    const ofEveryPoint = findings.problems().filter(({ point }) => point === undefined);
    if (ofEveryPoint.length === 0) this.#reportNothingFits(findings);
    return dropRepeatedPlaces(ofEveryPoint.map(({ problem }) => locate(problem, this.#positions)));
  }

  #reportNothingFits(findings: TrialFindings): void {
    const example = findings.problems()[0];
    this.#report(
      ['sweep', 'parameters'],
      {
        found: `no valid experiment among ${SAMPLED_POINTS} points`,
        allowed: 'ranges with points that fit',
        hint:
          example &&
          `${formatKeyPath(example.problem.path)}: ${example.problem.found}; allowed: ${example.problem.allowed}`,
      },
      'key',
    );
  }

  /** The paths that exist, resolved. `places` are those of one point. */
  #checkPaths(
    places: readonly { path: string; place: ConcretePath }[],
    { hasNetwork = true } = {},
  ): Map<string, ConcretePath> {
    const surroundings = { chosenKinds: places.map(({ path }) => path), hasNetwork };
    const valid = new Map<string, ConcretePath>();
    for (const { path, place } of places) {
      if (!this.#soundness.isSound([path.split(/[.[]/)[0]!])) continue;
      const resolved = resolveSweptPath(path, this.#base, surroundings);
      if (!('steps' in resolved)) {
        this.#report(place, resolved, 'key');
        continue;
      }
      const overlap = findOverlap(resolved.steps, valid);
      if (overlap) {
        this.#report(
          place,
          { found: `${path} beside ${overlap}`, allowed: 'paths that do not contain each other' },
          'key',
        );
        continue;
      }
      this.#reportOverruled(path, resolved.steps);
      valid.set(path, resolved.steps);
    }
    return valid;
  }

  #reportRepeated(values: readonly SweptValue[]): void {
    const seen = new Map<string, number>();
    values.forEach(({ value, place }, index) => {
      const key = canonicalJson(value);
      const first = seen.get(key);
      if (first !== undefined)
        this.#report(place, { found: `${describeValue(value)} a second time`, allowed: 'each value once' });
      else seen.set(key, index);
    });
  }

  /** Schema and rules of every point. */
  checkPoints(points: readonly SweptPoint[], check: (experiment: Experiment) => RuleProblem[]): Problem[] {
    const assign = createValueAssigner(this.#base);
    const findings = new TrialFindings();
    for (const point of points) {
      if (point.some((value) => this.#blamed.has(value))) continue;
      const { experiment, invalidSections } = assign(point);
      if (invalidSections.length > 0) this.#explainInvalid(point, invalidSections);
      else findings.add(point, check(experiment));
      if (this.problems.length >= MAX_PROBLEMS) break;
    }
    return this.#locateFindings(findings);
  }

  #locateFindings(findings: TrialFindings): Problem[] {
    const located = findings
      .problems()
      .map(({ problem, culprit, point }) => this.#locateFinding(problem, culprit, point));
    return dropRepeatedPlaces(located);
  }

  /** What the schema says of a point, with the values in their place in the sweep. */
  #explainInvalid(point: SweptPoint, sections: readonly string[]): void {
    const own = point.filter(({ steps }) => sections.includes(String(steps[0])));
    let tree = withoutEntry(this.#positions.root as SourceMap, 'sweep');
    for (const { path, place } of kindsFirst(own)) {
      const node = this.#positions.find(place)!;
      tree = assignAtPath(tree, parseKeyPath(path), node, this.#positions.ofValue(place)).root;
    }
    for (const { breaks, place: _, ...problem } of validate(tree).problems) {
      if (!sections.some((section) => breaks.every(([first]) => first === section) && problem.path.startsWith(section)))
        continue;
      const within = own.find(({ place }) => this.#isPartOf(problem, place));
      const culprit = within ?? this.#nearestTo(parseProblemPath(problem.path), own);
      if (!culprit) continue;
      this.#blamed.add(culprit);
      // A key that the chosen kind does not have is a mistake of the path, whatever its values.
      const isKey = problem.code === 'unknown-key' && !within;
      const position = isKey ? this.#positions.ofKey(culprit.keyPlace) : this.#positions.ofValue(culprit.place);
      const setting = own.length > 1 && !within ? `at the point ${describePoint(own)}` : undefined;
      const hint = [problem.hint, setting].filter(Boolean).join('; ') || undefined;
      this.#add(clean({ ...problem, ...(within ? {} : position), code: 'sweep', hint }));
    }
  }

  /** Whether a position lies in the value at a place of the sweep. */
  #isPartOf(position: SourcePosition, place: ConcretePath): boolean {
    return contains(this.#positions.find(place), position);
  }

  /** Of the values of a point, the one whose path is nearest to a path; the last one in doubt. */
  #nearestTo(path: ConcretePath, point: SweptPoint): SweptValue | undefined {
    let best: { value: SweptValue; shared: number } | undefined;
    for (const value of point) {
      let shared = 0;
      while (shared < path.length && path[shared] === value.steps[shared]) shared += 1;
      if (!best || shared >= best.shared) best = { value, shared };
    }
    return best?.value;
  }

  #locateFinding(problem: RuleProblem, culprit: SweptValue | undefined, point: SweptPoint | undefined): Problem {
    if (!point) return locate(problem, this.#positions);
    const value = culprit ?? this.#nearestTo(problem.path, point)!;
    const inside = isWithin(problem.path, value.steps)
      ? [...value.place, ...problem.path.slice(value.steps.length)]
      : value.place;
    const { file, line, column } = this.#positions.ofValue(inside);
    const { at: _, path, ...rest } = problem;
    const setting = culprit
      ? `with ${culprit.path}: ${describeValue(culprit.value)}`
      : `at the point ${describePoint(point)}`;
    const hint = isWithin(path, value.steps) && culprit ? rest.hint : [rest.hint, setting].filter(Boolean).join('; ');
    return clean({ ...rest, hint, file, line, column, path: formatKeyPath(path) });
  }

  #report(
    place: ConcretePath,
    fault: Pick<Problem, 'found' | 'allowed' | 'nearest' | 'hint'>,
    at: 'key' | 'value' = 'value',
  ): void {
    const position = at === 'key' ? this.#positions.ofKey(place) : this.#positions.ofValue(place);
    const path = formatKeyPath(at === 'key' ? place.slice(0, -1) : place);
    this.#add(clean({ code: 'sweep', ...position, path, ...fault }));
  }

  #add(problem: Problem): void {
    const isKnown = this.problems.some(
      ({ file, line, column }) => file === problem.file && line === problem.line && column === problem.column,
    );
    if (!isKnown && this.problems.length < MAX_PROBLEMS) this.problems.push(problem);
  }
}

function describePoint(point: SweptPoint): string {
  return point.map(({ path, value }) => `${path}: ${describeValue(value)}`).join(', ');
}

function contains(node: ReturnType<Positions['find']>, position: SourcePosition): boolean {
  if (!node) return false;
  const isHere = (start: SourcePosition) =>
    start.file === position.file && start.line === position.line && start.column === position.column;
  if (isHere(node.start)) return true;
  if (node.kind === 'list') return node.items.some((item) => contains(item, position));
  return (
    node.kind === 'map' &&
    [...node.entries.values()].some((entry) => isHere(entry.keyStart) || contains(entry.node, position))
  );
}

function parseProblemPath(path: string): ConcretePath {
  return path === '' ? [] : (parseKeyPath(path).steps as ConcretePath);
}

/** A problem of some trials, with the value that brings it about. */
interface TrialFinding {
  readonly problem: RuleProblem;
  /** Missing where no value alone brings it about. */
  readonly culprit: SweptValue | undefined;
  /** The first point that has it; missing where every trial has it and no swept value lies on its path. */
  readonly point: SweptPoint | undefined;
}

/** What the rules found, over all trials: each problem once, with the value that brings it about. */
class TrialFindings {
  readonly #byText = new Map<string, { problem: RuleProblem; points: SweptPoint[] }>();
  readonly #uses = new Map<SweptValue, number>();
  #count = 0;

  add(point: SweptPoint, problems: readonly RuleProblem[]): void {
    this.#count += 1;
    for (const value of point) this.#uses.set(value, (this.#uses.get(value) ?? 0) + 1);
    for (const problem of problems) {
      const key = JSON.stringify(problem);
      const finding = this.#byText.get(key) ?? { problem, points: [] };
      finding.points.push(point);
      this.#byText.set(key, finding);
    }
  }

  problems(): TrialFinding[] {
    return [...this.#byText.values()].flatMap(({ problem, points }): TrialFinding[] => {
      const first = points[0]!;
      // A problem of a whole section (what is missing beside it) is none of the value.
      const isDeep = problem.path.length > 1;
      const onPath = ({ steps }: SweptValue) =>
        isWithin(problem.path, steps) || (isDeep && isWithin(steps, problem.path));
      if (points.length === this.#count && !first.some(onPath))
        return [{ problem, culprit: undefined, point: undefined }];
      const hits = new Map<SweptValue, number>();
      for (const point of points) for (const value of point) hits.set(value, (hits.get(value) ?? 0) + 1);
      const always = [...hits].filter(([value, count]) => count === this.#uses.get(value)).map(([value]) => value);
      const culprits = always.some(onPath) ? always.filter(onPath) : explainAll(always, points);
      if (culprits.length === 0) return [{ problem, culprit: undefined, point: first }];
      return culprits.map((culprit) => ({ problem, culprit, point: first }));
    });
  }
}

/**
 * Of the values that always bring a problem about, those of the one parameter that explains all its occurrences; empty
 * where none does.
 */
function explainAll(always: readonly SweptValue[], points: readonly SweptPoint[]): SweptValue[] {
  for (const path of new Set(always.map((value) => value.path))) {
    const values = always.filter((value) => value.path === path);
    if (points.every((point) => point.some((value) => values.includes(value)))) return values;
  }
  return [];
}

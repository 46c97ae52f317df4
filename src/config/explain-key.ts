// What a key of an experiment means, from the schema alone: description, allowed values, default, what it affects. Where
// a key exists in several kinds (`momentum` of sgd, `filters` of conv), each kind has its own explanation.
import { findNearestKey } from '../base/nearest-key.js';
import { OneshotError } from '../base/problem.js';
import { describeAllowed } from './describe-schema.js';
import { KeyPathError, type PathStep, parseKeyPath } from './key-path.js';
import { type Affects, branchesOf, experimentSchema, resolveSchema, type SchemaNode, tagOf } from './schema.js';

/** A name that may stand at a place, with its meaning. */
export interface ExplainedName {
  readonly name: string;
  readonly description: string;
}

/** One meaning of a key path. */
export interface KeyExplanation {
  /** The path with `[]` for any item of a list: `model.encoder[].filters`. */
  readonly path: string;
  /** The kinds that the path goes through, `type: conv`; several where the key is the same in all of them. */
  readonly kinds: readonly string[];
  readonly description: string;
  /** What may stand there, with range and unit, as one line. */
  readonly allowed: string;
  /** Undefined where there is none; `isRequired` says whether the key may be left out then. */
  readonly default?: unknown;
  readonly unit?: string;
  readonly isRequired: boolean;
  readonly affects: Affects;
  /** The kinds to choose from, where the value is a map of several kinds. */
  readonly choices: readonly ExplainedName[];
  /** The keys of the map, where the value is one. */
  readonly keys: readonly ExplainedName[];
}

/** A place in the schema that a path may mean. */
interface Place {
  readonly path: string;
  readonly kinds: readonly string[];
  readonly node: SchemaNode;
  readonly affects: Affects;
  readonly isRequired: boolean;
}

/**
 * Every meaning of the key path; layers may be called by number, name or type. Throws a OneshotError 'usage' that names
 * the nearest key when there is none.
 */
export function explainKey(text: string): KeyExplanation[] {
  let places: readonly Place[] = [
    { path: '', kinds: [], node: experimentSchema, affects: 'nothing', isRequired: false },
  ];
  const taken: PathStep[] = [];
  for (const step of readSteps(text)) {
    const next = places.flatMap((place) => takeStep(place, step));
    if (next.length === 0) refuseStep(text, places, step);
    places = next;
    taken.push(step);
  }
  return mergeEqual(places.map(describePlace));
}

/** Every key path of the schema, in its order, each once: `model.encoder[].filters`. */
export function listKeyPaths(): string[] {
  const paths = new Set<string>();
  // Blocks of layers hold layers: a definition is not entered again below itself.
  const visit = (place: Place, above: ReadonlySet<unknown>) => {
    const identity = place.node.oneOf ?? place.node.properties ?? place.node.items;
    if (identity === undefined || above.has(identity)) return;
    const inside = new Set(above).add(identity);
    for (const child of childrenOf(place)) {
      if (child.path !== place.path) paths.add(child.path);
      visit(child, inside);
    }
  };
  visit({ path: '', kinds: [], node: experimentSchema, affects: 'nothing', isRequired: false }, new Set());
  return [...paths].filter((path) => !path.endsWith('[]'));
}

function readSteps(text: string): readonly PathStep[] {
  try {
    // `[]` is how this program writes any item of a list.
    return parseKeyPath(text.replaceAll('[]', '[0]')).steps;
  } catch (error) {
    if (!(error instanceof KeyPathError)) throw error;
    throw new OneshotError('usage', `${JSON.stringify(text)} is no key path: ${error.message}`, {
      hint: 'a key path reads training.optimizer.learningRate or model.encoder[0].filters',
    });
  }
}

/** The places one step further; none where the schema knows none. */
function takeStep(place: Place, step: PathStep): Place[] {
  const { node } = place;
  if (node.items !== undefined && tagOf(node) === undefined) {
    const item = itemOf(place);
    if (typeof step !== 'string') return [item];
    return takeStep(item, step);
  }
  if (typeof step !== 'string') return [];
  const kinds = kindsOf(place);
  const named = kinds.filter(({ kind }) => kind === step).map(({ place: kind }) => kind);
  if (named.length > 0) return named;
  const fields = [place, ...kinds.map(({ place: kind }) => kind)].flatMap((one) => fieldOf(one, step) ?? []);
  const tag = tagOf(node);
  if (step === tag) return [describeTag(place, tag, kinds)];
  return fields;
}

/** The key that chooses the kind, as one place for all kinds. */
function describeTag(place: Place, tag: string, kinds: ReturnType<typeof kindsOf>): Place {
  const words = kinds.map(({ kind }) => kind);
  return {
    ...place,
    path: joinPath(place.path, tag),
    node: { enum: words, description: `Chooses the kind. ${place.node.description ?? ''}`.trim() },
    isRequired: true,
  };
}

function itemOf(place: Place): Place {
  return { ...place, path: `${place.path}[]`, node: resolveSchema(place.node.items!), isRequired: false };
}

function kindsOf(place: Place): { kind: string; place: Place }[] {
  const tag = tagOf(place.node);
  return [...branchesOf(place.node)].map(([kind, node]) => ({
    kind,
    place: {
      ...place,
      node,
      kinds: [...place.kinds, `${tag}: ${kind}`],
      affects: node['x-affects'] ?? place.affects,
    },
  }));
}

function fieldOf(place: Place, key: string): Place | undefined {
  const { properties, additionalProperties, required } = place.node;
  const open = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  const child = properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : open;
  if (child === undefined) return undefined;
  const node = resolveSchema(child);
  return {
    path: child === open ? `${place.path}.KEY.PATH` : joinPath(place.path, key),
    kinds: place.kinds,
    node,
    affects: node['x-affects'] ?? place.affects,
    isRequired: required?.includes(key) ?? false,
  };
}

function childrenOf(place: Place): Place[] {
  const { node } = place;
  const tag = tagOf(node);
  if (tag !== undefined) {
    const kinds = kindsOf(place);
    return [describeTag(place, tag, kinds), ...kinds.map(({ place: kind }) => kind)];
  }
  const fields = Object.entries(node.properties ?? {})
    .filter(([, child]) => resolveSchema(child).const === undefined)
    .map(([key]) => fieldOf(place, key)!);
  return node.items === undefined ? fields : [...fields, itemOf(place)];
}

function describePlace({ path, kinds, node, affects, isRequired }: Place): KeyExplanation {
  const choices = [...branchesOf(node)].map(([name, kind]) => ({ name, description: kind.description ?? '' }));
  const item = node.items && resolveSchema(node.items);
  const itemChoices = item ? [...branchesOf(item)] : [];
  const map = choices.length > 0 ? undefined : (node.properties ?? item?.properties);
  return {
    path,
    kinds,
    description: node.description ?? '',
    allowed: describeAllowed(node),
    ...(node.default === undefined ? {} : { default: node.default }),
    ...(node['x-unit'] === undefined ? {} : { unit: node['x-unit'] }),
    isRequired,
    affects,
    choices:
      choices.length > 0 ? choices : itemChoices.map(([name, kind]) => ({ name, description: kind.description ?? '' })),
    keys: Object.entries(map ?? {}).map(([name, child]) => ({
      name,
      description: resolveSchema(child).description ?? '',
    })),
  };
}

// A key that means the same in several kinds is explained once, for all of them.
function mergeEqual(explanations: readonly KeyExplanation[]): KeyExplanation[] {
  const merged = new Map<string, KeyExplanation>();
  for (const explanation of explanations) {
    const { kinds, ...meaning } = explanation;
    const identity = JSON.stringify(meaning);
    const known = merged.get(identity);
    merged.set(identity, known === undefined ? explanation : { ...known, kinds: [...known.kinds, ...kinds] });
  }
  return [...merged.values()];
}

function refuseStep(text: string, places: readonly Place[], step: PathStep): never {
  const parent = places[0]?.path ?? '';
  const where = parent === '' ? 'an experiment' : parent;
  if (typeof step !== 'string')
    throw new OneshotError('usage', `${where} is no list, so it has no item ${formatStep(step)}`, {
      hint: suggest(text, parent),
    });
  const allowed = [...new Set(places.flatMap(namesAt))];
  if (allowed.length === 0)
    throw new OneshotError('usage', `${where} is a single value and holds no key ${step}`, {
      hint: suggest(text, parent),
    });
  const nearest = findNearestKey(step, allowed);
  const elsewhere = nearest === undefined ? findElsewhere(step) : [];
  const hint =
    nearest !== undefined
      ? `did you mean ${joinPath(parent, nearest)}?`
      : elsewhere.length > 0
        ? `it exists at ${elsewhere.join(', ')}`
        : `allowed: ${allowed.join(', ')}`;
  throw new OneshotError('usage', `no key ${step} in ${where}`, { hint });
}

const suggest = (text: string, parent: string) =>
  parent === '' || parent === text ? 'see `oneshot schema --page`' : `did you mean ${parent}?`;

const formatStep = (step: number | { readonly name: string }) => `[${typeof step === 'number' ? step : step.name}]`;

/** The names that may follow a place. */
function namesAt(place: Place): string[] {
  const { node } = place;
  if (node.items !== undefined && tagOf(node) === undefined) return namesAt(itemOf(place));
  const kinds = kindsOf(place);
  return [
    ...Object.keys(node.properties ?? {}),
    ...kinds.map(({ kind }) => kind),
    ...kinds.flatMap(({ place: kind }) => Object.keys(kind.node.properties ?? {})),
  ];
}

/** Paths that end in this key, for those who know its name and not its place. */
function findElsewhere(key: string): string[] {
  const wanted = key.toLowerCase();
  return listKeyPaths()
    .filter((path) => path.slice(path.lastIndexOf('.') + 1).toLowerCase() === wanted)
    .slice(0, 6);
}

const joinPath = (parent: string, key: string) => (parent === '' ? key : `${parent}.${key}`);

// Key paths, `model.encoder[conv1].filters`: the one spelling for a place in an experiment, used by problems, sweeps,
// `--set` and `explain`.

/** One step of a key path: a key of a map, an item of a list by its number from 0, or an item of a list by its name. */
export type PathStep = string | number | { readonly name: string };

/** From the root inwards. */
export type KeyPath = readonly PathStep[];

/** A key path that names items of lists by number only. */
export type ConcretePath = readonly (string | number)[];

/** A text that is no key path. `offset` counts characters from 0. */
export class KeyPathError extends Error {
  override readonly name = 'KeyPathError';
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** A parsed key path; `offsets` says where each step begins in the text. */
export interface ParsedKeyPath {
  readonly steps: KeyPath;
  readonly offsets: readonly number[];
}

const plainKey = /^[^\s.[\]"']+$/;

/**
 * The steps of a key path. Keys are separated by dots; `[2]` is a number, `[conv1]` a name, `["a.b"]` a key with odd
 * characters; behind `sweep.parameters.` stands one key, itself a key path. Throws a `KeyPathError`.
 */
export function parseKeyPath(text: string): ParsedKeyPath {
  const steps: PathStep[] = [];
  const offsets: number[] = [];
  let at = 0;
  while (at < text.length || steps.length === 0) {
    offsets.push(at);
    if (holdsKeyPaths(steps) && text[at] !== '[') {
      steps.push(text.slice(at));
      break;
    }
    if (text[at] === '[') {
      const bracket = /^\[(?:"((?:[^"\\]|\\.)*)"|([^\][."]*))\]/.exec(text.slice(at));
      if (!bracket) throw new KeyPathError('a bracket that is not closed', at);
      steps.push(parseBracket(bracket, at));
      at += bracket[0].length;
    } else {
      const key = /^[^.[\]]*/.exec(text.slice(at))![0];
      if (!plainKey.test(key))
        throw new KeyPathError(key === '' ? 'an empty key' : `the key ${JSON.stringify(key)}`, at);
      steps.push(key);
      at += key.length;
    }
    if (text[at] === '.') {
      at += 1;
      if (at === text.length || text[at] === '[') throw new KeyPathError('an empty key', at);
    } else if (at < text.length && text[at] !== '[') {
      throw new KeyPathError(`the character ${JSON.stringify(text[at])}`, at);
    }
  }
  return { steps, offsets };
}

/** Whether the keys of the map at this path are key paths themselves: `sweep.parameters`, `sweep.points[0]`. */
function holdsKeyPaths(steps: KeyPath): boolean {
  if (steps[0] !== 'sweep') return false;
  return (steps.length === 2 && steps[1] === 'parameters') || (steps.length === 3 && steps[1] === 'points');
}

function parseBracket(bracket: RegExpExecArray, offset: number): PathStep {
  const [, quoted, bare] = bracket;
  if (quoted !== undefined) {
    try {
      return JSON.parse(`"${quoted}"`) as string;
    } catch {
      throw new KeyPathError(`the key ${bracket[0]}`, offset);
    }
  }
  if (bare === undefined || bare.trim() === '') throw new KeyPathError('empty brackets', offset);
  return /^\d{1,9}$/.test(bare) ? Number(bare) : { name: bare };
}

/** A key path as text: what `parseKeyPath` reads. Empty for the root. */
export function formatKeyPath(steps: KeyPath): string {
  let text = '';
  for (const [at, step] of steps.entries()) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (typeof step === 'object') text += `[${step.name}]`;
    else if (plainKey.test(step) || (text !== '' && holdsKeyPaths(steps.slice(0, at))))
      text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

/**
 * The name by which a path may call an item of a list: its `name`, or, for a layer without one, its type and number
 * (`relu1`).
 */
export function nameOfItem(item: unknown, index: number): string | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const { name, type } = item as { name?: unknown; type?: unknown };
  if (typeof name === 'string') return name;
  return typeof type === 'string' ? `${type}${index}` : undefined;
}

/** The number of the item that a step names, or undefined when there is none. */
export function findItem(items: readonly unknown[], step: number | { readonly name: string }): number | undefined {
  if (typeof step === 'number') return step < items.length ? step : undefined;
  const index = items.findIndex((item, at) => nameOfItem(item, at) === step.name);
  return index < 0 ? undefined : index;
}

/** The value at a path, or undefined when there is none. */
export function getAtPath(root: unknown, path: KeyPath): unknown {
  let value = root;
  for (const step of path) {
    if (Array.isArray(value)) {
      const index = typeof step === 'string' ? undefined : findItem(value, step);
      value = index === undefined ? undefined : value[index];
    } else if (typeof value === 'object' && value !== null && typeof step === 'string' && Object.hasOwn(value, step)) {
      value = (value as Record<string, unknown>)[step];
    } else return undefined;
  }
  return value;
}

/**
 * A copy of `root` with the value at a path replaced; what lies beside the path is shared with `root`. The path must lead
 * through maps and lists that are there.
 */
export function setAtPath<Root>(root: Root, path: ConcretePath, value: unknown): Root {
  const [step, ...rest] = path;
  if (step === undefined) return value as Root;
  if (Array.isArray(root)) {
    const copy = [...root];
    copy[step as number] = setAtPath(copy[step as number], rest, value);
    return copy as Root;
  }
  const map = (root ?? {}) as Record<string, unknown>;
  const child = Object.hasOwn(map, step as string) ? map[step as string] : undefined;
  return { ...map, [step]: setAtPath(child, rest, value) } as Root;
}

/** Whether `path` is `ancestor` or lies below it. */
export function isWithin(path: ConcretePath, ancestor: ConcretePath): boolean {
  return ancestor.length <= path.length && ancestor.every((step, at) => step === path[at]);
}

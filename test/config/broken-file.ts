// A broken experiment file as a row of a table: what is changed in a valid file, and the problems that must come of it, in
// their order. Lines and columns of the expected problems count in the changed file.
import { join } from 'node:path';
import { InputError, type Problem } from '../../src/base/problem.js';
import { loadExperiment } from '../../src/check/load-experiment.js';

export interface BrokenFile {
  readonly title: string;
  /** Lines of `validFile` by their number, replaced; a replacement may have several lines. */
  readonly change?: Readonly<Record<number, string>>;
  /** Put before the first line. */
  readonly before?: string;
  /** Put behind the last line, which is line 14. */
  readonly add?: string;
  /** The whole file instead. */
  readonly text?: string;
  /** The whole file as bytes. */
  readonly bytes?: readonly number[];
  /** Other files by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** `--set` arguments. */
  readonly sets?: readonly string[];
  /** The name to load instead of `t.yaml`. */
  readonly path?: string;
  /** `line:column code key.path`; with the file's name before it where it is not `t.yaml`. */
  readonly expected: readonly string[];
}

/** Line 2 is the data, 5 to 7 the layers, 10 to 12 the training, 14 the evaluation. */
export const validFile = `name: t
data: {dataset: glyphs, imageSize: 28}
model:
  encoder:
    - {name: conv1, type: conv, filters: 8, kernelSize: 3}
    - {type: relu}
    - {name: embedding, type: dense, units: 16}
  head: {type: weightedL1}
training:
  task: {type: allPairs}
  optimizer: {type: adamW}
  maxEpochs: 2
evaluation:
  - {protocol: within-alphabet, nWay: 5}
`;

/** All files of a row by name. */
export function filesOf({
  text,
  bytes,
  before,
  change = {},
  add,
  files = {},
}: Omit<BrokenFile, 'title' | 'expected'>): Map<string, Uint8Array> {
  const lines = validFile
    .trimEnd()
    .split('\n')
    .map((line, index) => change[index + 1] ?? line);
  const changed = [before ?? [], lines, add ?? []].flat().join('\n');
  const all = new Map(Object.entries(files).map(([name, content]) => [name, encode(content)]));
  return all.set('t.yaml', bytes ? Uint8Array.from(bytes) : encode(text ?? `${changed}\n`));
}

/** The problems of a row, without touching the disk. */
export function findProblems(row: Omit<BrokenFile, 'title' | 'expected'>): readonly Problem[] {
  const files = filesOf(row);
  const byPath = new Map([...files].map(([name, content]) => [join(process.cwd(), name), content]));
  const readFile = (path: string) => {
    const content = byPath.get(join(process.cwd(), path)) ?? byPath.get(path);
    if (content === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    return content;
  };
  try {
    loadExperiment(row.path ?? 't.yaml', { ...(row.sets ? { sets: row.sets } : {}), readFile });
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}

/** A problem as a table writes it. */
export function summarize({ file, line, column, code, path }: Problem): string {
  const place = file.startsWith('--set ')
    ? `${file}:${column}`
    : file === 't.yaml'
      ? `${line}:${column}`
      : `${file}:${line}:${column}`;
  return path === '' ? `${place} ${code}` : `${place} ${code} ${path}`;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

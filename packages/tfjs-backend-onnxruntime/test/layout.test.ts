// The layout of src/: a step goes from recording to lowering, to a graph, to the library. A folder imports only from rows below its own.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const source = resolve(import.meta.dirname, '../src');

/** Lowest row first; files beside the folders are the top. */
const ROWS = ['base', 'runtime', 'native', 'winograd', 'recording', 'graph', 'lowering', 'tuning'];

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

const rowOf = (file: string) => (file.includes('/') ? ROWS.indexOf(file.split('/')[0] as string) : ROWS.length);

/** Every relative import of a file, those of types too, as a path below src/. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(source, file), 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)\.js'/g)].map((match) => match[1] as string);
  return specifiers.map((specifier) => `${relative(source, resolve(source, dirname(file), specifier))}.ts`);
}

/** Returns a circle of imports through the file, or null. */
function findCircle(file: string, path: readonly string[], done: Set<string>): string[] | null {
  if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
  if (done.has(file)) return null;
  for (const target of importsOf(file)) {
    const circle = findCircle(target, [...path, file], done);
    if (circle) return circle;
  }
  done.add(file);
  return null;
}

describe('the layout of src/', () => {
  test('every folder has its row', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.filter((file) => rowOf(file) < 0)).toEqual([]);
  });

  test('no folder imports from a row above', () => {
    const upward = files.flatMap((file) =>
      importsOf(file)
        .filter((target) => rowOf(target) > rowOf(file))
        .map((target) => `${file} imports ${target}`),
    );
    expect(upward).toEqual([]);
  });

  test('no files import each other in a circle', () => {
    const done = new Set<string>();
    expect(files.flatMap((file) => findCircle(file, [], done) ?? [])).toEqual([]);
  });
});

// Which file imports which below a folder of sources, types included: what the layout tests of this program and of its
// packages look at.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** For each file, as a path below the folder, the files of the folder that it imports. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** The imports of every TypeScript file below a folder. */
export function readImportGraph(source: string): ImportGraph {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return new Map(files.map((file) => [file, importsOf(source, file).filter((target) => files.includes(target))]));
}

function importsOf(source: string, file: string): string[] {
  const text = readFileSync(join(source, file), 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)\.js'/g)].map((match) => match[1] as string);
  return specifiers.map((specifier) => relative(source, resolve(source, dirname(file), `${specifier}.ts`)));
}

/**
 * Every import of a folder that stands on a row above, as a sentence. `rows` go from the lowest to the highest; files
 * beside the folders are the top.
 */
export function findUpwardImports(graph: ImportGraph, rows: readonly (readonly string[])[]): string[] {
  const rowOf = (file: string) => {
    const folder = folderOf(file);
    return folder === '' ? rows.length : rows.findIndex((row) => row.includes(folder));
  };
  return [...graph].flatMap(([file, targets]) =>
    targets
      .filter((target) => folderOf(target) !== folderOf(file) && rowOf(target) >= rowOf(file))
      .map((target) => `${file} imports ${target}`),
  );
}

/** The first folder of a path; empty for files beside the folders. */
export function folderOf(file: string): string {
  return file.includes('/') ? (file.split('/')[0] as string) : '';
}

/** A circle of imports for each place where one closes, as `a.ts > b.ts > a.ts`. */
export function findCircles(graph: ImportGraph): string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' > '));
    else if (!done.has(file)) {
      for (const target of graph.get(file) ?? []) visit(target, [...path, file]);
      done.add(file);
    }
  };
  for (const file of graph.keys()) visit(file, []);
  return circles;
}

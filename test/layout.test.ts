// The layout of src/: data flows one way. A folder imports only from rows below its own, and folders on one row do not see each other.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const source = resolve(import.meta.dirname, '../src');

/** Lowest row first. */
const ROWS = [
  ['base'],
  ['config'],
  ['layers'],
  ['plan', 'data', 'model', 'engine', 'tracking'],
  ['tasks', 'optimizers'],
  ['check', 'training', 'evaluation'],
  ['run-folder'],
  ['run'],
  ['launch', 'report', 'classify', 'export', 'demo', 'doctor', 'install', 'bench'],
  ['cli', 'library'],
];

const rowOf = (folder: string) => ROWS.findIndex((row) => row.includes(folder));

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

/** Every relative import of a file, as a path below src/. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(source, file), 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => match[1] as string);
  return specifiers.map((specifier) => relative(source, resolve(source, dirname(file), specifier)));
}

describe('the layout of src/', () => {
  test('every folder has its row', () => {
    const folders = readdirSync(source, { withFileTypes: true }).map((entry) => entry.name);
    expect(folders.filter((folder) => rowOf(folder) < 0)).toEqual([]);
  });

  test('no folder imports from its own row or from a row above', () => {
    const upward = files.flatMap((file) => {
      const from = file.split('/')[0] as string;
      return importsOf(file)
        .filter((target) => !target.startsWith('..'))
        .filter((target) => {
          const to = target.split('/')[0] as string;
          return to !== from && rowOf(to) >= rowOf(from);
        })
        .map((target) => `${file} imports ${target}`);
    });
    expect(files.length).toBeGreaterThan(50);
    expect(upward).toEqual([]);
  });

  test('only cli/ prints or ends the process', () => {
    const printing = files
      .filter((file) => !file.startsWith('cli/') && file !== 'run/trial-process.ts')
      .filter((file) =>
        /console\.\w+\(|process\.(stdout|stderr)\.write|process\.exit\(/.test(readFileSync(join(source, file), 'utf8')),
      );
    expect(printing).toEqual([]);
  });

  test('what validate and plan load does not load TensorFlow.js', () => {
    const seen = new Set<string>();
    const loading: string[] = [];
    const visit = (file: string) => {
      if (seen.has(file)) return;
      seen.add(file);
      const text = readFileSync(join(source, file), 'utf8');
      if (/^import (?!type)[^;]*'@tensorflow\/tfjs'/m.test(text)) loading.push(file);
      for (const match of text.matchAll(/^(?:import|export) (?!type)[^;]*?'(\.[^']+)\.js'/gm)) {
        visit(relative(source, resolve(source, dirname(file), `${match[1]}.ts`)));
      }
    };
    visit('cli/commands/validate.ts');
    visit('cli/commands/plan.ts');
    visit('cli/commands/status.ts');
    expect(seen.size).toBeGreaterThan(20);
    expect(loading).toEqual([]);
  });
});

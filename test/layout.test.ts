// The layout of src/: data flows one way. A folder imports only from rows below its own, and folders on one row do not see each other.
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findCircles, findUpwardImports, folderOf, readImportGraph } from './support/import-graph.js';

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
  ['trained'],
  ['export', 'browser'],
  ['run'],
  ['launch', 'report', 'classify', 'demo', 'doctor', 'install', 'bench'],
  ['cli', 'library'],
];

const graph = readImportGraph(source);
const files = [...graph.keys()];

describe('the layout of src/', () => {
  test('every folder has its row', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.map(folderOf).filter((folder) => !ROWS.flat().includes(folder))).toEqual([]);
  });

  test('no folder imports from its own row or from a row above', () => {
    expect(findUpwardImports(graph, ROWS)).toEqual([]);
  });

  test('no files import each other in a circle, not even types', () => {
    expect(findCircles(graph)).toEqual([]);
  });

  test('only cli/ prints or ends the process, beside programs whose output is kept in a file', () => {
    const programs = ['run/trial-process.ts', 'launch/slurm/task-process.ts'];
    const printing = files
      .filter((file) => !file.startsWith('cli/') && !programs.includes(file))
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

// The layout of src/: a step goes from recording to lowering, to a graph, to the library. A folder imports only from rows below its own.
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findCircles, findUpwardImports, folderOf, readImportGraph } from '../../../test/support/import-graph.js';

const source = resolve(import.meta.dirname, '../src');

/** Lowest row first; files beside the folders are the top. */
const ROWS = ['base', 'runtime', 'native', 'winograd', 'recording', 'graph', 'lowering', 'tuning'];

const graph = readImportGraph(source);

describe('the layout of src/', () => {
  test('every folder has its row', () => {
    const folders = [...graph.keys()].filter((file) => file.includes('/')).map(folderOf);
    expect(folders.length).toBeGreaterThan(50);
    expect(folders.filter((folder) => !ROWS.includes(folder))).toEqual([]);
  });

  test('no folder imports from a row above', () => {
    const rows = ROWS.map((folder) => [folder]);
    expect(findUpwardImports(graph, rows)).toEqual([]);
  });

  test('no files import each other in a circle, not even types', () => {
    expect(findCircles(graph)).toEqual([]);
  });
});

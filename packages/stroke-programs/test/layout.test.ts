import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { findCircles, readImportGraph } from '../../../test/support/import-graph.js';

test('no files of src/ import each other in a circle, not even types', () => {
  const graph = readImportGraph(resolve(import.meta.dirname, '../src'));
  expect(graph.size).toBeGreaterThan(10);
  expect(findCircles(graph)).toEqual([]);
});

// Files that take the most work to check for their size: problems with places or none, never another error. How long they take in
// full size is measured in test/soak.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { InputError } from '../../src/base/problem.js';
import { loadExperiment } from '../../src/check/load-experiment.js';
import { listHostileShapes } from '../support/hostile-shapes.js';

// Short ones too: work that doubles with each sign is seen before any bound on size or depth is met.
const shapes = [40, 70, 101, 200, 2000].flatMap((bytes) =>
  [...listHostileShapes(bytes)].map(([name, files]) => [`${name}, ${bytes} bytes`, files] as const),
);

test.each(shapes)('%s', (_, files) => {
  const folder = mkdtempSync(join(tmpdir(), 'oneshot-test-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  try {
    loadExperiment(join(folder, 'shape.yaml'));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.problems.length).toBeLessThanOrEqual(100);
    for (const { line, column, found } of error.problems) {
      expect(Math.min(line, column)).toBeGreaterThanOrEqual(1);
      expect(found).not.toBe('');
    }
  }
});

test('says how many problems it leaves out', () => {
  const folder = mkdtempSync(join(tmpdir(), 'oneshot-test-'));
  const file = join(folder, 'many.yaml');
  writeFileSync(file, `name: a\n${Array.from({ length: 300 }, (_, i) => `key${i}: 1\n`).join('')}`);
  const error = expectInputError(() => loadExperiment(file));
  // 300 unknown keys, and that there is nothing to do.
  expect([error.problems.length, error.more]).toEqual([100, 201]);
});

test('keys after keys in one line are maps inside each other: reading ends at the hundredth', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'oneshot-test-')), 'colons.yaml');
  writeFileSync(file, `d: ${'a: '.repeat(30_000)}1`);
  const { problems } = expectInputError(() => loadExperiment(file));
  expect(problems).toMatchObject([{ line: 1, column: 301, found: 'more than 100 lists and maps inside each other' }]);
});

test('a list of maps is compared with itself only up to the length that it may have', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'oneshot-test-')), 'baselines.yaml');
  writeFileSync(file, `name: a\nbaselines: [${'chance,'.repeat(1001)}]\n`);
  const { problems } = expectInputError(() => loadExperiment(file));
  const found = problems.filter(({ path }) => path === 'baselines').map((problem) => problem.found);
  expect(found).toEqual(['a list of 1001']);
});

test('a key of a megabyte is like no other, is no path, and is not shown in whole', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'oneshot-test-')), 'key.yaml');
  writeFileSync(file, `? sweep${'.parametersname'.repeat(60_000)}\n: 1\n`);
  const { problems } = expectInputError(() => loadExperiment(file));
  const unknown = problems.find(({ code }) => code === 'unknown-key')!;
  expect([unknown.found.length < 120, unknown.nearest, unknown.hint]).toEqual([true, undefined, undefined]);
});

function expectInputError(act: () => unknown): InputError {
  try {
    act();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  return expect.unreachable();
}

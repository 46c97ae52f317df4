import { expect, test } from 'vitest';
import { describeProvenance, stripCredentials } from '../../src/run/provenance.js';

test.each([
  ['https://user:secret@example.org/a.git', 'https://example.org/a.git'],
  ['https://token@example.org/a.git', 'https://example.org/a.git'],
  ['git@example.org:a.git', 'git@example.org:a.git'],
  ['/a/folder', '/a/folder'],
])('%s is recorded as %s', (url, recorded) => {
  expect(stripCredentials(url)).toBe(recorded);
});

test('the provenance holds versions, machine and commit, and nothing of the environment', () => {
  process.env.MLFLOW_TRACKING_PASSWORD = 'do-not-record-me';
  const provenance = describeProvenance({
    attempt: 2,
    startedAt: new Date(0),
    engine: { name: 'cpu' },
    folder: import.meta.dirname,
  });
  delete process.env.MLFLOW_TRACKING_PASSWORD;
  expect(provenance).toMatchObject({
    attempt: 2,
    startedAt: '1970-01-01T00:00:00.000Z',
    node: process.version,
    engine: { name: 'cpu' },
  });
  expect(JSON.stringify(provenance)).not.toContain('do-not-record-me');
});

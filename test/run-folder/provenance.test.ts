import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stripCredentials } from '../../src/base/hide-credentials.js';
import { describeGit, describeProvenance } from '../../src/run-folder/provenance.js';

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
    git: { commit: 'a1', branch: 'main', dirty: false },
  });
  delete process.env.MLFLOW_TRACKING_PASSWORD;
  expect(provenance).toMatchObject({
    attempt: 2,
    startedAt: '1970-01-01T00:00:00.000Z',
    node: process.version,
    engine: { name: 'cpu' },
    git: { commit: 'a1', branch: 'main', dirty: false },
  });
  expect(JSON.stringify(provenance)).not.toContain('do-not-record-me');
});

test('the commit of a checkout is told with its branch, whether files were changed, and its remote without credentials', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'oneshot-git-'));
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...args], {
      encoding: 'utf8',
    }).trim();
  try {
    git('init', '--quiet', '--initial-branch=work');
    expect(await describeGit(folder)).toBeUndefined(); // no commit yet
    writeFileSync(join(folder, 'file'), 'one');
    git('add', '.');
    git('commit', '--quiet', '--message=One');
    const commit = git('rev-parse', 'HEAD');
    expect(await describeGit(folder)).toEqual({ commit, branch: 'work', dirty: false });
    writeFileSync(join(folder, 'file'), 'two');
    git('remote', 'add', 'origin', 'https://ada:secret@example.org/a.git');
    const remote = 'https://example.org/a.git';
    expect(await describeGit(folder)).toEqual({ commit, branch: 'work', dirty: true, remote });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a folder in no checkout has no commit', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'oneshot-git-'));
  try {
    expect(await describeGit(folder)).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

// What `npm ci` runs and fetches. Packages with install scripts fetch more (onnxruntime-node: CUDA's provider, 400 MB;
// npm 10 runs such scripts, npm 11 asks about them in a warning on every command): nothing here needs any, so none is
// run.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const readJson = (name: string) => JSON.parse(readFileSync(resolve(root, name), 'utf8'));

interface LockedPackage {
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
  readonly link?: boolean;
}

const locked = Object.entries(readJson('package-lock.json').packages as Record<string, LockedPackage>);

test('no install script of a package is run by any npm', () => {
  // `npm install` writes these lines again: remove them. npm runs what the lock file says has scripts.
  expect(locked.filter(([, { hasInstallScript }]) => hasInstallScript).map(([name]) => name)).toEqual([]);
  expect(Object.values(readJson('package.json').allowScripts as Record<string, boolean>)).not.toContain(true);
});

test('npm has no settings that it does not know', () => {
  expect(readFileSync(resolve(root, '.npmrc'), 'utf8').trim().split('\n')).toEqual(['save-exact=true']);
});

test('every package comes from the registry', () => {
  const foreign = locked.filter(
    ([, { resolved }]) => resolved?.startsWith('http') && !resolved.startsWith('https://registry.npmjs.org/'),
  );
  expect(foreign).toEqual([]);
});

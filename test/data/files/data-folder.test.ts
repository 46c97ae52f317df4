import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { userDataFolder } from '../../../src/base/environment.js';
import { resolveDataFolder } from '../../../src/data/files/data-folder.js';

const place = (env: Record<string, string>) => ({ env, baseFolder: resolve('/experiments') });

test.each([
  ['the path of the file, relative to it', '../data', { ONESHOT_DATA: '/elsewhere' }, '/data'],
  ['an absolute path', '/my/data', {}, '/my/data'],
  ['ONESHOT_DATA', undefined, { ONESHOT_DATA: '/elsewhere', HOME: '/home/me' }, '/elsewhere'],
  ['the cache folder of the user', undefined, { XDG_CACHE_HOME: '/cache', HOME: '/home/me' }, '/cache/oneshot/data'],
  ['.cache in the home folder', undefined, { HOME: '/home/me' }, '/home/me/.cache/oneshot/data'],
] as const)('data lie in %s', (_, path, env, expected) => {
  expect(resolveDataFolder(path, place(env))).toBe(resolve(expected));
});

test('an empty XDG_CACHE_HOME counts as none', () => {
  expect(userDataFolder({ XDG_CACHE_HOME: '', HOME: '/home/me' })).toBe(resolve('/home/me/.cache/oneshot/data'));
});

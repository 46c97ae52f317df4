// An engine is put in place whole or not at all.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { OneshotError } from '../../src/base/problem.js';
import { findInstalledEngine } from '../../src/engine/installed-engine.js';
import type { EngineRecipe } from '../../src/install/engine-recipe.js';
import { installEngine, isInstalled, uninstallEngine } from '../../src/install/install-engine.js';

let engines = '';
let env: { ONESHOT_ENGINES: string };

beforeEach(() => {
  engines = join(mkdtempSync(join(tmpdir(), 'oneshot-engines-')), 'engines');
  env = { ONESHOT_ENGINES: engines };
});

/** An engine that is one file with this content. */
function recipeOf(content: string, changes: Partial<EngineRecipe> = {}): EngineRecipe {
  return {
    name: 'tensorflow',
    variant: 'cpu',
    version: '1.0',
    recipe: content,
    wheels: [],
    diskBytes: 0,
    checkMachine: () => {},
    build: async ({ folder }) => writeFileSync(join(folder, 'library'), content),
    ...changes,
  };
}

const quiet = { tryOut: async () => {}, onActivity: () => {}, onProgress: () => {}, report: () => {} };
const install = (recipe: EngineRecipe, options: Partial<Parameters<typeof installEngine>[1]> = {}) =>
  installEngine(recipe, { env, ...quiet, ...options });
const library = () => readFileSync(join(engines, 'tensorflow', 'library'), 'utf8');

describe('installing an engine', () => {
  test('puts it into its folder, and nothing else', async () => {
    const recipe = recipeOf('one');
    expect(isInstalled(recipe, env)).toBe(false);
    expect(await install(recipe)).toBe(join(engines, 'tensorflow'));
    expect(isInstalled(recipe, env)).toBe(true);
    expect(isInstalled({ ...recipe, variant: 'gpu' }, env)).toBe(false);
    expect(findInstalledEngine('tensorflow', env)).toMatchObject({ variant: 'cpu', recipe: 'one', bytes: 3 });
    expect(readdirSync(engines)).toEqual(['tensorflow']);
  });

  test('tries it out before it is in place', async () => {
    let seen: unknown;
    await install(recipeOf('one'), {
      tryOut: async (trial) => {
        seen = [findInstalledEngine('tensorflow', trial)?.recipe, existsSync(join(engines, 'tensorflow'))];
      },
    });
    expect(seen).toEqual(['one', false]);
  });

  test.each<[string, Partial<EngineRecipe>, boolean]>([
    ['does not work', {}, true],
    ['cannot be built', { build: () => Promise.reject(new OneshotError('engine', 'no compiler')) }, false],
  ])('leaves the former one untouched when the new one %s', async (_, changes, isTriedOut) => {
    await install(recipeOf('one'));
    const attempt = install(recipeOf('two', changes), {
      tryOut: () => (isTriedOut ? Promise.reject(new OneshotError('engine', 'wrong gradients')) : Promise.resolve()),
    });
    await expect(attempt).rejects.toMatchObject({ code: 'engine' });
    expect(library()).toBe('one');
    expect(readdirSync(engines)).toEqual(['tensorflow']);
  });

  test('replaces another version, and clears away what a killed attempt left', async () => {
    await install(recipeOf('one'));
    mkdirSync(join(engines, '.tensorflow.0123456789ab.tmp', 'tensorflow'), { recursive: true });
    await install(recipeOf('two'));
    expect(library()).toBe('two');
    expect(readdirSync(engines)).toEqual(['tensorflow']);
  });

  test('is refused where the disk is too small, before anything is downloaded', async () => {
    const recipe = recipeOf('one', { diskBytes: 1e18, build: () => Promise.reject(new Error('was begun')) });
    await expect(install(recipe)).rejects.toMatchObject({
      code: 'disk',
      message: expect.stringContaining('tensorflow needs 1000000000.0 GB while it is installed'),
    });
  });

  test('says which folder it is that cannot be made', async () => {
    writeFileSync(join(engines, '..', 'file'), '');
    const folder = join(engines, '..', 'file', 'engines');
    await expect(install(recipeOf('one'), { env: { ONESHOT_ENGINES: folder } })).rejects.toMatchObject({
      code: 'disk',
      message: expect.stringContaining(folder),
      hint: expect.stringContaining('ONESHOT_ENGINES'),
    });
  });

  test('is done by one process at a time', async () => {
    const second = { outcome: 'none' };
    await install(
      recipeOf('one', {
        build: async ({ folder }) => {
          second.outcome = await install(recipeOf('two')).then(
            () => 'installed',
            (error: OneshotError) => error.code,
          );
          writeFileSync(join(folder, 'library'), 'one');
        },
      }),
    );
    expect(second.outcome).toBe('locked');
    expect(library()).toBe('one');
  });
});

describe('uninstalling an engine', () => {
  test('removes its folder and says what that frees', async () => {
    await install(recipeOf('one'));
    expect(await uninstallEngine('tensorflow', env)).toBeGreaterThan(3);
    expect(readdirSync(engines)).toEqual([]);
  });

  test('clears away what a cut installation left', async () => {
    mkdirSync(join(engines, '.downloads'), { recursive: true });
    mkdirSync(join(engines, '.tensorflow.0123456789ab.tmp'));
    expect(await uninstallEngine('tensorflow', env)).toBeUndefined();
    expect(readdirSync(engines)).toEqual([]);
  });

  test('does nothing where there is none', async () => {
    expect(await uninstallEngine('tensorflow', env)).toBeUndefined();
    expect(existsSync(engines)).toBe(false);
  });
});

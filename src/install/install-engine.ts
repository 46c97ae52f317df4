// Puts an engine into its folder, whole or not at all: built under a temporary name, tried out there, synced, renamed. What
// was downloaded stays until the installation is whole, so that another attempt goes on with it.
import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { removeStaleTemporaries, syncFolder, temporaryName } from '../base/atomic-file.js';
import type { Environment } from '../base/environment.js';
import { makeFolder } from '../base/make-folder.js';
import { OneshotError } from '../base/problem.js';
import { acquireProcessLock, type ProcessLock } from '../base/process-lock.js';
import {
  enginesFolder,
  findInstalledEngine,
  INSTALLED_FILE,
  type InstallableName,
  type InstalledEngine,
} from '../engine/installed-engine.js';
import type { EngineRecipe } from './engine-recipe.js';
import { fetchWheel } from './fetch-wheel.js';

export interface InstallOptions {
  readonly env: Environment;
  /** A folder or an address that has the wheels, in place of PyPI. */
  readonly from?: string | undefined;
  /** Rejects when what was built does not work; the environment makes it the installed one. */
  tryOut(env: Environment): Promise<void>;
  onActivity(activity: string): void;
  onProgress(file: string, received: number, total: number): void;
  /** Told of what went wrong and was got around. */
  report(message: string): void;
}

/** True where exactly this engine is installed already. */
export function isInstalled({ name, variant, recipe }: EngineRecipe, env: Environment): boolean {
  const found = findInstalledEngine(name, env);
  return found?.variant === variant && found.recipe === recipe;
}

/**
 * Installs the engine in place of another variant or version; resolves to its folder. Rejects with a OneshotError that
 * says what is missing: then what was installed before is untouched.
 */
export async function installEngine(recipe: EngineRecipe, options: InstallOptions): Promise<string> {
  const { env, from, onActivity, onProgress, report } = options;
  const engines = enginesFolder(env);
  recipe.checkMachine(env);
  return await withEnginesLocked(engines, async () => {
    requireSpace(engines, recipe);
    const downloads = join(engines, '.downloads');
    // A folder of engines of its own, so that it can be tried out before it is in place.
    const temporary = temporaryName(join(engines, recipe.name));
    const folder = join(temporary, recipe.name);
    try {
      makeFolder(folder);
      await recipe.build({
        folder,
        env,
        from,
        fetch: (wheel) => fetchWheel(wheel, { folder: downloads, from, env, onProgress, report }),
        onActivity,
      });
      const { name, variant } = recipe;
      const installed: InstalledEngine = { name, variant, recipe: recipe.recipe, bytes: measureTree(folder) };
      writeFileSync(join(folder, INSTALLED_FILE), `${JSON.stringify(installed, null, 2)}\n`);
      onActivity('trying it out');
      await options.tryOut({ ...env, ONESHOT_ENGINES: temporary });
      onActivity('writing it to the disk');
      syncTree(folder);
      replaceFolder(folder, join(engines, recipe.name));
      rmSync(downloads, { recursive: true, force: true });
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
    return join(engines, recipe.name);
  });
}

/**
 * Removes an installed engine, and what cut installations left; resolves to the bytes that its folder had, undefined
 * where there was none.
 */
export async function uninstallEngine(name: InstallableName, env: Environment): Promise<number | undefined> {
  const engines = enginesFolder(env);
  const folder = join(engines, name);
  if (!existsSync(engines)) return undefined;
  return await withEnginesLocked(engines, async () => {
    rmSync(join(engines, '.downloads'), { recursive: true, force: true });
    if (!existsSync(folder)) return undefined;
    const bytes = measureTree(folder);
    const leaving = temporaryName(folder);
    renameSync(folder, leaving);
    syncFolder(engines);
    rmSync(leaving, { recursive: true });
    return bytes;
  });
}

/** Runs `work` while no other process changes the engines. Turns what the file system says into a OneshotError('disk'). */
async function withEnginesLocked<Result>(engines: string, work: () => Promise<Result>): Promise<Result> {
  let lock: ProcessLock | undefined;
  try {
    makeEnginesFolder(engines);
    const holder = acquireProcessLock(join(engines, '.lock'));
    if (!('release' in holder)) {
      throw new OneshotError('locked', `process ${holder.pid} on ${holder.host} is installing an engine already`, {
        hint: 'wait for it, or stop it first',
      });
    }
    lock = holder;
    removeStaleTemporaries(engines);
    return await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof OneshotError || !/^(ENOSPC|EDQUOT|EACCES|EPERM|EROFS|ENOTDIR)$/.test(code ?? '')) throw error;
    throw cannotWrite(engines, error);
  } finally {
    lock?.release();
  }
}

/** Some file systems say ENOENT where they cannot be written. */
function makeEnginesFolder(path: string): void {
  try {
    makeFolder(path);
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

function cannotWrite(engines: string, error: unknown): OneshotError {
  return new OneshotError('disk', `engines cannot be written to ${engines}: ${(error as Error).message}`, {
    hint: 'free some space, or name another folder in ONESHOT_ENGINES',
    cause: error,
  });
}

function requireSpace(engines: string, { name, wheels, diskBytes }: EngineRecipe): void {
  const { bavail, bsize } = statfsSync(engines);
  const needed = diskBytes + wheels.reduce((sum, { bytes }) => sum + bytes, 0);
  const free = bavail * bsize;
  if (free >= needed) return;
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  throw new OneshotError(
    'disk',
    `${name} needs ${gigabytes(needed)} while it is installed; ${engines} has ${gigabytes(free)} free`,
    {
      hint: 'free some space, or name a folder on another disk in ONESHOT_ENGINES',
    },
  );
}

function replaceFolder(replacement: string, target: string): void {
  const leaving = temporaryName(target);
  if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) renameSync(target, leaving);
  renameSync(replacement, target);
  syncFolder(join(target, '..'));
  // Processes that have loaded it keep its files until they end.
  rmSync(leaving, { recursive: true, force: true });
}

function measureTree(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).reduce(
    (sum, name) => sum + lstatSync(join(folder, name)).size,
    0,
  );
}

function syncTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) syncTree(path);
    else if (entry.isFile()) {
      const file = openSync(path, 'r');
      fsyncSync(file);
      closeSync(file);
    }
  }
  syncFolder(folder);
}

// Engines that `oneshot engine install` has put into a folder of their own: where that is, and what lies there. They are
// made by src/install/; engines only look for them here.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Environment, userCacheFolder } from '../base/environment.js';

/** What can be installed besides the embedded engine. */
export type InstallableName = 'tensorflow' | 'cuda' | 'webgpu';

/** What lies in the folder of an installed engine, as its installation wrote it. */
export interface InstalledEngine {
  readonly name: InstallableName;
  readonly variant: 'cpu' | 'gpu';
  /** Names everything that it was made of; another one is another installation. */
  readonly recipe: string;
  readonly bytes: number;
}

/** File that is written last: without it the folder is not an installation. */
export const INSTALLED_FILE = 'installed.json';

/**
 * The folder that engines are installed in: ONESHOT_ENGINES, else `oneshot/engines` in the user's cache folder (XDG Base
 * Directory Specification 0.8).
 */
export function enginesFolder(env: Environment): string {
  if (env.ONESHOT_ENGINES) return resolve(env.ONESHOT_ENGINES);
  return join(userCacheFolder(env), 'engines');
}

/** The folder and description of an engine that was installed whole; undefined where there is none. */
export function findInstalledEngine(
  name: InstallableName,
  env: Environment,
): (InstalledEngine & { readonly folder: string }) | undefined {
  const folder = join(enginesFolder(env), name);
  try {
    return { ...(JSON.parse(readFileSync(join(folder, INSTALLED_FILE), 'utf8')) as InstalledEngine), folder };
  } catch {
    return undefined;
  }
}

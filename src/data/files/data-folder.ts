// Where the files of downloaded data sets lie.
import { resolve } from 'node:path';
import { type Environment, userDataFolder } from '../../base/environment.js';

/** The surroundings that a data folder depends on: the environment and the folder that relative paths start from. */
export interface DataPlace {
  readonly env: Environment;
  /** The folder of the experiment file. */
  readonly baseFolder: string;
}

/** The folder of a data set: the section's `path`, else ONESHOT_DATA, else the user's own data folder. Nothing is touched. */
export function resolveDataFolder(path: string | undefined, { env, baseFolder }: DataPlace): string {
  if (path !== undefined) return resolve(baseFolder, path);
  if (env.ONESHOT_DATA) return resolve(env.ONESHOT_DATA);
  return userDataFolder(env);
}

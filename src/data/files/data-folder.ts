// Where the files of downloaded data sets lie.
import { dirname, join, resolve } from 'node:path';

/** The surroundings that a data folder depends on: the environment and the folder that relative paths start from. */
export interface DataPlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder of the experiment file. */
  readonly baseFolder: string;
}

/** The folder of a data set: the section's `path`, else ONESHOT_DATA, else the user's own data folder. Nothing is touched. */
export function resolveDataFolder(path: string | undefined, { env, baseFolder }: DataPlace): string {
  if (path !== undefined) return resolve(baseFolder, path);
  if (env.ONESHOT_DATA) return resolve(env.ONESHOT_DATA);
  return userDataFolder(env);
}

/** `oneshot/data` in the user's cache folder: XDG_CACHE_HOME, else `.cache` in the home folder (XDG Base Directory Specification 0.8). */
export function userDataFolder(env: DataPlace['env']): string {
  const home = env.HOME ?? env.USERPROFILE ?? '.';
  return resolve(env.XDG_CACHE_HOME || join(home, '.cache'), 'oneshot', 'data');
}

/** Beside the user's data folder: decoded pictures and what is known of picture files, which may vanish at any time. */
export function userPicturesFolder(env: DataPlace['env']): string {
  return join(dirname(userDataFolder(env)), 'pictures');
}

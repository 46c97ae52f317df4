// What this program takes from the environment that it was started in.
import { join, resolve } from 'node:path';

/** The variables of a process, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The path with a leading `~`, `$HOME` or `${HOME}` as the home folder, as shells read it; others as they are. */
export function expandHome(path: string, env: Environment): string {
  const home = env.HOME ?? env.USERPROFILE;
  return home === undefined ? path : path.replace(/^(~|\$HOME|\$\{HOME\})(?=[/\\]|$)/, () => home);
}

/**
 * Our folder in the user's cache folder: XDG_CACHE_HOME, else `.cache` in the home folder (XDG Base Directory
 * Specification 0.8).
 */
export function userCacheFolder(env: Environment): string {
  const home = env.HOME ?? env.USERPROFILE ?? '.';
  return resolve(env.XDG_CACHE_HOME || join(home, '.cache'), 'oneshot');
}

/** `data` in our cache folder: data sets, and what is made from them. */
export function userDataFolder(env: Environment): string {
  return join(userCacheFolder(env), 'data');
}

/** `pictures` in our cache folder: decoded pictures and what is known of picture files, which may vanish at any time. */
export function userPicturesFolder(env: Environment): string {
  return join(userCacheFolder(env), 'pictures');
}

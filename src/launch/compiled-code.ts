// Where Node 22 and newer keep compiled code from one process to the next: a sixth of what the start of a trial costs, and
// a fifth of a check of a file. Older ones compile each time.
import { dirname, join } from 'node:path';
import type { Environment } from '../base/environment.js';
import { userDataFolder } from '../base/environment.js';

/** The folder of compiled code: the user's choice, else `oneshot/compiled` in their cache folder. */
export function compiledCodeFolder(env: Environment): string {
  return env.NODE_COMPILE_CACHE ?? join(dirname(userDataFolder(env)), 'compiled');
}

// Programs of this machine.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Environment } from './environment.js';
import { programEndings } from './system-rules.js';

/** The path of a program on PATH; undefined where there is none. */
export function findProgram(name: string, env: Environment): string | undefined {
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    for (const ending of programEndings()) {
      const path = join(folder, `${name}${ending}`);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not here.
      }
    }
  }
  return undefined;
}

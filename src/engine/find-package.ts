// Packages of npm that engines are made of, where they are not dependencies of this program.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The folder of a package as seen from the working folder, else from this program; undefined where it is not installed. */
export function findPackageFolder(name: string): string | undefined {
  for (const from of [join(process.cwd(), 'package.json'), import.meta.url]) {
    try {
      return dirname(createRequire(from).resolve(`${name}/package.json`));
    } catch {
      // Not seen from there.
    }
  }
  return undefined;
}

// The files of this program itself, wherever its code runs from: src/ in tests, dist/, and the bundled programs in
// dist/programs/. A module of src/base and a chunk of dist/programs lie two folders below the root alike.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);

/** Programs that are started as processes or threads; bundle.js makes each from its module. */
export type ProgramName =
  | 'trial-process'
  | 'batch-worker'
  | 'task-process'
  | 'controller-process'
  | 'engine-process'
  | 'bench-process';

/** The path of a file that ships with this program, given from the root of the package. */
export function findOwnFile(path: string): string {
  return fileURLToPath(new URL(path, ROOT));
}

/** The path of a built program (`npm run build`). */
export function findOwnProgram(name: ProgramName): string {
  return findOwnFile(`dist/programs/${name}.js`);
}

/** This package's version. */
export function readOwnVersion(): string {
  return (JSON.parse(readFileSync(findOwnFile('package.json'), 'utf8')) as { version: string }).version;
}

// The experiment file that `oneshot init` writes: experiments/starter.yaml with a name of its own, beside a copy of the
// schema for editors, so that they find it wherever the folder lies.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { writeFileAtomic } from '../base/atomic-file.js';
import { readBounded } from '../base/bounded-file.js';
import { isReservedName } from '../base/file-name.js';
import { makeFolder } from '../base/make-folder.js';
import { findOwnFile } from '../base/own-files.js';
import { OneshotError } from '../base/problem.js';

export interface StarterFiles {
  readonly experiment: string;
  readonly schema: string;
}

const TEMPLATE = findOwnFile('experiments/starter.yaml');
const SCHEMA = findOwnFile('schemas/editor.schema.json');

/**
 * The files it has written in `folder`, which is made if it is missing: the starter, or the text of another experiment of
 * that name. Throws a OneshotError 'usage' where one of them is there already; nothing is written then.
 */
export async function writeStarterFiles(
  folder: string,
  describe: (name: string) => string | Promise<string> = describeStarter,
): Promise<StarterFiles> {
  const experiment = join(folder, 'experiment.yaml');
  const schema = join(folder, 'editor.schema.json');
  refuseFile(folder);
  const schemaText = readFileSync(SCHEMA, 'utf8');
  refuse(experiment, existsSync(experiment));
  refuse(schema, existsSync(schema) && !holds(schema, schemaText));
  const text = await describe(nameAfter(folder));
  makeFolder(folder);
  writeFileAtomic(schema, schemaText);
  writeFileAtomic(experiment, text);
  return { experiment, schema };
}

/** Folders of files that ship with the program and that its help speaks of, with what of them is an example's. */
const EXAMPLES = [
  { folder: 'experiments', isWanted: (name: string) => name.endsWith('.yaml') && name !== 'starter.yaml' },
  // Their first lines name it.
  { folder: 'schemas', isWanted: (name: string) => name === 'editor.schema.json' },
] as const;

/**
 * The experiments that ship, written below `folder` as they lie in a clone, so that the commands in the help run there.
 * Returns their paths. Throws a OneshotError 'usage' where another file has one of their places; nothing is written then.
 */
export function writeExamples(folder: string): string[] {
  refuseFile(folder);
  const files = EXAMPLES.flatMap(({ folder: own, isWanted }) =>
    (readdirSync(findOwnFile(own), { recursive: true }) as string[])
      .filter(isWanted)
      .sort()
      .map((name) => ({ path: join(folder, own, name), text: readFileSync(join(findOwnFile(own), name), 'utf8') })),
  );
  for (const { path, text } of files) refuse(path, existsSync(path) && !holds(path, text));
  for (const { path, text } of files) {
    makeFolder(dirname(path));
    writeFileAtomic(path, text);
  }
  return files.map(({ path }) => path).filter((path) => path.endsWith('.yaml'));
}

function refuseFile(folder: string): void {
  const isFile = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === false;
  if (isFile || /\.ya?ml$/i.test(folder))
    throw new OneshotError('usage', `${folder} ${isFile ? 'is a file' : 'is named like a file'}; init takes a folder`, {
      hint: 'oneshot init DIR writes DIR/experiment.yaml',
    });
}

/** Whether that text, and nothing else, is in a file that is there. */
function holds(path: string, text: string): boolean {
  try {
    return readBounded(path, Buffer.byteLength(text)).equals(Buffer.from(text));
  } catch {
    return false;
  }
}

function refuse(path: string, isThere: boolean): void {
  if (isThere)
    throw new OneshotError('usage', `${path} is there already, and nothing is overwritten`, {
      hint: 'name another folder: oneshot init DIR',
    });
}

function describeStarter(name: string): string {
  return readFileSync(TEMPLATE, 'utf8')
    .replace(/^# yaml-language-server: .*$/m, '# yaml-language-server: $$schema=editor.schema.json')
    .replace(/^name: .*$/m, `name: ${name}`);
}

/** The folder's own name where that can name an experiment: no number and no truth value in YAML. */
function nameAfter(folder: string): string {
  const name = basename(resolve(folder)).replace(/[^A-Za-z0-9._-]+/g, '-');
  return /^[A-Za-z][A-Za-z0-9._-]{0,99}$/.test(name) && !/^(true|false|null)$/i.test(name) && !isReservedName(name)
    ? name
    : 'starter';
}

// The experiment file that `oneshot init` writes: experiments/starter.yaml with a name of its own, beside a copy of the
// schema for editors, so that they find it wherever the folder lies.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { writeFileAtomic } from '../base/atomic-file.js';
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
  refuse(schema, existsSync(schema) && readFileSync(schema, 'utf8') !== schemaText);
  const text = await describe(nameAfter(folder));
  makeFolder(folder);
  writeFileAtomic(schema, schemaText);
  writeFileAtomic(experiment, text);
  return { experiment, schema };
}

function refuseFile(folder: string): void {
  const isFile = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === false;
  if (isFile || /\.ya?ml$/i.test(folder))
    throw new OneshotError('usage', `${folder} ${isFile ? 'is a file' : 'is named like a file'}; init takes a folder`, {
      hint: 'oneshot init DIR writes DIR/experiment.yaml',
    });
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

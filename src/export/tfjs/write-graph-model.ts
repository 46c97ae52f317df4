// The folder of a graph model, whole or not at all: its graph and its weights are of use together alone.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { syncFolder, temporaryName, writeFileAtomic } from '../../base/atomic-file.js';
import { OneshotError } from '../../base/problem.js';
import type { GraphModelFiles } from './encode-graph-model.js';

/**
 * Writes the files into `folder`, which is made. One that is there is replaced if it holds nothing but a graph model or
 * nothing at all; otherwise throws a OneshotError('usage').
 */
export function writeGraphModel(folder: string, files: GraphModelFiles): void {
  refuseOthers(folder, files);
  const temporary = temporaryName(folder);
  mkdirSync(temporary);
  try {
    for (const [name, content] of Object.entries(files)) writeFileAtomic(join(temporary, name), content);
    rmSync(folder, { recursive: true, force: true });
    renameSync(temporary, folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
  syncFolder(dirname(folder));
}

function refuseOthers(folder: string, names: Readonly<Record<keyof GraphModelFiles, unknown>>): void {
  const others = existsSync(folder) ? readdirSync(folder).filter((name) => !(name in names)) : [];
  if (others.length > 0)
    throw new OneshotError('usage', `${folder} holds other files, ${others[0]} for one`, {
      hint: 'a graph model is a folder of its own; name one that is not there yet with --out',
    });
}

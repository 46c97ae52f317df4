// What lies in a data folder: which published data sets are there, whole, and the right ones.

import { OneshotError } from '../../base/problem.js';
import type { PublishedFile } from './published-file.js';
import { checkPublishedFile, findPublishedFile, PUBLISHED_DATA_SETS } from './published-files.js';

/** `present`: there, and not looked into; `right`, `wrong`: compared with the published content. */
export type FileState = 'missing' | 'present' | 'right' | 'wrong';

export interface DataFileState {
  readonly name: string;
  readonly state: FileState;
  readonly bytes: number;
  /** What is wrong with it. */
  readonly problem?: string;
}

export interface DataSetState {
  readonly name: string;
  readonly description: string;
  /** `missing`: none of its files is there; `incomplete`: some are not; `wrong`: one is not the published one. */
  readonly state: FileState | 'incomplete';
  readonly bytes: number;
  readonly files: readonly DataFileState[];
}

/** The published data sets in a folder. With `check`, every file's content is compared; that takes some seconds. */
export async function inspectDataSets(folder: string, { check }: { check: boolean }): Promise<DataSetState[]> {
  const states: DataSetState[] = [];
  for (const { name, description, files } of PUBLISHED_DATA_SETS) {
    const found: DataFileState[] = [];
    for (const file of files) found.push(await inspectFile(file, folder, check));
    const bytes = found.reduce((sum, file) => sum + file.bytes, 0);
    states.push({ name, description, state: summarize(found), bytes, files: found });
  }
  return states;
}

async function inspectFile(file: PublishedFile, folder: string, check: boolean): Promise<DataFileState> {
  const found = findPublishedFile(file, folder);
  if (found === undefined) return { name: file.name, state: 'missing', bytes: 0 };
  if (!check) return { name: file.name, state: 'present', bytes: found.bytes };
  try {
    await checkPublishedFile(file, folder);
    return { name: file.name, state: 'right', bytes: found.bytes };
  } catch (error) {
    if (!(error instanceof OneshotError)) throw error;
    return { name: file.name, state: 'wrong', bytes: found.bytes, problem: error.message };
  }
}

function summarize(files: readonly DataFileState[]): DataSetState['state'] {
  const states = new Set(files.map(({ state }) => state));
  if (states.has('wrong')) return 'wrong';
  if (states.size === 1) return files[0]!.state;
  return 'incomplete';
}

// An experiment as other programs have it: the path of a file, or an object with the same keys.
import { dirname, resolve } from 'node:path';
import type { ComposeOptions } from '../config/compose.js';
import { readRegularFile } from '../config/read-text.js';

/** The path of an experiment file, or an object with the keys of one; its relative paths start in the current folder. */
export type ExperimentInput = string | object;

export interface InputOptions {
  /** Values instead of the file's, as `--set` takes them: `training.maxEpochs=5`. */
  readonly set?: readonly string[];
}

/** What problems call an object. */
const OBJECT = 'experiment';

export interface OpenedInput {
  readonly path: string;
  readonly compose: ComposeOptions;
  /** Absolute. */
  readonly baseFolder: string;
}

/** Where an experiment is read. */
export function openInput(experiment: ExperimentInput, { set = [] }: InputOptions): OpenedInput {
  const sets = [...set];
  if (typeof experiment === 'string')
    return { path: experiment, compose: { sets }, baseFolder: resolve(dirname(experiment)) };
  const bytes = new TextEncoder().encode(JSON.stringify(experiment, null, 2));
  const readFile = (path: string) => (path === OBJECT ? bytes : readRegularFile(path));
  return { path: OBJECT, compose: { sets, readFile }, baseFolder: process.cwd() };
}

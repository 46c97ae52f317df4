// Which data sets are there, and what to do about those that are not.
import { statSync } from 'node:fs';
import type { Environment } from '../base/environment.js';
import { resolveDataFolder } from '../data/files/data-folder.js';
import { type DataSetState, inspectDataSets } from '../data/files/data-sets-state.js';
import type { Finding } from './finding.js';

/** One finding for each data set; the files' contents are not looked into. */
export async function diagnoseDataSets(env: Environment): Promise<Finding[]> {
  const folder = resolveDataFolder(undefined, { env, baseFolder: process.cwd() });
  const glyphs: Finding = {
    area: 'data',
    name: 'glyphs',
    state: 'works',
    detail: 'drawn by the program itself',
    isEssential: false,
  };
  if (env.ONESHOT_DATA && !isFolder(folder)) {
    const detail = `ONESHOT_DATA is ${folder}, and there is no such folder`;
    const remedy = 'correct or unset ONESHOT_DATA';
    return [glyphs, { area: 'data', name: 'ONESHOT_DATA', state: 'broken', detail, remedy, isEssential: false }];
  }
  try {
    return [
      glyphs,
      ...(await inspectDataSets(folder, { check: false })).map((state) => describeDataSet(state, folder)),
    ];
  } catch (error) {
    const detail = `${folder} cannot be read: ${(error as Error).message}`;
    const remedy = 'make it readable, or name another folder in ONESHOT_DATA';
    return [glyphs, { area: 'data', name: 'data folder', state: 'broken', detail, remedy, isEssential: false }];
  }
}

function describeDataSet({ name, state, files }: DataSetState, folder: string): Finding {
  const absent = files.filter((file) => file.state === 'missing').map((file) => file.name);
  const common = { area: 'data', name, isEssential: false } as const;
  const remedy = `oneshot data fetch ${name}`;
  if (state === 'missing') return { ...common, state: 'missing', detail: `not in ${folder}`, remedy };
  if (absent.length > 0) return { ...common, state: 'broken', detail: `${folder} lacks ${absent.join(', ')}`, remedy };
  return { ...common, state: 'works', detail: `${folder}; \`oneshot data --check\` compares every picture` };
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

// The data of a finished run, for what is done with its network afterwards.
import { join } from 'node:path';
import { type Environment, userCacheFolder } from '../base/environment.js';
import type { Experiment } from '../config/experiment.js';
import { loadData } from '../data/data-sets.js';
import type { LoadedData } from '../data/loaded-data.js';

/** The pictures that a run was made on. Throws a OneshotError('data') when files are missing. */
export function loadRunData(
  { data }: Pick<Experiment, 'data'>,
  { env, report }: { readonly env: Environment; readonly report: (message: string) => void },
): Promise<LoadedData> {
  return loadData(data, {
    env,
    baseFolder: process.cwd(), // Paths in a run's experiment.yaml are absolute.
    cacheFolder: join(userCacheFolder(env), 'pictures'),
    report,
  });
}

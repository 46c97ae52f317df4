// Which compute engines work on this machine, and how one that does not is mended.

import type { Environment } from '../base/environment.js';
import { describeEngine, judgeEngines } from '../engine/judge-engines.js';
import { engineTypes } from '../engine/registry.js';
import type { Finding } from './finding.js';

/** A finding for each engine. The first that works is the one that `auto` takes. */
export async function diagnoseEngines(env: Environment): Promise<Finding[]> {
  return (await judgeEngines(env)).map(({ name, description, problem, isMissing }) => ({
    area: 'engine',
    name,
    state: problem === undefined ? 'works' : isMissing ? 'missing' : 'broken',
    detail: problem ?? describeEngine(description),
    ...(problem === undefined ? {} : { remedy: engineTypes[name].remedy }),
    isEssential: engineTypes[name].isDefault === true,
  }));
}

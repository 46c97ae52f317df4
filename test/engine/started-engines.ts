// The engines that start on this machine. Others are left out of the contract suite: `oneshot doctor` says why.
import type { Engine, EngineName } from '../../src/engine/engine.js';
import { ENGINE_NAMES, engineTypes } from '../../src/engine/registry.js';

/** Names of the engines that start here, the reference `cpu` among them. */
export async function findStartingEngines(): Promise<EngineName[]> {
  const names: EngineName[] = [];
  for (const name of ENGINE_NAMES) {
    const engine = await engineTypes[name].start({ threads: 2 }).catch(() => undefined);
    engine?.dispose();
    if (engine !== undefined) names.push(name);
  }
  return names;
}

/** Runs `use` with a started engine and disposes of it afterwards, also when `use` fails. */
export async function withEngine<Result>(
  name: EngineName,
  use: (engine: Engine) => Promise<Result> | Result,
): Promise<Result> {
  const engine = await engineTypes[name].start({ threads: 2 });
  try {
    return await use(engine);
  } finally {
    engine.dispose();
  }
}

// The engines that start on this machine. Others are left out of the contract suite: `oneshot doctor` says why.
import type { Engine, EngineName } from '../../src/engine/engine.js';
import { engineStarters } from '../../src/engine/start-engine.js';

/** Names of the engines that start here, the reference `cpu` among them. */
export async function findStartingEngines(): Promise<EngineName[]> {
  const names: EngineName[] = [];
  for (const name of Object.keys(engineStarters) as EngineName[]) {
    const engine = await engineStarters[name]({ threads: 2 }).catch(() => undefined);
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
  const engine = await engineStarters[name]({ threads: 2 });
  try {
    return await use(engine);
  } finally {
    engine.dispose();
  }
}

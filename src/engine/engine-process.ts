// Starts one engine in a process of its own and computes the probe there: a library that crashes takes nobody along.
// Started by judge-engines.ts; its only argument is the engine's name.
import { type EngineName, MissingEngineError } from './engine.js';
import type { EngineAnswer } from './judge-engines.js';
import { probeEngine } from './probe-engine.js';
import { engineTypes } from './registry.js';

async function answer(): Promise<EngineAnswer> {
  try {
    const engine = await engineTypes[process.argv[2] as EngineName].start({});
    return { description: engine.description, probe: [...(await probeEngine(engine))] };
  } catch (error) {
    if (error instanceof MissingEngineError) return { problem: error.message, isMissing: true };
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

process.send?.(await answer(), () => process.disconnect());

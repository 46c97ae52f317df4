// Chooses and starts the engine of this process.
import { OneshotError } from '../base/problem.js';
import { startCpuEngine } from './cpu-engine.js';
import { type Engine, type EngineName, type EngineOptions, MissingEngineError } from './engine.js';
import { startOnnxRuntimeEngine } from './onnxruntime-engine.js';
import { startTensorFlowEngine } from './tensorflow-engine.js';

/** How each engine is started: the order in which `auto` tries them. On a processor the embedded one is the fastest. */
export const engineStarters: { readonly [Name in EngineName]: (options: EngineOptions) => Promise<Engine> } = {
  onnxruntime: startOnnxRuntimeEngine,
  tensorflow: startTensorFlowEngine,
  cpu: startCpuEngine,
};

/**
 * The started engine; `auto` takes the first that starts, in the order of `engineStarters`. Throws a OneshotError 'engine'
 * when the one that was asked for does not start.
 */
export async function startEngine(name: 'auto' | EngineName, options: EngineOptions = {}): Promise<Engine> {
  const candidates = name === 'auto' ? (Object.keys(engineStarters) as EngineName[]) : [name];
  const failures: string[] = [];
  let cause: unknown;
  for (const candidate of candidates) {
    try {
      return await engineStarters[candidate](options);
    } catch (error) {
      failures.push(`${candidate}: ${error instanceof Error ? error.message : String(error)}`);
      cause = error;
    }
  }
  throw new OneshotError('engine', `no compute engine starts here (${failures.join('; ')})`, {
    hint:
      cause instanceof MissingEngineError && candidates.length === 1
        ? cause.hint
        : '`oneshot doctor` shows what works on this machine; `resources.engine: cpu` always works and is slow.',
    cause,
  });
}

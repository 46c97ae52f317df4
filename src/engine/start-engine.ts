// Chooses and starts the engine of this process.

import type { Environment } from '../base/environment.js';
import { OneshotError } from '../base/problem.js';
import { startCpuEngine } from './cpu-engine.js';
import { cudaEnvironment, findCudaFolder, startCudaEngine } from './cuda-engine.js';
import { isGpuVisible } from './cuda-libraries.js';
import { type Engine, type EngineName, type EngineOptions, MissingEngineError } from './engine.js';
import { startOnnxRuntimeEngine } from './onnxruntime-engine.js';
import { startTensorFlowEngine, tensorFlowEnvironment } from './tensorflow-engine.js';
import { findTensorFlowPackage } from './tensorflow-package.js';
import { findWebGpuPackages, startWebGpuEngine } from './webgpu-engine.js';

/** How each engine is started, on processors the fastest first. */
export const engineStarters: { readonly [Name in EngineName]: (options: EngineOptions) => Promise<Engine> } = {
  onnxruntime: startOnnxRuntimeEngine,
  tensorflow: startTensorFlowEngine,
  cuda: startCudaEngine,
  webgpu: startWebGpuEngine,
  cpu: startCpuEngine,
};

/** The engines that compute on NVIDIA GPUs, in the order in which `auto` tries them. */
const GPU_ENGINES = ['tensorflow', 'cuda'] as const;

/** The engines in the order in which `auto` tries them: those that are installed for GPUs come first where there is a GPU. */
export function listAutoOrder(env: Environment, gpuFiles?: readonly string[]): EngineName[] {
  const names = Object.keys(engineStarters) as EngineName[];
  const first: EngineName[] = isGpuVisible(env, gpuFiles) ? GPU_ENGINES.filter((name) => mayUseGpu(name, env)) : [];
  return [...first, ...names.filter((name) => !first.includes(name))];
}

/** Environment variables, besides those of `env`, that a process must have from its start for the engine to start and to be at its full speed. */
export function engineEnvironment(name: 'auto' | EngineName, env: Environment): Record<string, string> {
  const engine = name === 'auto' ? listAutoOrder(env)[0] : name;
  if (engine === 'tensorflow') return tensorFlowEnvironment(env);
  return engine === 'cuda' ? cudaEnvironment(env) : {};
}

/** Whether the engine computes on a GPU where there is one: then each trial is given one of its own. */
export function mayUseGpu(name: 'auto' | EngineName, env: Environment): boolean {
  const engine = name === 'auto' ? listAutoOrder(env)[0] : name;
  if (engine === 'cuda') return findCudaFolder(env) !== undefined;
  return engine === 'tensorflow' && findTensorFlowPackage(env)?.variant === 'gpu';
}

/** Throws a OneshotError('usage') when the engine has to be installed first and is not; whether it starts, only starting it tells. */
export function requireEngine(name: 'auto' | EngineName, env: Environment): void {
  const isMissing =
    (name === 'tensorflow' && findTensorFlowPackage(env) === undefined) ||
    (name === 'cuda' && findCudaFolder(env) === undefined) ||
    (name === 'webgpu' && findWebGpuPackages(env) === undefined);
  if (!isMissing) return;
  throw new OneshotError('usage', `the engine ${name} is not installed`, {
    hint: `\`oneshot engine install ${name}\` installs it; \`--engine auto\` takes what is there`,
  });
}

/**
 * The started engine; `auto` takes the first of `listAutoOrder` that starts. Throws a OneshotError 'engine' when the one that was asked for does not start.
 */
export async function startEngine(name: 'auto' | EngineName, options: EngineOptions = {}): Promise<Engine> {
  const candidates = name === 'auto' ? listAutoOrder(process.env) : [name];
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

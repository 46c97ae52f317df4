// Chooses and starts the engine of this process.
import type { Environment } from '../base/environment.js';
import { OneshotError } from '../base/problem.js';
import { isGpuVisible } from './cuda-libraries.js';
import { type Engine, type EngineName, type EngineOptions, MissingEngineError } from './engine.js';
import { ENGINE_NAMES, engineTypes } from './registry.js';

/**
 * The engines in the order in which `auto` tries them: those that are installed for NVIDIA GPUs come first where there is
 * one.
 */
export function listAutoOrder(env: Environment, gpuFiles?: readonly string[]): EngineName[] {
  const first = isGpuVisible(env, gpuFiles) ? ENGINE_NAMES.filter((name) => mayUseGpu(name, env)) : [];
  return [...first, ...ENGINE_NAMES.filter((name) => !first.includes(name))];
}

/** `EngineType.environment` of the engine that would be started. */
export function engineEnvironment(name: 'auto' | EngineName, env: Environment): Record<string, string> {
  return engineTypes[resolveAuto(name, env)].environment?.(env) ?? {};
}

/** `EngineType.mayUseGpu` of the engine that would be started. */
export function mayUseGpu(name: 'auto' | EngineName, env: Environment): boolean {
  return engineTypes[resolveAuto(name, env)].mayUseGpu?.(env) ?? false;
}

function resolveAuto(name: 'auto' | EngineName, env: Environment): EngineName {
  return name === 'auto' ? listAutoOrder(env)[0]! : name;
}

/**
 * Throws a OneshotError('usage') when the engine has to be installed first and is not; whether it starts, only starting
 * it tells.
 */
export function requireEngine(name: 'auto' | EngineName, env: Environment): void {
  if (name === 'auto' || engineTypes[name].isInstalled?.(env) !== false) return;
  throw new OneshotError('usage', `the engine ${name} is not installed`, {
    hint: `\`oneshot engine install ${name}\` installs it; \`--engine auto\` takes what is there`,
  });
}

/**
 * The started engine; `auto` takes the first of `listAutoOrder` that starts. Throws a OneshotError 'engine' when the one
 * that was asked for does not start.
 */
export async function startEngine(name: 'auto' | EngineName, options: EngineOptions = {}): Promise<Engine> {
  const candidates = name === 'auto' ? listAutoOrder(process.env) : [name];
  const failures: string[] = [];
  let cause: unknown;
  for (const candidate of candidates) {
    try {
      return await engineTypes[candidate].start(options);
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

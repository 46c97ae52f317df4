// Which compute engines work on this machine: each is started in a process of its own and has to agree with `cpu`.
import { execaNode } from 'execa';
import type { Environment } from '../base/environment.js';
import { findOwnProgram } from '../base/own-files.js';
import type { EngineDescription, EngineName } from './engine.js';
import { compareProbes } from './probe-engine.js';
import { engineEnvironment, listAutoOrder } from './start-engine.js';

/** What an engine's process says. */
export type EngineAnswer =
  | { readonly description: EngineDescription; readonly probe: readonly number[] }
  | { readonly problem: string; readonly isMissing?: boolean };

export interface EngineVerdict {
  readonly name: EngineName;
  /** Undefined where it does not start. */
  readonly description?: EngineDescription;
  /** Largest deviation of its gradients from those of `cpu`, as a share of the largest one. */
  readonly deviation?: number;
  /** Why it does not work; undefined when it does. */
  readonly problem?: string;
  /** True where it does not work because it was never installed. */
  readonly isMissing?: boolean;
}

/** Deviation up to which an engine counts as right: the contract in src/engine/engine.ts. */
const TOLERANCE = 1e-4;
const LIMIT_MS = 60_000;

/** All engines, in the order in which `auto` tries them; what `stop` interrupts does not work. */
export async function judgeEngines(env: Environment, stop?: AbortSignal): Promise<EngineVerdict[]> {
  const reference = await askEngine('cpu', env, stop);
  const verdicts: EngineVerdict[] = [];
  for (const name of listAutoOrder(env))
    verdicts.push(judge(name, name === 'cpu' ? reference : await askEngine(name, env, stop), reference));
  return verdicts;
}

/** One engine, in an environment that may name another folder of engines. */
export async function judgeEngine(name: EngineName, env: Environment): Promise<EngineVerdict> {
  return judge(name, await askEngine(name, env), await askEngine('cpu', env));
}

function judge(name: EngineName, answer: EngineAnswer, reference: EngineAnswer): EngineVerdict {
  if ('problem' in answer) return { name, ...answer };
  const { description } = answer;
  if ('problem' in reference) return { name, description };
  const deviation = compareProbes(Float32Array.from(reference.probe), Float32Array.from(answer.probe));
  if (deviation <= TOLERANCE) return { name, description, deviation };
  return {
    name,
    description,
    deviation,
    problem: `it computes wrong gradients: they differ from the cpu engine's by ${deviation.toExponential(1)} of the largest`,
  };
}

async function askEngine(name: EngineName, env: Environment, stop?: AbortSignal): Promise<EngineAnswer> {
  const child = execaNode(findOwnProgram('engine-process'), [name], {
    env: { ...env, ...engineEnvironment(name, env) },
    extendEnv: false,
    ipc: true,
    reject: false,
    stdin: 'ignore',
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
    ...(stop === undefined ? {} : { cancelSignal: stop }),
  });
  let answer: EngineAnswer | undefined;
  child.on('message', (message) => {
    answer = message as unknown as EngineAnswer;
    // Engines may keep threads alive that nobody waits for.
    child.kill('SIGKILL');
  });
  const { signal, exitCode, timedOut, stderr } = await child;
  if (answer !== undefined) return answer;
  if (timedOut) return { problem: `it did not start within ${LIMIT_MS / 1000} s` };
  const lastLine = String(stderr).trim().split('\n').at(-1) ?? '';
  const end = signal === undefined ? `ended with exit code ${exitCode}` : `was ended by ${signal}`;
  return { problem: `its process ${end}${lastLine === '' ? '' : `: ${lastLine}`}` };
}

/** `version 1.2.3, 2 threads`, or the GPU in place of threads: by its name where the engine knows it. */
export function describeEngine(description: EngineDescription | undefined): string {
  if (description === undefined) return '';
  const { version, threads, settings } = description;
  const { device, adapter } = settings;
  if (adapter !== undefined) {
    return `version ${version}, ${device === 'gpu' ? `GPU: ${adapter}` : `no GPU, imitated by the processor: ${adapter}`}`;
  }
  return `version ${version}, ${device === 'gpu' ? 'GPU' : `${threads} ${threads === 1 ? 'thread' : 'threads'}`}`;
}

// Who takes part in `oneshot bench`: the engines that work here, and PyTorch where Python has it.
import { availableParallelism } from 'node:os';
import { execa } from 'execa';
import { OneshotError } from '../base/problem.js';
import type { EngineName } from '../engine/engine.js';
import { type EngineVerdict, judgeEngines } from '../engine/judge-engines.js';
import { type Contestant, TORCH_VARIANTS, type WorkerOptions } from './bench-worker.js';
import type { Omission } from './summarize-bench.js';

/** What may be asked for: an engine, or `torch` for all its variants. */
export type ContestantName = EngineName | 'torch';

export interface Field {
  readonly contestants: readonly Contestant[];
  readonly omitted: readonly Omission[];
  /** The engine that `auto` takes here, whether it takes part or not. */
  readonly autoEngine?: EngineName;
  /** Threads that the first engine takes by itself: the physical cores. */
  readonly usualThreads: number;
}

type ProgramOptions = Omit<WorkerOptions, 'threads'>;

/**
 * Without names, everything but `cpu`, which is thousands of times slower, and engines that imitate a GPU. Throws a
 * OneshotError 'engine' when nobody is left, 'interrupted' when `stop` is given.
 */
export async function chooseContestants(
  names: readonly ContestantName[],
  options: ProgramOptions,
  stop: AbortSignal,
): Promise<Field> {
  const isAsked = (name: ContestantName) => names.length === 0 || names.includes(name);
  const verdicts = await judgeEngines(options.env, stop);
  const contestants: Contestant[] = [];
  const omitted: Omission[] = [];
  const asked = verdicts.filter(({ name }) => isAsked(name));
  for (const verdict of asked) {
    const reason = verdict.problem ?? (names.length === 0 ? whyLeftOut(verdict) : undefined);
    if (reason === undefined) contestants.push(verdict.name);
    else omitted.push({ contestant: verdict.name, reason });
  }
  if (isAsked('torch')) {
    const problem = await findTorchProblem(options, stop);
    if (problem === undefined) contestants.push(...TORCH_VARIANTS.map((variant) => `torch-${variant}` as const));
    else omitted.push({ contestant: 'torch', reason: problem });
  }
  if (stop.aborted) throw new OneshotError('interrupted', 'interrupted before anything was measured');
  if (contestants.length > 0) {
    return {
      contestants,
      omitted,
      autoEngine: verdicts.find(({ problem }) => problem === undefined)?.name,
      usualThreads: asked[0]?.description?.threads ?? availableParallelism(),
    };
  }
  const reasons = omitted.map(({ contestant, reason }) => `${contestant}: ${reason}`);
  throw new OneshotError('engine', `there is nothing to measure (${reasons.join('; ')})`, {
    hint: '`oneshot doctor` shows what works on this machine',
  });
}

function whyLeftOut({ name, description }: EngineVerdict): string | undefined {
  if (name === 'cpu') return 'plain JavaScript is thousands of times slower; --engines cpu measures it';
  const isOnGpu = name !== 'webgpu' || description?.settings.device === 'gpu';
  return isOnGpu ? undefined : 'it has no GPU here; --engines webgpu measures it nevertheless';
}

/** Why PyTorch cannot take part; undefined when it can. */
async function findTorchProblem({ python, env }: ProgramOptions, stop: AbortSignal): Promise<string | undefined> {
  const { failed, stderr, code, exitCode, signal } = await execa(python, ['-c', 'import torch'], {
    env,
    extendEnv: false,
    reject: false,
    cancelSignal: stop,
  });
  if (!failed) return undefined;
  if (code === 'ENOENT') return `there is no program ${python}; --python names another one`;
  if (code !== undefined) return `${python} cannot be run (${code}); --python names another one`;
  const end = signal === undefined ? `exit code ${exitCode}` : signal;
  const lastLine = String(stderr).trim().split('\n').at(-1);
  return `${python} cannot import torch (${lastLine || end}); --python names another Python`;
}

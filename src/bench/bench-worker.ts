// A process that repeats one measured step and answers requests with its times: ours (bench-process.ts) or Python's
// (bench/torch_steps.py). Both speak the same JSON: one request, one answer.
import { createInterface } from 'node:readline';
import { execa, execaNode } from 'execa';
import type { Environment } from '../base/environment.js';
import { findOwnFile, findOwnProgram } from '../base/own-files.js';
import { OneshotError } from '../base/problem.js';
import type { EngineName } from '../engine/engine.js';
import { engineEnvironment } from '../engine/start-engine.js';
import type { BenchCaseName } from './bench-cases.js';

/** The last one computes products and convolutions in bfloat16 (autocast), the others in float32 as we do. */
export const TORCH_VARIANTS = ['eager', 'channels_last', 'compiled', 'bf16'] as const;
export type TorchVariant = (typeof TORCH_VARIANTS)[number];

/** Who is measured: an engine of ours, or a variant of PyTorch. */
export type Contestant = EngineName | `torch-${TorchVariant}`;

export type BenchRequest =
  | { readonly kind: 'train' | 'forward'; readonly steps: number }
  /** The speed of a product of two large square matrices. */
  | { readonly kind: 'peak' };

export interface BenchAnswer {
  readonly stepMs?: readonly number[];
  /** Processor time of all threads, for all steps together. */
  readonly cpuMs?: number;
  readonly peakFlopsPerSecond?: number;
  /** Largest resident memory of the process so far. */
  readonly memoryBytes: number;
  readonly problem?: string;
}

export interface BenchWorker {
  /** Throws a OneshotError when the process ends or takes longer than the limit. */
  ask(request: BenchRequest, limitMs: number): Promise<BenchAnswer>;
  stop(): void;
}

export interface WorkerOptions {
  readonly threads: number;
  readonly python: string;
  readonly env: Environment;
}

export function startWorker(contestant: Contestant, name: BenchCaseName, options: WorkerOptions): BenchWorker {
  return contestant.startsWith('torch-')
    ? startTorchWorker(contestant.slice('torch-'.length), name, options)
    : startEngineWorker(contestant as EngineName, name, options);
}

function startEngineWorker(engine: EngineName, name: BenchCaseName, { threads, env }: WorkerOptions): BenchWorker {
  const child = execaNode(findOwnProgram('bench-process'), [engine, name, String(threads)], {
    // TensorFlow's library takes its number of threads from here.
    env: { ...env, ...engineEnvironment(engine, env), TF_NUM_INTRAOP_THREADS: String(threads) },
    extendEnv: false,
    ipc: true,
    reject: false,
    stdin: 'ignore',
  });
  let receive: (answer: BenchAnswer) => void = () => {};
  child.on('message', (message) => receive(message as unknown as BenchAnswer));
  return createWorker(child, (request, take) => {
    receive = take;
    // Whether it can still be reached shows in how the process ended.
    child.send?.(request, () => {});
  });
}

function startTorchWorker(variant: string, name: BenchCaseName, { threads, python, env }: WorkerOptions): BenchWorker {
  const child = execa(python, [findOwnFile('bench/torch_steps.py'), name, variant, String(threads)], {
    env,
    extendEnv: false,
    reject: false,
    stdin: 'pipe',
    buffer: { stdout: false },
  });
  let receive: (answer: BenchAnswer) => void = () => {};
  createInterface({ input: child.stdout }).on('line', (line) => receive(parseAnswer(line)));
  // Whether it can still be reached shows in how the process ended.
  child.stdin.on('error', () => {});
  return createWorker(child, (request, take) => {
    receive = take;
    child.stdin.write(`${JSON.stringify(request)}\n`);
  });
}

function parseAnswer(line: string): BenchAnswer {
  try {
    return JSON.parse(line) as BenchAnswer;
  } catch {
    return { memoryBytes: 0, problem: `its process printed ${line}` };
  }
}

/** What both kinds of processes have in common. */
interface Child extends PromiseLike<{ exitCode?: number; signal?: string; stderr?: unknown }> {
  kill(signal: 'SIGKILL'): boolean;
}

function createWorker(
  child: Child,
  send: (request: BenchRequest, take: (answer: BenchAnswer) => void) => void,
): BenchWorker {
  const ended = Promise.resolve(child).then(({ exitCode, signal, stderr }): BenchAnswer => {
    const lastLine = String(stderr ?? '')
      .trim()
      .split('\n')
      .at(-1);
    const end = signal === undefined ? `ended with exit code ${exitCode}` : `was ended by ${signal}`;
    return { memoryBytes: 0, problem: `its process ${end}${lastLine ? `: ${lastLine}` : ''}` };
  });
  return {
    async ask(request, limitMs) {
      let timer: NodeJS.Timeout | undefined;
      const answer = await Promise.race([
        new Promise<BenchAnswer>((take) => send(request, take)),
        ended,
        new Promise<BenchAnswer>((take) => {
          const problem = `it takes longer than ${Math.round(limitMs / 1000)} s for what others do in a few`;
          timer = setTimeout(() => take({ memoryBytes: 0, problem }), limitMs);
        }),
      ]);
      clearTimeout(timer);
      if (answer.problem !== undefined) throw new OneshotError('engine', firstLine(answer.problem));
      return answer;
    },
    stop: () => void child.kill('SIGKILL'),
  };
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] as string;
}

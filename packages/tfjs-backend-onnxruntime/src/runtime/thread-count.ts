/**
 * The number of threads that ONNX Runtime uses in this process. Its environment is one for all threads of JavaScript, each of
 * which has this module to itself: the number is kept where workers see it too.
 */
import { readVariable, setVariable } from './process-environment.js';

const VARIABLE = 'TFJS_ONNXRUNTIME_THREADS_IN_USE';

interface Use {
  readonly threads: number;
  readonly users: number;
}

/** What a parent process has left there is none of ours. */
function readUse(): Use {
  const [pid, threads, users] = (readVariable(VARIABLE) ?? '').split(':').map(Number);
  return pid === process.pid ? { threads: threads!, users: users! } : { threads: 0, users: 0 };
}

function writeUse({ threads, users }: Use): void {
  setVariable(VARIABLE, [process.pid, threads, users].join(':'));
}

/**
 * Returns how many used the environment before.
 * @throws Error when they use another number of threads.
 */
export function takeThreads(threads: number): number {
  const { threads: used, users } = readUse();
  if (users > 0 && used !== threads) {
    throw new Error(
      `ONNX Runtime: this process already uses ${used} threads; ${threads} were asked for. Dispose of the first backend before.`,
    );
  }
  writeUse({ threads, users: users + 1 });
  return users;
}

export function giveThreads(): void {
  const { threads, users } = readUse();
  writeUse({ threads, users: users - 1 });
}

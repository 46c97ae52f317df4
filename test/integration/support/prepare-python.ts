// Python environments with packages from PyPI, made once per machine.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * The Python of the environment in `folder`, made with these packages where its file `mark` is missing. Several processes
 * may ask at once: one makes it, the others wait.
 */
export async function preparePython(folder: string, packages: readonly string[], mark = 'complete'): Promise<string> {
  const python = join(folder, 'bin', 'python');
  const isComplete = () => existsSync(join(folder, mark));
  if (isComplete()) return python;
  const lock = `${folder}.lock`;
  const deadline = Date.now() + 540_000;
  while (!(await takeLock(lock))) {
    if (Date.now() > deadline) throw new Error(`waited too long for another process to fill ${folder} (${lock})`);
    await sleep(500);
  }
  try {
    if (isComplete()) return python;
    await run('python3', ['-m', 'venv', folder]);
    await run(python, ['-m', 'pip', 'install', '--quiet', ...packages], { maxBuffer: 1e8 });
    await writeFile(join(folder, mark), `${packages.join('\n')}\n`);
    return python;
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

/** True when this process now holds the lock. One left by a dead process is removed. */
async function takeLock(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    await writeFile(join(lock, 'pid'), String(process.pid));
    return true;
  } catch {
    const holder = Number(await readFile(join(lock, 'pid'), 'utf8').catch(() => ''));
    const age = Date.now() - (await stat(lock).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
    const isAbandoned = holder > 0 ? !isProcessAlive(holder) : age > 10_000;
    if (isAbandoned) await rm(lock, { recursive: true, force: true });
    return false;
  }
}

function isProcessAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

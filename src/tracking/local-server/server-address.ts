// Where the server of a store answers: left beside its database, so that a second `oneshot ui` finds the first, and one
// whose `ui` was killed is found and ended.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { promisify } from 'node:util';
import { writeFileAtomic } from '../../base/atomic-file.js';
import { storeFiles } from './mlflow-server.js';

export interface ServerAddress {
  readonly uri: string;
  readonly port: number;
  /** Leader of the server's process group; 0 once it was stopped. */
  readonly pid: number;
}

export function writeServerAddress(store: string, address: ServerAddress): void {
  writeFileAtomic(storeFiles(store).address, `${JSON.stringify(address)}\n`);
}

/** The address that was written last; undefined when there is none that can be read. */
export function readServerAddress(store: string): ServerAddress | undefined {
  try {
    const { uri, port, pid } = JSON.parse(readFileSync(storeFiles(store).address, 'utf8'));
    return typeof uri === 'string' && Number.isInteger(port) && Number.isInteger(pid) ? { uri, port, pid } : undefined;
  } catch {
    return undefined;
  }
}

/** The address stays as the preferred port of the next start. */
export function markServerStopped(store: string): void {
  const address = readServerAddress(store);
  if (address === undefined) rmSync(storeFiles(store).address, { force: true });
  else writeServerAddress(store, { ...address, pid: 0 });
}

/** True when the process still is the server of this store, and not another one under the same number. */
export async function isServerOf(store: string, pid: number): Promise<boolean> {
  if (pid <= 0) return false;
  return (await readCommandLine(pid)).includes(storeFiles(store).database);
}

/** The command line of a process; empty where there is none. */
async function readCommandLine(pid: number): Promise<string> {
  if (existsSync('/proc/self/cmdline')) {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch {
      return '';
    }
  }
  return await promisify(execFile)('ps', ['-ww', '-p', String(pid), '-o', 'args=']).then(
    ({ stdout }) => stdout,
    () => '',
  );
}

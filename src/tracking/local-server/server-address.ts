// Where the server of a store answers: left beside its database, so that a second `oneshot ui` finds the first, and one
// whose `ui` was killed is found and ended.
import { readFileSync, rmSync } from 'node:fs';
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
export function isServerOf(store: string, pid: number): boolean {
  if (pid <= 0) return false;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(storeFiles(store).database);
  } catch {
    return false;
  }
}

// Node.js, memory, and the folders that are written to.
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { Environment } from '../base/environment.js';
import { userDataFolder } from '../base/environment.js';
import type { Finding } from './finding.js';

/** `engines` in package.json. */
const LEAST_NODE = [20, 19] as const;
const LEAST_DISK_BYTES = 1e9;
const LEAST_MEMORY_BYTES = 1e9;
const GIB = 2 ** 30;

export interface MachineFacts {
  readonly env: Environment;
  /** `process.versions.node`. */
  readonly nodeVersion: string;
  /** Bytes that processes can still take. */
  readonly freeMemoryBytes: number;
  readonly runsFolder: string;
}

/** Findings about this machine. */
export function diagnoseMachine({ env, nodeVersion, freeMemoryBytes, runsFolder }: MachineFacts): Finding[] {
  return [
    diagnoseNode(nodeVersion),
    diagnoseMemory(freeMemoryBytes),
    diagnoseFolder('runs folder', runsFolder, 'name another with --runs DIR or ONESHOT_RUNS'),
    diagnoseFolder(
      'cache folder',
      dirname(userDataFolder(env)),
      'name another in XDG_CACHE_HOME; without one, pictures are decoded anew for every trial',
    ),
  ];
}

function diagnoseNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  const isNew = major > leastMajor || (major === leastMajor && minor >= leastMinor);
  const common = { area: 'machine', name: 'Node.js', isEssential: true } as const;
  if (isNew) return { ...common, state: 'works', detail: version };
  const detail = `${version} is older than ${leastMajor}.${leastMinor}`;
  return { ...common, state: 'broken', detail, remedy: 'install a newer one from https://nodejs.org' };
}

function diagnoseMemory(freeBytes: number): Finding {
  const cores = availableParallelism();
  const detail = `${(freeBytes / GIB).toFixed(1)} GiB free, ${cores} ${cores === 1 ? 'core' : 'cores'}`;
  const common = { area: 'machine', name: 'memory', detail, isEssential: false } as const;
  if (freeBytes >= LEAST_MEMORY_BYTES) return { ...common, state: 'works' };
  return { ...common, state: 'broken', remedy: 'end other programs; `oneshot plan FILE` says what a file needs' };
}

/** Whether a folder, or the nearest one around it that is there, can be written, and how much room it has. */
function diagnoseFolder(name: string, path: string, remedy: string): Finding {
  const common = { area: 'machine', name, isEssential: false } as const;
  const folder = findExisting(resolve(path));
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(folder);
    const freeBytes = bavail * bsize;
    const detail = `${resolve(path)}, ${(freeBytes / GIB).toFixed(1)} GiB free`;
    if (freeBytes >= LEAST_DISK_BYTES) return { ...common, state: 'works', detail };
    return { ...common, state: 'broken', detail, remedy: `\`oneshot prune\` frees some; or ${remedy}` };
  } catch (error) {
    const detail = `${resolve(path)} cannot be written: ${(error as Error).message}`;
    return { ...common, state: 'broken', detail, remedy };
  }
}

function findExisting(path: string): string {
  const parent = dirname(path);
  return existsSync(path) || parent === path ? path : findExisting(parent);
}

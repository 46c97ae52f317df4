// The devices of this machine, leased to one trial at a time by lock files in the user's cache folder: two sweeps of one user
// never take the same GPU. A lease outlives a killed supervisor for as long as the trial that uses the device does.
// Without a GPU the same is done with slots: shares of the processor's cores.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { removeStaleTemporaries } from '../base/atomic-file.js';
import type { Environment } from '../base/environment.js';
import { userDataFolder } from '../base/environment.js';
import { makeFolder } from '../base/make-folder.js';
import { OneshotError } from '../base/problem.js';
import { acquireProcessLock, describeProcess, findLockHolder, type LockHolder } from '../base/process-lock.js';

export interface Device {
  /** Name of its lock files: `gpu-0`, `gpu-GPU-1f2e…`, `slot-1`. */
  readonly name: string;
  /** What a trial on it gets to see. */
  readonly env: Readonly<Record<string, string>>;
}

/** The devices of a machine and whether they are exclusive. */
export interface Devices {
  readonly kind: 'gpu' | 'slot';
  readonly list: readonly Device[];
}

export interface DeviceLease {
  readonly device: Device;
  /** Hands the device to the process of a trial: it stays taken until that process and this one have ended or released it. */
  hand(pid: number, folder: string): void;
  release(): void;
}

/**
 * The GPUs that this process may use: those of CUDA_VISIBLE_DEVICES, else all that `nvidia-smi` lists; without any, as
 * many slots as `cores / threads`, and at least `parallel`.
 */
export function listDevices(
  env: Environment,
  { parallel, cores, threads }: { parallel: number; cores: number; threads: number },
  listGpus: () => readonly string[] = askNvidiaSmi,
): Devices {
  const gpus = env.CUDA_VISIBLE_DEVICES === undefined ? listGpus() : visibleGpus(env.CUDA_VISIBLE_DEVICES);
  if (gpus.length > 0) {
    return { kind: 'gpu', list: gpus.map((id) => ({ name: `gpu-${id}`, env: { CUDA_VISIBLE_DEVICES: id } })) };
  }
  const slots = Math.max(parallel, Math.floor(cores / threads));
  return { kind: 'slot', list: Array.from({ length: slots }, (_, at) => ({ name: `slot-${at}`, env: {} })) };
}

// CUDA ignores everything behind the first invalid entry; -1 is the usual way to hide all.
function visibleGpus(text: string): string[] {
  const ids = text.split(',').map((id) => id.trim());
  const end = ids.findIndex((id) => !/^(\d+|(GPU|MIG)-[\w/-]+)$/.test(id));
  return end < 0 ? ids : ids.slice(0, end);
}

function askNvidiaSmi(): string[] {
  const result = spawnSync('nvidia-smi', ['--query-gpu=index', '--format=csv,noheader'], {
    encoding: 'utf8',
    timeout: 10_000,
  });
  if (result.status !== 0) return [];
  return result.stdout.split('\n').filter((line) => /^\d+$/.test(line.trim()));
}

/** Leases devices of a list by lock files in `folder`, which is made if it is missing. */
export class DevicePool {
  readonly devices: Devices;
  readonly #folder: string;
  readonly #own = new Set<Device>();

  constructor(folder: string, devices: Devices) {
    try {
      makeFolder(folder);
      removeStaleTemporaries(folder);
    } catch (error) {
      throw new OneshotError('disk', `the cache folder ${folder} cannot be written: ${(error as Error).message}`, {
        hint: 'devices are leased there; make it writable, or name another: XDG_CACHE_HOME, or ONESHOT_DEVICES for this alone',
        cause: error,
      });
    }
    this.devices = devices;
    this.#folder = folder;
  }

  /** A device that is free, or undefined. */
  lease(): DeviceLease | undefined {
    for (const device of this.devices.list) {
      if (this.#own.has(device)) continue;
      const lease = this.#tryLease(device);
      if (lease !== undefined) return lease;
    }
    return undefined;
  }

  /** Who has the devices that this pool does not, for messages. */
  describeOthers(): { readonly device: Device; readonly holder: LockHolder }[] {
    return this.devices.list.flatMap((device) => {
      if (this.#own.has(device)) return [];
      const { lock, user } = this.#files(device);
      const holder = findLockHolder(lock) ?? findLockHolder(user);
      return holder === undefined ? [] : [{ device, holder }];
    });
  }

  #tryLease(device: Device): DeviceLease | undefined {
    const files = this.#files(device);
    const lock = acquireProcessLock(files.lock);
    if (!('release' in lock)) return undefined;
    // The trial of a supervisor that was killed may still be writing its checkpoint.
    if (findLockHolder(files.user) !== undefined) {
      lock.release();
      return undefined;
    }
    this.#own.add(device);
    return {
      device,
      hand: (pid, folder) => writeFileSync(files.user, JSON.stringify({ ...describeProcess(pid), folder })),
      release: () => {
        this.#own.delete(device);
        rmSync(files.user, { force: true });
        lock.release();
      },
    };
  }

  #files(device: Device) {
    const name = device.name.replace(/[^\w.-]/g, '_');
    return { lock: join(this.#folder, `${name}.lock`), user: join(this.#folder, `${name}.trial`) };
  }
}

/** The folder in which this user's devices are leased: ONESHOT_DEVICES, else `oneshot/devices` in the user's cache folder. */
export function deviceFolder(env: Environment): string {
  return resolve(env.ONESHOT_DEVICES || join(dirname(userDataFolder(env)), 'devices'));
}

/** The run folder of the trial on each device that is in use. */
export function listUsedDevices(folder: string, names: readonly string[]): Map<string, string> {
  const used = new Map<string, string>();
  for (const name of names) {
    if (!name.endsWith('.trial') || findLockHolder(join(folder, name)) === undefined) continue;
    const { folder: runFolder } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { folder: string };
    used.set(runFolder, name.slice(0, -'.trial'.length));
  }
  return used;
}

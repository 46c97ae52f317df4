// What CUDA needs of a machine: a GPU that this process may use, the library of NVIDIA's driver, and shared libraries where
// the dynamic loader or CUDA's usual folders have them.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../base/environment.js';

/** What NVIDIA's driver makes, on Linux and in its subsystem for Windows. */
const GPU_FILES = ['/dev/nvidiactl', '/dev/dxg'];
const DRIVER_LIBRARY = 'libcuda.so.1';
/** Where libraries lie that the loader was not told of: CUDA's own installer, distributions, the subsystem for Windows. */
const USUAL_FOLDERS = [
  '/usr/local/cuda/lib64',
  '/usr/local/cuda-13/lib64',
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib64',
  '/usr/lib/wsl/lib',
];

/** True where NVIDIA's driver shows a GPU that CUDA_VISIBLE_DEVICES does not hide. */
export function isGpuVisible(env: Environment, gpuFiles: readonly string[] = GPU_FILES): boolean {
  return !isGpuHidden(env) && gpuFiles.some((path) => existsSync(path));
}

/** What CUDA lacks on this machine, and what to do; undefined where there is a GPU and its driver. */
export function findGpuProblem(env: Environment, gpuFiles: readonly string[] = GPU_FILES): string | undefined {
  if (isGpuHidden(env)) return `CUDA_VISIBLE_DEVICES=${env.CUDA_VISIBLE_DEVICES} hides all GPUs: unset it`;
  if (!isGpuVisible(env, gpuFiles)) {
    return `there is no NVIDIA GPU here, or its driver is not loaded: ${gpuFiles.join(' and ')} are missing`;
  }
  return findSharedLibrary(DRIVER_LIBRARY, env) === undefined
    ? `the library of NVIDIA's driver, ${DRIVER_LIBRARY}, is not found: install the driver, 580 or later for CUDA 13; ` +
        'in a container, start it with the GPU'
    : undefined;
}

/** The path of a shared library under the name that programs ask for (`libcublas.so.13`); undefined where there is none. */
export function findSharedLibrary(name: string, env: Environment): string | undefined {
  const folders = [...(env.LD_LIBRARY_PATH ?? '').split(':').filter((folder) => folder !== ''), ...USUAL_FOLDERS];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? readLoaderCache().get(name);
}

function isGpuHidden(env: Environment): boolean {
  return env.CUDA_VISIBLE_DEVICES !== undefined && !/^\s*(\d|GPU-|MIG-)/.test(env.CUDA_VISIBLE_DEVICES);
}

let loaderCache: ReadonlyMap<string, string> | undefined;

/** What `ldconfig -p` lists: `libcudart.so.13 (libc6,x86-64) => /usr/local/cuda-13.0/lib/libcudart.so.13`. */
function readLoaderCache(): ReadonlyMap<string, string> {
  if (loaderCache !== undefined) return loaderCache;
  const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
  const { stdout } = spawnSync('ldconfig', ['-p'], { encoding: 'utf8', timeout: 10_000, env: { PATH } });
  const lines = [...(stdout ?? '').matchAll(/^\s*(\S+) \(.*x86-64.*\) => (\S+)$/gm)];
  loaderCache = new Map(lines.reverse().map(([, name, path]) => [name as string, path as string]));
  return loaderCache;
}

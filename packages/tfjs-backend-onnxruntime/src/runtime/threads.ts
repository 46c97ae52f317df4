import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * Returns the physical cores that this process may use. Two threads on one core share its vector units, so a second
 * one does not help the matrix work here. Source on Linux: `core id` and `physical id` of /proc/cpuinfo.
 */
export function countPhysicalCores(): number {
  const available = availableParallelism();
  if (process.platform !== 'linux') return available;
  try {
    const processors = readFileSync('/proc/cpuinfo', 'utf8').trim().split(/\n\n+/);
    const cores = new Set(
      processors.map((text) => `${/physical id\s*: (\d+)/.exec(text)?.[1]}:${/core id\s*: (\d+)/.exec(text)?.[1]}`),
    );
    if (cores.has('undefined:undefined')) return available;
    const threadsPerCore = Math.max(1, Math.round(processors.length / cores.size));
    return Math.max(1, Math.floor(available / threadsPerCore));
  } catch {
    return available;
  }
}

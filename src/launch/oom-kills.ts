// Tells a process that the system killed for lack of memory from one that somebody killed: the kernel counts the former.
import { readFileSync } from 'node:fs';

/**
 * How many processes the kernel has killed for lack of memory, in this control group (cgroup 2, memory.events) or on this
 * machine (/proc/vmstat); undefined where it does not say.
 */
export function countOomKills(): number | undefined {
  const counts = ['/sys/fs/cgroup/memory.events', '/proc/vmstat'].flatMap((path) => {
    try {
      return Number(/^oom_kill (\d+)$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? 0);
    } catch {
      return [];
    }
  });
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
}

// Whether another trial fits into the memory of this machine. What the running trials have not taken yet is counted as taken:
// the estimate of a trial is its peak, which comes minutes after its start.

export interface MemoryBudget {
  /** Whether `bytes` more fit beside what runs; where nothing of this sweep runs there is nothing to wait for, and they do. */
  fits(bytes: number): boolean;
  /** Free bytes that nobody has been promised. */
  free(): number;
  /** Counts a trial as running until `end`. */
  begin(bytes: number): RunningMemory;
}

export interface RunningMemory {
  /** What its process holds by now. */
  update(residentBytes: number): void;
  end(): void;
}

/** A budget over the memory that `available` says is free, in bytes. */
export function createMemoryBudget(available: () => number = availableMemory): MemoryBudget {
  const running = new Map<symbol, { estimate: number; resident: number }>();
  const promised = () =>
    [...running.values()].reduce((sum, { estimate, resident }) => sum + Math.max(0, estimate - resident), 0);
  const free = () => available() - promised();
  return {
    fits: (bytes) => running.size === 0 || bytes <= free(),
    free,
    begin(bytes) {
      const key = Symbol('trial');
      const entry = { estimate: bytes, resident: 0 };
      running.set(key, entry);
      return {
        update: (residentBytes) => {
          entry.resident = residentBytes;
        },
        end: () => void running.delete(key),
      };
    },
  };
}

/** Bytes that processes can still take, within the limit of the control group. */
function availableMemory(): number {
  return process.availableMemory();
}

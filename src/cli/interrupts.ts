// Ctrl-C: the first one asks running trials to write a checkpoint and end, the second one ends them at once. SIGTERM is
// the first one; a closed terminal (SIGHUP) as well.

export interface Interrupts {
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
  /** Back to the system's own handling. */
  close(): void;
}

const RUN_NOTICE = 'stopping: running trials write a checkpoint (Ctrl-C again to end at once)';

/** Follows the signals of this process until `close`; the first Ctrl-C is answered with the notice. */
export function followInterrupts(note: (line: string) => void, notice: string = RUN_NOTICE): Interrupts {
  const stop = new AbortController();
  const kill = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    if (!stop.signal.aborted) {
      stop.abort();
      if (signal === 'SIGINT') note(notice);
    } else if (signal === 'SIGINT') kill.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    stop: stop.signal,
    kill: kill.signal,
    close() {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}

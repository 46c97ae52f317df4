// The signals by which Slurm tells a job to end. Imports nothing: they have to be listened for before the rest is loaded,
// which takes a second.
import type { EndSignal } from './requeue-own-job.js';

export interface EndNotice {
  /** Aborted with the first signal. */
  readonly stop: AbortSignal;
  /** The first signal that came. */
  signal(): EndSignal | undefined;
}

/** Listens from now on to SIGUSR1 (the time limit is near) and SIGTERM. */
export function listenForEnd(): EndNotice {
  let signal: EndSignal | undefined;
  const stop = new AbortController();
  const onSignal = (told: EndSignal) => {
    signal ??= told;
    stop.abort();
  };
  process.on('SIGUSR1', () => onSignal('limit'));
  process.on('SIGTERM', () => onSignal('terminate'));
  return { stop: stop.signal, signal: () => signal };
}

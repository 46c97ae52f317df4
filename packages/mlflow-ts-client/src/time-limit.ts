/*
 * A time limit joined with the caller's AbortSignal. AbortSignal.any would do the same, but keeps a trace of each
 * request on a signal that lives as long as a training run.
 */

/** `signal` fires when the time is over or the caller's signal fires. Call `release` when the request is done. */
export class TimeLimit {
  readonly signal: AbortSignal;
  readonly release: () => void;

  constructor(timeoutMs: number, callerSignal: AbortSignal | undefined) {
    const controller = new AbortController();
    const abort = () => controller.abort();
    const timer = setTimeout(abort, timeoutMs);
    if (callerSignal?.aborted) abort();
    else callerSignal?.addEventListener('abort', abort, { once: true });
    this.signal = controller.signal;
    this.release = () => {
      clearTimeout(timer);
      callerSignal?.removeEventListener('abort', abort);
    };
  }
}

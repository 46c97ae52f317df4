// Waiting that ends early when somebody wants to stop.

/** Resolves after `ms`, or as soon as the signal is aborted. */
export function waitOrStop(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (stop.aborted) return done();
    const end = () => {
      clearTimeout(timer);
      stop.removeEventListener('abort', end);
      done();
    };
    const timer = setTimeout(end, ms);
    stop.addEventListener('abort', end);
  });
}

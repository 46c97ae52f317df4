// How long an epoch has taken, over interruptions.

export interface EpochClock {
  /** Seconds since the epoch began, those before an interruption included. */
  seconds(): number;
  /** Starts the next epoch. */
  restart(): void;
}

/** A clock of an epoch that has taken `secondsBefore` already; `now` gives milliseconds. */
export function startEpochClock(now: () => number, secondsBefore: number): EpochClock {
  let before = secondsBefore;
  let startedAt = now();
  return {
    seconds: () => before + (now() - startedAt) / 1000,
    restart() {
      before = 0;
      startedAt = now();
    },
  };
}

// The time for which a sweep has run, all its sessions together: its event log says how long the earlier ones were.
import type { SearchLog } from './search-log.js';

export interface SweepClock {
  seconds(): number;
}

/** A clock that goes on from the last event of the log. `now` gives milliseconds of a clock that never goes back. */
export function startSweepClock({ events }: Pick<SearchLog, 'events'>, now: () => number): SweepClock {
  const before = events.at(-1)?.seconds ?? 0;
  const startedAt = now();
  return { seconds: () => before + (now() - startedAt) / 1000 };
}

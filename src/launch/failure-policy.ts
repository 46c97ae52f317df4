// What follows a failure, by its cause: whether the trial is started again, how long that waits, and whether the point of the
// search is to blame.
import type { FailureCode } from '../base/problem.js';

interface Policy {
  /**
   * First wait before the trial is started again; each further one is twice as long. Undefined: it would fail again in
   * the same way.
   */
  readonly waitSeconds?: number;
  /** Whether another point would not have failed: the search is told. */
  readonly isOfThePoint: boolean;
}

const policies: Readonly<Record<FailureCode, Policy>> = {
  killed: { waitSeconds: 1, isOfThePoint: false },
  // Others may give memory back in the meantime.
  'out-of-memory': { waitSeconds: 15, isOfThePoint: true },
  engine: { waitSeconds: 2, isOfThePoint: false },
  disk: { waitSeconds: 30, isOfThePoint: false },
  internal: { waitSeconds: 1, isOfThePoint: true },
  'non-finite': { isOfThePoint: true },
  timeout: { isOfThePoint: true },
  data: { isOfThePoint: false },
  locked: { isOfThePoint: false },
  drift: { isOfThePoint: false },
  corrupt: { isOfThePoint: false },
  usage: { isOfThePoint: false },
  interrupted: { isOfThePoint: false },
};

const LONGEST_WAIT_SECONDS = 300;

/** Seconds to wait before a trial is started again after its `attempt`-th failure (from 1), or undefined where that is no use. */
export function chooseRetryWait(code: FailureCode, attempt: number): number | undefined {
  const first = policies[code].waitSeconds;
  return first === undefined ? undefined : Math.min(LONGEST_WAIT_SECONDS, first * 2 ** (attempt - 1));
}

/**
 * Whether a failure says something about the point of the search; the others come from the machine, and the point is
 * tried again later.
 */
export function isOfThePoint(code: FailureCode): boolean {
  return policies[code].isOfThePoint;
}

// Asynchronous successive halving (Li et al. 2020, "A system for massively parallel hyperparameter tuning", algorithm 2):
// trials train to the first rung and halt; whoever is among the best of a rung is promoted to the next, from its checkpoint.
// A pure decision over the results so far, so that a restarted sweep decides as the killed one would have.

export interface AshaSettings {
  /** Epochs of the first rung. */
  readonly minEpochs: number;
  /** Epochs of the last rung: a trial that reaches it is finished. */
  readonly maxEpochs: number;
  /** One in so many trials of a rung is promoted, and a rung has so many times the epochs of the one below. 2 or more. */
  readonly reductionFactor: number;
  readonly goal: 'minimize' | 'maximize';
}

/** A trial that has reached a rung, counted from 0, with the metric there; undefined (or not a number) where it failed. */
export interface RungResult {
  readonly trial: string;
  readonly rung: number;
  readonly value: number | undefined;
}

/** A trial on its way to a rung. */
export interface RungTarget {
  readonly trial: string;
  readonly rung: number;
}

export type AshaDecision =
  /** Continue this halted trial to the rung above the one it reached. */
  | { readonly type: 'promote'; readonly trial: string; readonly rung: number }
  /** Start a new trial towards rung 0. */
  | { readonly type: 'start' };

/** The epochs of each rung, rising to `maxEpochs`; the last step may be shorter. Throws a RangeError on settings out of range. */
export function listRungEpochs({ minEpochs, maxEpochs, reductionFactor }: AshaSettings): number[] {
  if (!(minEpochs >= 1 && maxEpochs >= minEpochs)) {
    throw new RangeError(`rungs need 1 <= minEpochs <= maxEpochs, not ${minEpochs} and ${maxEpochs}`);
  }
  if (!(reductionFactor >= 2)) throw new RangeError(`reductionFactor must be 2 or more, not ${reductionFactor}`);
  const epochs: number[] = [];
  for (let next = minEpochs; next < maxEpochs; next *= reductionFactor) epochs.push(Math.round(next));
  return [...epochs, maxEpochs];
}

/**
 * What a free worker should do next. `results` are in any order; `running` holds every trial that is training, with the
 * rung it trains towards.
 */
export function decideAsha(
  settings: AshaSettings,
  results: readonly RungResult[],
  running: readonly RungTarget[],
): AshaDecision {
  const lastRung = listRungEpochs(settings).length - 1;
  // From the top, so that the nearly finished come first.
  for (let rung = lastRung - 1; rung >= 0; rung--) {
    const gone = new Set([...results, ...running].filter((other) => other.rung > rung).map(({ trial }) => trial));
    const best = listPromotable(settings, results, rung).find((trial) => !gone.has(trial));
    if (best !== undefined) return { type: 'promote', trial: best, rung: rung + 1 };
  }
  return { type: 'start' };
}

/**
 * Who goes on when no trial trains and none is left to be started: the best of the highest rung, so that a sweep too small
 * to fill its rungs ends with one whole training as well. Undefined once a trial has a value at the last rung, and where all
 * have failed. The paper has no such step: its rungs never run out of new trials.
 */
export function promoteLeader(settings: AshaSettings, results: readonly RungResult[]): RungTarget | undefined {
  const lastRung = listRungEpochs(settings).length - 1;
  if (rankRung(settings, results, lastRung).length > 0) return undefined;
  for (let rung = lastRung - 1; rung >= 0; rung--) {
    const gone = new Set(results.filter((other) => other.rung > rung).map(({ trial }) => trial));
    const trial = rankRung(settings, results, rung).find((one) => !gone.has(one));
    if (trial !== undefined) return { trial, rung: rung + 1 };
  }
  return undefined;
}

/** The best 1 / `reductionFactor` of a rung, best first. Failed trials count in the size of the rung but are never among them. */
function listPromotable(settings: AshaSettings, results: readonly RungResult[], rung: number): string[] {
  const size = results.filter((result) => result.rung === rung).length;
  return rankRung(settings, results, rung).slice(0, Math.floor(size / settings.reductionFactor));
}

/** The trials with a value at a rung, best first, ties by name. */
function rankRung({ goal }: AshaSettings, results: readonly RungResult[], rung: number): string[] {
  const sign = goal === 'minimize' ? 1 : -1;
  return results
    .flatMap(({ trial, rung: reached, value }) =>
      reached === rung && value !== undefined && Number.isFinite(value) ? [{ trial, cost: sign * value }] : [],
    )
    .sort((a, b) => a.cost - b.cost || (a.trial < b.trial ? -1 : 1))
    .map(({ trial }) => trial);
}

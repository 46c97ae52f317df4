// What a data section selects, remembered: describing one takes a hash or a look at a folder, and a sweep asks thousands
// of times.
import { OneshotError } from '../base/problem.js';
import { describeData } from '../data/data-sets.js';
import type { DataDescription, DataSection } from '../data/loaded-data.js';

const known = new WeakMap<DataSection, DataDescription | OneshotError>();

/**
 * What `describeData` says of a section, the same object for the same section; undefined where it fails
 * (`findDataFailure` says why).
 */
export function describeDataOnce(section: DataSection): DataDescription | undefined {
  const outcome = describeOrFail(section);
  return outcome instanceof OneshotError ? undefined : outcome;
}

/** Why a section cannot be described: a folder that is missing or holds no data set. */
export function findDataFailure(section: DataSection): OneshotError | undefined {
  const outcome = describeOrFail(section);
  return outcome instanceof OneshotError ? outcome : undefined;
}

function describeOrFail(section: DataSection): DataDescription | OneshotError {
  let outcome = known.get(section);
  if (outcome === undefined) {
    try {
      outcome = describeData(section);
    } catch (error) {
      if (!(error instanceof OneshotError)) throw error;
      outcome = error;
    }
    known.set(section, outcome);
  }
  return outcome;
}

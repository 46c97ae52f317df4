// What a data section selects, remembered: describing one takes a hash, and a sweep asks thousands of times.
import { describeData } from '../data/data-source.js';
import type { DataDescription, DataSection } from '../data/loaded-data.js';

const known = new WeakMap<DataSection, DataDescription>();

/** What `describeData` says of a section, the same object for the same section. */
export function describeDataOnce(section: DataSection): DataDescription {
  let description = known.get(section);
  if (!description) {
    description = describeData(section);
    known.set(section, description);
  }
  return description;
}

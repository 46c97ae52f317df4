// A metric of a run as it stood after an epoch, from its journal.
import { journalSize, readJournal } from '../tracking/journal.js';
import { runFiles } from './run-folder.js';

/** The value of a metric at its last step up to `epoch`; undefined where the run has logged none by then. */
export function readMetricAt(folder: string, key: string, epoch: number): number | undefined {
  const { journal } = runFiles(folder);
  if (journalSize(journal) === 0) return undefined;
  let latest: { readonly step: number; readonly value: number } | undefined;
  for (const { event } of readJournal(journal)) {
    if (event.type !== 'metric' || event.key !== key || event.step > epoch) continue;
    if (latest === undefined || event.step >= latest.step) latest = event;
  }
  return latest?.value;
}

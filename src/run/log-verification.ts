// What a trial puts in its journal of its verifications: accuracy, area under the ROC curve and threshold of each system.
import { readRunVerifications, VERIFICATION_FILE } from '../evaluation/records/verification-result.js';
import type { Journal } from '../tracking/journal.js';

/** Logs the verifications of the run in `folder`, if it has any; a measurement that repeats an earlier one adds no point. */
export function logVerifications(journal: Journal, folder: string): void {
  const verifications = readRunVerifications(folder);
  if (verifications.length === 0) return;
  for (const { task, scorer, accuracy, rocArea, threshold } of verifications) {
    const [selection, ...rest] = task.split('/');
    const prefix = scorer === 'network' ? `${selection}/` : `${selection}-baseline/${scorer}-`;
    const log = (name: string, value: number) => logMeasured(journal, `${prefix}${rest.join('-')}-${name}`, value);
    log('accuracy', accuracy);
    if (rocArea !== null) log('roc-area', rocArea);
    log('threshold', threshold);
  }
  journal.append({ type: 'artifact', path: VERIFICATION_FILE, artifactPath: VERIFICATION_FILE });
}

// The step counts the evaluations of this run, since a changed evaluation measures again.
function logMeasured(journal: Journal, key: string, value: number): void {
  const last = journal.lastStep(key);
  if (last !== undefined && journal.value(key, last) === value) return;
  journal.append({ type: 'metric', key, step: last === undefined ? 0 : last + 1, value });
}

// What a trial puts in its journal of its verifications: accuracy, area under the ROC curve and threshold of each system.
import { readRunVerifications, VERIFICATION_FILE } from '../evaluation/records/verification-result.js';
import type { Journal } from '../tracking/journal.js';
import { logMeasured, nameAccuracy } from './log-run.js';

/** Logs the verifications of the run in `folder`, if it has any; a measurement that repeats an earlier one adds no point. */
export function logVerifications(journal: Journal, folder: string): void {
  const verifications = readRunVerifications(folder);
  if (verifications.length === 0) return;
  for (const { task, scorer, accuracy, rocArea, threshold } of verifications) {
    const log = (name: string, value: number) => logMeasured(journal, `${nameAccuracy(task, scorer)}/${name}`, value);
    log('accuracy', accuracy);
    if (rocArea !== null) log('roc-area', rocArea);
    log('threshold', threshold);
  }
  journal.append({ type: 'artifact', path: VERIFICATION_FILE, artifactPath: VERIFICATION_FILE });
}

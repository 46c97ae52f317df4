// Journals as trials write them.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Journal, openJournal } from '../../../src/tracking/journal.js';

/** A journal that has begun: run, status, parameters. */
export function startJournal(
  folder: string,
  uid: string,
  experiment: string,
  parentUid?: string,
  now = Date.now,
): Journal {
  mkdirSync(folder, { recursive: true });
  const journal = openJournal(join(folder, 'journal.jsonl'), { now });
  journal.append({ type: 'run', uid, name: uid, experiment, parentUid, tags: { seed: '1' } });
  journal.append({ type: 'status', status: 'RUNNING' });
  journal.append({ type: 'params', values: { 'training.batchSize': '32', seed: '1' } });
  return journal;
}

/** The journal of a finished run with two metrics of `steps` points each. */
export function writeFinishedRun(
  folder: string,
  uid: string,
  experiment: string,
  steps: number,
  parentUid?: string,
): void {
  const journal = startJournal(folder, uid, experiment, parentUid);
  for (let step = 1; step <= steps; step++) {
    journal.append({ type: 'metric', key: 'train/loss', step, value: Math.exp(-step / 100) });
    journal.append({ type: 'metric', key: 'validation/accuracy', step, value: 1 - 1 / step });
  }
  journal.append({ type: 'status', status: 'FINISHED' });
  journal.close();
}

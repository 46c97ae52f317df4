// The algorithms of convolutions that the engine has chosen by measurement: kept in tuning.json of the run folder, which the
// engine writes, so that a resume computes with the same ones whatever this machine has measured in between.
import { existsSync, readFileSync } from 'node:fs';
import { writeFileAtomic } from '../base/atomic-file.js';
import type { Conditions } from './conditions.js';
import { isMap, readRecord } from './read-record.js';

/** Copies the choices of another run to a trial that has not been begun; does nothing where that run has none. */
export function takeTuning(from: string | undefined, path: string): void {
  if (from !== undefined && existsSync(from)) writeFileAtomic(path, readFileSync(from));
}

/**
 * What a resume would choose anew, in words: nothing, or all algorithms when their file is missing. Throws
 * OneshotError('corrupt') when it was damaged.
 */
export function findLostTuning(path: string, begun: Conditions | undefined): string[] {
  const isThere = readRecord(path, { choices: isMap }) !== undefined;
  return begun?.engine.settings.algorithms === 'measured' && !isThere ? ['tuning.json was kept and is missing'] : [];
}

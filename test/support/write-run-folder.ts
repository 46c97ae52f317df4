// Run folders made by hand, for what reads them without running anything.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  RUN_FOLDER_VERSION,
  type RunState,
  type RunStatus,
  type TrialRecord,
} from '../../src/run-folder/run-folder.js';

const fingerprints = { training: 'a'.repeat(64), evaluation: 'b'.repeat(64), config: 'c'.repeat(64) };

/** A run folder `NAME-aaaaaaaa` below `experimentFolder` in the given state, with these files besides. Returns its path. */
export function writeRunFolder(
  experimentFolder: string,
  name: string,
  state: RunState,
  files: Readonly<Record<string, string>> = {},
): string {
  const id = fingerprints.training.slice(0, 8);
  const folder = join(experimentFolder, `${name}-${id}`);
  const record: TrialRecord = {
    version: RUN_FOLDER_VERSION,
    uid: `uid of ${name}`,
    experimentName: 'made',
    name,
    id,
    seed: 1,
    assignments: [],
    fingerprints,
  };
  const status: RunStatus = {
    version: RUN_FOLDER_VERSION,
    state,
    fingerprints,
    attempt: 1,
    trained: state === 'finished',
    epoch: 2,
    maxEpochs: 2,
    metrics: {},
    startedAt: '2026-01-02T03:04:05.000Z',
    updatedAt: '2026-01-02T03:04:06.000Z',
    seconds: 1,
    processorSeconds: 1,
    peakMemoryBytes: 1,
  };
  mkdirSync(folder, { recursive: true });
  const all = { 'trial.json': JSON.stringify(record), 'status.json': JSON.stringify(status), ...files };
  for (const [file, text] of Object.entries(all)) writeFileSync(join(folder, file), text);
  return folder;
}

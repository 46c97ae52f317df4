// Successive halving with real trials: what is promoted from its checkpoint ends like what was never halted, byte for byte.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { readSearchLog } from '../../src/launch/search-log.js';
import { readRunStatus, readTrialRecord, runFiles } from '../../src/run-folder/run-folder.js';
import { listSweeps, sweepFiles } from '../../src/run-folder/sweep-folder.js';
import { readJournal } from '../../src/tracking/journal.js';
import { runWithInterruptions } from '../support/interrupt-runs.js';
import { newFolder, repeatablePartOf, runCommand, runFoldersOf } from '../support/run-command.js';

const TINY = resolve(import.meta.dirname, '../fixtures/tiny.yaml');
const POINTS = 'method: grid, parameters: {training.optimizer.learningRate: [0.0001, 0.003, 0.0003]}';
const HALVING = 'halving: {minEpochs: 1, reductionFactor: 2}';

/** Rungs after 1, 2 and 4 epochs. */
const argumentsFor = (runs: string, sweep: string) => [
  'run',
  TINY,
  '--runs',
  runs,
  '--set',
  'training.stepsPerEpoch=4',
  '--set',
  `sweep={${sweep}}`,
];
const [wholeRuns, halvedRuns] = [newFolder(), newFolder()];
const foldersIn = (runs: string) => runFoldersOf(runs, 'tiny');
const byState = (state: string) => foldersIn(halvedRuns).filter((folder) => readRunStatus(folder)?.state === state);
/** The log of the sweep without its times. */
const decisionsIn = (runs: string) => {
  const folder = join(runs, 'tiny');
  const events = listSweeps(folder).flatMap(({ id }) => readSearchLog(sweepFiles(folder, id).events));
  return events.map(({ seconds: _, ...event }) => event);
};
const tagsOf = (folder: string) =>
  Object.assign(
    {},
    ...[...readJournal(runFiles(folder).journal)].map(({ event }) => (event.type === 'tags' ? event.values : {})),
  );

beforeAll(async () => {
  const whole = await runCommand(argumentsFor(wholeRuns, POINTS));
  expect(whole.code, whole.stderr).toBe(0);
  const halved = await runCommand(argumentsFor(halvedRuns, `${POINTS}, ${HALVING}`));
  expect(halved.code, halved.stderr).toBe(0);
});

test('a trial that was halted and promoted has the weights, points and predictions of one that never was', () => {
  const finished = byState('finished');
  expect(finished).toHaveLength(1);
  const [folder] = finished as [string];
  const { id } = readTrialRecord(folder)!;
  expect(readRunStatus(folder)).toMatchObject({ state: 'finished', attempt: 3, epoch: 4, trained: true });
  const never = foldersIn(wholeRuns).find((other) => readTrialRecord(other)?.id === id)!;
  expect(repeatablePartOf(folder)).toEqual(repeatablePartOf(never));
  expect(tagsOf(folder)['oneshot.halving']).toBe('promoted after epoch 2 of 4');
});

test('halted trials keep their checkpoint, also from prune, and count as ended early', async () => {
  const halted = byState('halted');
  expect(halted).toHaveLength(2);
  await runCommand(['prune', halvedRuns, '--yes']);
  for (const folder of halted) {
    expect(existsSync(runFiles(folder).last)).toBe(true);
    expect(tagsOf(folder)['oneshot.halving']).toBe('halted after epoch 1 of 4');
  }
  const { stdout } = await runCommand(['status', halvedRuns]);
  expect(stdout).toContain('1 of 3 finished, 2 halted early');
  expect(stdout).toContain('points by epochs reached: 3 at 1, 1 at 2, 1 at 4');
  const sweepJournal = readFileSync(join(halvedRuns, 'tiny', 'journal.jsonl'), 'utf8');
  expect(sweepJournal).toContain('3 trials: 2 halted, 1 finished');
  expect([...sweepJournal.matchAll(/"status":"(\w+)"/g)].at(-1)?.[1]).toBe('FINISHED');
});

test('killed at random moments it takes the same decisions, and leaves the same bytes', async () => {
  const runs = newFolder();
  const { interruptions } = await runWithInterruptions(argumentsFor(runs, `${POINTS}, ${HALVING}`), 'tiny', runs, {
    times: 4,
    longestMs: 4000,
    seed: 5,
    // A trial that is killed alone is left to the next session, and others come before it.
    kinds: ['kill supervisor', 'kill both', 'interrupt'],
  });
  expect(interruptions.length).toBeGreaterThan(0);
  const stateOf = (folder: string) => [readTrialRecord(folder)?.id, readRunStatus(folder)?.state];
  expect(foldersIn(runs).map(stateOf)).toEqual(foldersIn(halvedRuns).map(stateOf));
  const finished = foldersIn(runs).find((folder) => readRunStatus(folder)?.state === 'finished')!;
  expect(repeatablePartOf(finished)).toEqual(repeatablePartOf(byState('finished')[0]!));
  expect(decisionsIn(runs)).toEqual(decisionsIn(halvedRuns));
});

test('without halving the halted trials go on to their end, and equal the others as well', async () => {
  const { code, stderr } = await runCommand(argumentsFor(halvedRuns, POINTS));
  expect(code, stderr).toBe(0);
  expect(foldersIn(halvedRuns).map((folder) => [readTrialRecord(folder)?.id, repeatablePartOf(folder)])).toEqual(
    foldersIn(wholeRuns).map((folder) => [readTrialRecord(folder)?.id, repeatablePartOf(folder)]),
  );
});

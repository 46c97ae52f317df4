// Runs a sweep while its supervisor and its trials are killed at random, and says what is left of it.
import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { randomStream } from '../../src/base/random-stream.js';
import { readSearchLog } from '../../src/launch/search-log.js';
import { readRunStatus, readTrialRecord } from '../../src/run-folder/run-folder.js';
import { listSweeps, sweepFiles } from '../../src/run-folder/sweep-folder.js';
import type { SweepFaults } from './fault-counts.js';
import { findLeftovers } from './interrupt-runs.js';
import {
  DEVICE_FOLDER,
  isRunning,
  newFolder,
  type RunningCommand,
  repeatablePartOf,
  runCommand,
  runFoldersOf,
  startCommand,
  trialProcessOf,
} from './run-command.js';

const SWEEP = resolve(import.meta.dirname, '../fixtures/sweep.yaml');
const EXPERIMENT = 'sweep';

type Victim = 'supervisor' | 'trial' | 'both';
const VICTIMS: readonly Victim[] = ['supervisor', 'trial', 'both'];

/** Longest pause between the moment that a kill is due and the kill. */
const LONGEST_PAUSE_MS = 1500;

const argumentsFor = (runs: string, { trials }: SweepFaults) => [
  'run',
  SWEEP,
  '--runs',
  runs,
  '--set',
  `sweep.maxTrials=${trials}`,
];

/** Expects a sweep with these faults to end like a quiet one, byte for byte, each trial once, nothing left behind. */
export async function expectKillsToChangeNothing(faults: SweepFaults, seed: number): Promise<void> {
  const [quietRuns, killedRuns] = [newFolder(), newFolder()];
  await runQuietly(quietRuns, faults);
  const quiet = describeSweepResult(quietRuns);
  expect(quiet.trials.size).toBe(faults.trials);

  expect(await runUnderKills(killedRuns, faults, seed)).toHaveLength(faults.kills);
  const killed = describeSweepResult(killedRuns);
  expect(new Set(killed.states)).toEqual(new Set(['finished']));
  expect(killed.ends).toEqual(quiet.ends);
  expect(killed.asks).toEqual(quiet.asks);
  expect(killed.outcomes).toEqual(quiet.outcomes);
  expect(killed.tells).toBe(quiet.tells);
  expect(killed.trials).toEqual(quiet.trials);
  expect(killed.leftovers).toEqual([]);
  expect(killed.processes).toEqual([]);
}

/** Runs the sweep to its end without a fault. */
async function runQuietly(runs: string, faults: SweepFaults): Promise<void> {
  const { code, stderr } = await runCommand(argumentsFor(runs, faults));
  if (code !== 0) throw new Error(`the quiet sweep ended with ${code}: ${stderr}`);
}

/** Runs the sweep with its kills spread over its trials, starting it again whenever it has ended. Returns who was killed. */
async function runUnderKills(runs: string, faults: SweepFaults, seed: number): Promise<Victim[]> {
  const random = randomStream(seed, 'kills');
  const killed: Victim[] = [];
  let running: RunningCommand | undefined;
  let hasEnded = true;
  let lastOutput = '';
  const start = () => {
    hasEnded = false;
    running = startCommand(argumentsFor(runs, faults));
    void running.result.then(({ stderr }) => {
      hasEnded = true;
      lastOutput = stderr;
    });
  };
  while (killed.length < faults.kills) {
    if (hasEnded) start();
    const due = Math.floor((killed.length * faults.trials) / (faults.kills + 1));
    if (countFinished(runs) >= faults.trials) throw new Error(`finished after ${killed.length} kills: ${lastOutput}`);
    if (countFinished(runs) < due) {
      await sleep(50);
      continue;
    }
    await sleep(random.between(0, LONGEST_PAUSE_MS));
    const victim = random.pick(VICTIMS);
    if (killNow(victim, runs, (running as RunningCommand).child, random.integer(2))) killed.push(victim);
  }
  await running?.result;
  const { code, stderr } = await runCommand(argumentsFor(runs, faults));
  if (code !== 0) throw new Error(`the last session ended with ${code}: ${stderr}`);
  return killed;
}

/** Kills who is there to be killed; false where nobody is. */
function killNow(victim: Victim, runs: string, supervisor: ChildProcess, which: number): boolean {
  const trials = trialProcesses(runs);
  const chosen = victim === 'both' ? trials : victim === 'trial' ? trials.slice(which, which + 1) : [];
  let killed = 0;
  for (const pid of chosen) {
    try {
      process.kill(pid, 'SIGKILL');
      killed++;
    } catch {
      // It has ended by itself.
    }
  }
  if (victim !== 'trial' && supervisor.exitCode === null && supervisor.kill('SIGKILL')) killed++;
  return killed > 0;
}

function trialProcesses(runs: string): number[] {
  return runFoldersOf(runs, EXPERIMENT)
    .map(trialProcessOf)
    .filter((pid): pid is number => pid !== undefined && isRunning(pid));
}

function countFinished(runs: string): number {
  return runFoldersOf(runs, EXPERIMENT).filter((folder) => readRunStatus(folder)?.state === 'finished').length;
}

/** What a sweep has come to. */
export function describeSweepResult(runs: string) {
  const folders = runFoldersOf(runs, EXPERIMENT);
  const experimentFolder = join(runs, EXPERIMENT);
  const events = listSweeps(experimentFolder).flatMap(({ id }) =>
    readSearchLog(sweepFiles(experimentFolder, id).events),
  );
  return {
    /** By trial: everything that must not depend on kills. */
    trials: new Map(folders.map((folder) => [readTrialRecord(folder)?.id as string, repeatablePartOf(folder)])),
    states: folders.map((folder) => readRunStatus(folder)?.state),
    /** How often each run came to its end. */
    ends: folders.map((folder) => countEnds(folder)),
    /** The asked points in their order, and the last outcome of each. */
    asks: events.flatMap((event) => (event.type === 'ask' ? [{ point: event.point, trials: event.trials }] : [])),
    outcomes: new Map(
      events.flatMap((event) => (event.type === 'tell' ? [[event.index, event.outcome] as const] : [])),
    ),
    tells: events.filter(({ type }) => type === 'tell').length,
    leftovers: [...findLeftovers(runs), ...(existsSync(DEVICE_FOLDER) ? readdirSync(DEVICE_FOLDER) : [])],
    processes: trialProcesses(runs),
  };
}

function countEnds(folder: string): number {
  const lines = readFileSync(join(folder, 'journal.jsonl'), 'utf8').trim().split('\n');
  return lines.filter((line) => /"status":"FINISHED"/.test(line)).length;
}

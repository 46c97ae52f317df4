// Runs an experiment again and again, interrupting it at random moments, until it is finished.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomStream } from '../../src/base/random-stream.js';
import { isRunning, runFoldersOf, startCommand, trialProcessOf, waitFor } from './run-command.js';

export type Interruption = 'kill trial' | 'kill supervisor' | 'kill both' | 'interrupt';

/** How long an orphan may take to write its checkpoint and end. */
const ORPHAN_MS = 30_000;
/** In place of a process: the command ended before its trial was seen. */
const NO_TRIAL = -1;

export interface InterruptedRun {
  readonly interruptions: readonly Interruption[];
  /** Exit codes of the commands that were interrupted. */
  readonly codes: readonly (number | null)[];
}

/**
 * Interrupts `oneshot run FILE` up to `times` times, `longestMs` after its trial began at the latest, then lets it
 * finish. Throws when a process is left behind.
 */
export async function runWithInterruptions(
  args: readonly string[],
  experiment: string,
  runsFolder: string,
  options: { times: number; longestMs: number; seed: number; kinds: readonly Interruption[] },
): Promise<InterruptedRun> {
  const random = randomStream(options.seed, 'interruptions');
  const interruptions: Interruption[] = [];
  const codes: (number | null)[] = [];
  for (let i = 0; i < options.times; i++) {
    const kind = random.pick(options.kinds);
    const { child, result } = startCommand(args);
    let ended = false;
    void result.then(() => {
      ended = true;
    });
    const first = await waitFor(() => (ended ? NO_TRIAL : findTrialProcess(runsFolder, experiment)));
    if (first === NO_TRIAL) break;
    await sleep(random.between(0, options.longestMs));
    // The trial that was seen first may have made room for the next one by now.
    const trial = findTrialProcess(runsFolder, experiment) ?? first;
    // A trial that is over while its supervisor still reports can neither be killed nor stopped any more.
    const isGone = (kind === 'kill trial' || kind === 'interrupt') && !isRunning(trial);
    if (ended || isGone) {
      await result;
      break;
    }
    if (kind === 'kill trial' || kind === 'kill both') killIfRunning(trial);
    if (kind === 'kill supervisor' || kind === 'kill both') child.kill('SIGKILL');
    if (kind === 'interrupt') child.kill('SIGINT');
    codes.push((await result).code);
    interruptions.push(kind);
    // Also one that had hardly begun: the next session would take another trial first while it ends.
    await waitFor(() => (hasTrials(runsFolder) ? undefined : true), ORPHAN_MS);
  }
  const last = await startCommand(args).result;
  if (last.code !== 0) throw new Error(`the last run ended with ${last.code}: ${last.stderr}`);
  return { interruptions, codes };
}

function findTrialProcess(runsFolder: string, experiment: string): number | undefined {
  for (const folder of runFoldersOf(runsFolder, experiment)) {
    const pid = trialProcessOf(folder);
    if (pid !== undefined && isRunning(pid)) return pid;
  }
  return undefined;
}

/** Whether a trial's process runs in this folder, also one that holds no lock yet: its command names its run folder. */
function hasTrials(runsFolder: string): boolean {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .some((pid) => {
      try {
        const command = readFileSync(join('/proc', pid, 'cmdline'), 'utf8');
        return command.includes('trial-process') && command.includes(runsFolder);
      } catch {
        // Gone since the listing.
        return false;
      }
    });
}

function killIfRunning(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** What should not be left in a run folder: locks and temporary files. */
export function findLeftovers(runsFolder: string): string[] {
  return readdirSync(runsFolder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /(^|\/)(lock|lock\.clearing|last\.safetensors)$|\.tmp(\/|$)/.test(name))
    .map((name) => join(runsFolder, name));
}

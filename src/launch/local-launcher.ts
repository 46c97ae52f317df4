// Runs a trial in a process of its own on this machine: a crash, a leak or a signal there touches one trial. The
// process watches the channel to this one and ends, with a checkpoint, when it closes.
import { createWriteStream, openSync, readFileSync } from 'node:fs';
import { execaNode } from 'execa';
import { findOwnProgram } from '../base/own-files.js';
import { engineEnvironment } from '../engine/start-engine.js';
import type { MessageFromTrial, MessageToTrial, TrialArguments } from '../run/trial-messages.js';
import { chooseEngine, readConditions } from '../run-folder/conditions.js';
import { runFiles } from '../run-folder/run-folder.js';
import { compiledCodeFolder } from './compiled-code.js';
import type { LaunchedTrial, LaunchOptions, TrialFailure, TrialOutcome } from './launcher.js';
import { countOomKills } from './oom-kills.js';

/** Starts the trial in `options.folder` as a child process; what it prints goes to the folder's log. */
export function launchLocally(options: LaunchOptions): LaunchedTrial {
  const { onProgress, env = {}, ...rest } = options;
  const trialArguments: TrialArguments = rest;
  const logPath = runFiles(options.folder).log;
  const oomKillsBefore = countOomKills();
  // The child writes to the file itself: a pipe through this process would break when this process is killed.
  const log = createWriteStream(logPath, { fd: openSync(logPath, 'a') });
  // The folder is for people who look at the processes.
  const child = execaNode(findOwnProgram('trial-process'), [options.folder], {
    input: JSON.stringify(trialArguments),
    env: { NODE_COMPILE_CACHE: compiledCodeFolder(process.env), ...environmentOf(trialArguments), ...env },
    ipc: true,
    reject: false,
    buffer: false,
    stdout: log,
    stderr: log,
    // They end by themselves, with a checkpoint, when this process is gone.
    cleanup: false,
  });

  let told: TrialOutcome | undefined;
  child.on('message', (raw) => {
    const message = raw as MessageFromTrial;
    if (message.type === 'progress') onProgress(message.progress);
    else if (message.type === 'failed')
      told = { state: 'failed', code: message.code, message: message.message, hint: message.hint };
    else told = { state: message.type };
  });

  let isEnding = false;
  const outcome = child.then(({ exitCode, signal }): TrialOutcome => {
    log.close();
    // Ended at once on request, or by the Ctrl-C that also reached its supervisor: nothing failed.
    if (told === undefined && isEnding && signal !== undefined) return { state: 'stopped' };
    return told ?? describeDeath(exitCode, signal, oomKillsBefore, logPath);
  });

  const stop: MessageToTrial = { type: 'stop' };
  return {
    pid: child.pid,
    outcome,
    stop: () => {
      isEnding = true;
      // Throws where the process is gone already: then there is nothing to stop.
      Promise.resolve()
        .then(() => child.sendMessage(stop))
        .catch(() => undefined);
    },
    kill: () => {
      isEnding = true;
      child.kill('SIGKILL');
    },
  };
}

/** What the engine of the trial must find in the environment when its process starts. */
function environmentOf(trial: TrialArguments): Record<string, string> {
  const { name } = chooseEngine(trial, readConditions(runFiles(trial.folder).conditions));
  return engineEnvironment(name, process.env);
}

function describeDeath(
  exitCode: number | undefined,
  signal: string | undefined,
  oomKillsBefore: number | undefined,
  logPath: string,
): TrialFailure {
  const message = `the trial's process was ended ${signal === undefined ? `with exit code ${exitCode}` : `by ${signal}`}`;
  if (signal === undefined) return { state: 'failed', code: 'internal', message, hint: `see ${logPath}` };
  if (signal === 'SIGKILL' && (countOomKills() ?? 0) > (oomKillsBefore ?? 0)) {
    return {
      state: 'failed',
      code: 'out-of-memory',
      message: `${message}: the system ran out of memory`,
      hint: 'fewer trials at a time (--parallel) or a smaller training.microBatchSize need less',
    };
  }
  if (signal === 'SIGKILL' || signal === 'SIGTERM') {
    return {
      state: 'failed',
      code: 'killed',
      message,
      hint: 'run again to resume from its last checkpoint, or with --retries N',
    };
  }
  if (LACK_OF_MEMORY.test(readLogEnd(logPath))) {
    return {
      state: 'failed',
      code: 'out-of-memory',
      message: `${message}: it was given no more memory`,
      hint: 'a smaller training.microBatchSize needs less; a limit of the shell (`ulimit -v`) or of a container may be too low',
    };
  }
  return { state: 'failed', code: 'internal', message, hint: `see ${logPath}` };
}

/** What V8, the C++ library and the system print before they end a process that gets no memory, by SIGTRAP or SIGABRT. */
const LACK_OF_MEMORY = /out of memory|bad_alloc|cannot allocate memory|allocation failed|OOM/i;
const LOG_END_BYTES = 16 * 1024;

function readLogEnd(path: string): string {
  try {
    return readFileSync(path).subarray(-LOG_END_BYTES).toString('utf8');
  } catch {
    return '';
  }
}

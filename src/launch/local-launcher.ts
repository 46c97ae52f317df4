// Runs a trial in a process of its own on this machine: a crash, a leak or a signal there touches one trial. The
// process watches the channel to this one and ends, with a checkpoint, when it closes.
import { createWriteStream, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execaNode } from 'execa';
import { runFiles } from '../run/run-folder.js';
import type { MessageFromTrial, MessageToTrial, TrialArguments } from '../run/trial-messages.js';
import type { LaunchedTrial, LaunchOptions, TrialOutcome } from './launcher.js';

const TRIAL_PROCESS = fileURLToPath(new URL('../run/trial-process.js', import.meta.url));

/** Starts the trial in `options.folder` as a child process; what it prints goes to the folder's log. */
export function launchLocally(options: LaunchOptions): LaunchedTrial {
  const { onProgress, ...rest } = options;
  const trialArguments: TrialArguments = rest;
  // The child writes to the file itself: a pipe through this process would break when this process is killed.
  const logPath = runFiles(options.folder).log;
  const log = createWriteStream(logPath, { fd: openSync(logPath, 'a') });
  const child = execaNode(TRIAL_PROCESS, [JSON.stringify(trialArguments)], {
    ipc: true,
    reject: false,
    buffer: false,
    stdin: 'ignore',
    stdout: log,
    stderr: log,
    // Children must see a terminal's Ctrl-C only through their supervisor.
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

  const outcome = child.then((result): TrialOutcome => {
    log.close();
    if (told !== undefined) return told;
    const how = result.signal === undefined ? `with exit code ${result.exitCode}` : `by signal ${result.signal}`;
    return {
      state: 'failed',
      code: result.signal === 'SIGKILL' ? 'out-of-memory' : 'internal',
      message: `the trial's process was ended ${how}`,
      hint:
        result.signal === 'SIGKILL'
          ? 'often the system kills for lack of memory; run again to resume from the last checkpoint'
          : `see ${logPath}`,
    };
  });

  const stop: MessageToTrial = { type: 'stop' };
  return {
    outcome,
    stop: () => void child.sendMessage(stop).catch(() => undefined),
    kill: () => void child.kill('SIGKILL'),
  };
}

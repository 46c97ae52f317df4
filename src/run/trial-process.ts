// The process of one trial: joins `runTrial` with the channel to its supervisor. It ends with a checkpoint when it is
// asked to, on SIGTERM, and when its supervisor is gone. Started by src/launch/local-launcher.ts.
// Signals are listened for first: loading the rest takes a second, and a Ctrl-C in it must not end the process.
import { readFileSync } from 'node:fs';
import type { MessageFromTrial, MessageToTrial, TrialArguments, TrialProgress } from './trial-messages.js';

/** Least time between two progress messages. */
const PROGRESS_MS = 200;

let stopRequested = false;
const requestStop = () => {
  stopRequested = true;
};
process.on('message', (message: MessageToTrial) => {
  if (message.type === 'stop') requestStop();
});
process.on('disconnect', requestStop);
if (!process.connected) requestStop();
process.on('SIGTERM', requestStop);
// A terminal sends Ctrl-C to this process as well; the supervisor decides what it means.
process.on('SIGINT', () => undefined);

let lastProgressAt = 0;
function sendProgress(progress: TrialProgress): void {
  const now = Date.now();
  if (now - lastProgressAt < PROGRESS_MS && progress.phase === 'training' && progress.step !== 0) return;
  lastProgressAt = now;
  send({ type: 'progress', progress: { ...progress, memoryBytes: process.memoryUsage.rss() } });
}

// The supervisor may be gone; then there is nobody to tell.
function send(message: MessageFromTrial): Promise<void> {
  return new Promise((done) => {
    if (!process.connected) done();
    else process.send?.(message, undefined, {}, () => done());
  });
}

function log(line: string): void {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`);
}

const STANDARD_INPUT = 0;
const trialArguments = JSON.parse(readFileSync(STANDARD_INPUT, 'utf8')) as TrialArguments;
const { OneshotError } = await import('../base/problem.js');
const { describeFailure } = await import('./describe-failure.js');
let exitCode = 0;
try {
  const { runTrial } = await import('./run-trial.js');
  log(`process ${process.pid} starts ${trialArguments.folder}`);
  const state = await runTrial(trialArguments, { onProgress: sendProgress, stopRequested: () => stopRequested, log });
  log(state);
  await send({ type: state });
} catch (error) {
  const failure = describeFailure(error);
  log(`failed: ${failure.message}\n${error instanceof Error && !(error instanceof OneshotError) ? error.stack : ''}`);
  await send({ type: 'failed', ...failure });
  exitCode = 1;
}
// Engines and workers may keep threads alive that nobody waits for.
process.exit(exitCode);

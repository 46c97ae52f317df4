// Shows how a running plan gets on: a display that is redrawn on a terminal, plain lines elsewhere. Standard error only.
import type { createLogUpdate } from 'log-update';
import { formatBytes, formatDuration, formatInteger } from '../base/format-quantity.js';
import { describeDamage } from '../launch/mend-run.js';
import type { PlanEvent, WaitReason } from '../launch/plan-event.js';
import type { Trial } from '../plan/trial.js';
import { formatPercent } from '../report/format-figures.js';
import type { TrialProgress } from '../run/trial-messages.js';
import { cutLine } from './fit-lines.js';
import { type Colors, colorsFor, printNote, showText } from './terminal.js';

/** Time between two redraws of the display. */
const REDRAW_MS = 200;
/** Sweeps with more trials than this say how many had finished before, not which. */
const MOST_NAMED_SKIPS = 20;
/** Least time between two plain lines about one trial. */
const PLAIN_LINE_MS = 10_000;

export interface ProgressDisplay {
  show(event: PlanEvent): void;
  /** A line that stays. */
  note(line: string): void;
  /** Stops redrawing; what is shown stays. */
  close(): void;
}

interface Watched {
  readonly trial: Trial;
  readonly startedAt: number;
  progress: TrialProgress | undefined;
  /**
   * When its training began in this process, and how many steps were done by then: the estimate of what is left leans on
   * them.
   */
  firstStep?: { at: number; steps: number };
  lastLineAt: number;
  lastLine: string;
}

/** The display for this terminal, or for a stream that is none. `total` is the number of trials. */
export function openProgressDisplay(total: number): ProgressDisplay {
  const stream = process.stderr;
  const colors = colorsFor(stream);
  const running = new Map<Trial, Watched>();
  const counts = { finished: 0, skipped: 0, failed: 0, stopped: 0 };
  /** Those that may be promoted yet. */
  const halted = new Set<Trial>();
  const live = stream.isTTY === true && process.env.TERM !== 'dumb' && process.env.CI === undefined;
  let update: ReturnType<typeof createLogUpdate> | undefined;
  let isClosed = false;
  // Loaded while the first trial starts: it looks up the widths of characters, which takes a tenth of the command's start.
  if (live)
    import('log-update').then((library) => {
      if (!isClosed) update = library.createLogUpdate(stream, { showCursor: true });
    });
  const timer = live ? setInterval(draw, REDRAW_MS) : undefined;
  timer?.unref();

  function draw(): void {
    const width = stream.columns ?? 80;
    const height = Math.max(1, (stream.rows ?? 24) - 3);
    const lines = [...running.values()]
      .slice(0, height)
      .map((watched) => cutLine(describeTrial(watched, colors), width));
    if (running.size > height) lines.push(colors.dim(`… and ${running.size - height} more`));
    if (total > 1) lines.push(colors.dim(cutLine(describeCounts(), width)));
    update?.(lines.map((line) => showText(line, colors)).join('\n'));
  }

  function describeCounts(): string {
    const left = total - counts.finished - counts.skipped - counts.failed - counts.stopped - halted.size;
    const parts = [
      `${counts.finished} finished`,
      `${counts.skipped} finished before`,
      `${halted.size} halted`,
      `${counts.failed} failed`,
      `${left} left`,
    ];
    return parts.filter((part) => !part.startsWith('0 ')).join(', ');
  }

  function note(line: string): void {
    update?.clear();
    printNote(line);
    if (live && !isClosed) draw();
  }

  function show(event: PlanEvent): void {
    switch (event.type) {
      case 'sweep':
        noteSweep(event);
        break;
      case 'waiting':
        note(`${colors.yellow('~')} ${event.trial.name} waits: ${describeWait(event.reason)}`);
        break;
      case 'skipped':
        counts.skipped++;
        if (total <= MOST_NAMED_SKIPS) note(`${colors.dim('=')} ${event.trial.name} ${colors.dim('finished before')}`);
        break;
      case 'started':
        halted.delete(event.trial);
        running.set(event.trial, {
          trial: event.trial,
          startedAt: Date.now(),
          progress: undefined,
          lastLineAt: 0,
          lastLine: '',
        });
        if (event.damage !== undefined)
          note(`${colors.yellow('>')} ${event.trial.name} is not whole any more: ${describeDamage(event.damage)}`);
        else if (event.progress === 'begun' || event.attempt > 1)
          note(`${colors.cyan('>')} ${event.trial.name} ${colors.dim('resumes')}`);
        else if (event.progress === 'trained')
          note(`${colors.cyan('>')} ${event.trial.name} ${colors.dim('is evaluated again, without training')}`);
        else if (!live) note(`> ${event.trial.name} starts`);
        break;
      case 'progress': {
        const watched = running.get(event.trial);
        if (watched === undefined) break;
        watched.progress = event.progress;
        const { epoch, step, stepsPerEpoch } = event.progress;
        if (
          event.progress.phase === 'training' &&
          epoch !== undefined &&
          step !== undefined &&
          stepsPerEpoch !== undefined
        ) {
          watched.firstStep ??= { at: Date.now(), steps: epoch * stepsPerEpoch + step };
        }
        if (!live) printPlainLine(watched);
        break;
      }
      case 'ended':
        running.delete(event.trial);
        noteEnd(event);
        break;
    }
  }

  function noteSweep({ id, isNew, finished, total: trials }: Extract<PlanEvent, { type: 'sweep' }>): void {
    const name = `sweep ${id}`;
    if (!isNew) note(`${name} goes on: ${formatInteger(finished)} of ${formatInteger(trials)} trials have finished`);
    else if (finished > 0)
      note(
        `${name} is new; ${formatInteger(finished)} of its ${formatInteger(trials)} trials have finished in earlier ` +
          'runs and are not run again',
      );
    else note(`${name} is new: ${formatInteger(trials)} trials at most`);
  }

  function noteEnd(event: Extract<PlanEvent, { type: 'ended' }>): void {
    const time = colors.dim(formatDuration(event.seconds));
    const { outcome, trial } = event;
    if (outcome.state === 'finished') {
      counts.finished++;
      note(`${colors.green('+')} ${trial.name} finished ${time}`);
    } else if (outcome.state === 'halted') {
      halted.add(trial);
      note(`${colors.dim('/')} ${trial.name} halted ${time}`);
    } else if (outcome.state === 'stopped') {
      counts.stopped++;
      note(`${colors.yellow('-')} ${trial.name} stopped ${time} ${colors.dim('run again to resume')}`);
    } else {
      if (!event.retrying) counts.failed++;
      note(`${colors.red('x')} ${trial.name} failed ${time}: ${outcome.message}`);
      if (outcome.hint !== undefined) note(`  ${outcome.hint}`);
      if (event.retrying) note(`  ${colors.dim(`starting it again in ${formatDuration(event.retryInSeconds ?? 0)}`)}`);
    }
  }

  // One line per epoch or activity, and not more often than every few seconds.
  function printPlainLine(watched: Watched): void {
    const { progress } = watched;
    if (progress === undefined) return;
    const key = `${progress.phase} ${progress.activity ?? ''} ${progress.epoch ?? ''}`;
    const now = Date.now();
    if (key === watched.lastLine || now - watched.lastLineAt < PLAIN_LINE_MS) return;
    watched.lastLine = key;
    watched.lastLineAt = now;
    printNote(`  ${describeTrial(watched, colors)}`);
  }

  return {
    show,
    note,
    close() {
      clearInterval(timer);
      isClosed = true;
      if (update === undefined) return;
      update.clear();
      update.done();
    },
  };
}

function describeWait(reason: WaitReason): string {
  switch (reason.type) {
    case 'memory':
      return (
        `it needs some ${formatBytes(reason.neededBytes)} of memory, and ` +
        `${formatBytes(Math.max(0, reason.freeBytes))} are free beside the running trials`
      );
    case 'device': {
      const noun = reason.kind === 'gpu' ? 'GPU' : 'processor slot';
      const holder = reason.holder === undefined ? '' : ` (process ${reason.holder.pid} has one)`;
      return `every ${noun} is in use${holder}`;
    }
    case 'elsewhere':
      return `process ${reason.holder.pid} on ${reason.holder.host} runs it`;
  }
}

function describeTrial(watched: Watched, colors: Colors): string {
  const { progress, trial } = watched;
  const name = colors.bold(trial.name);
  if (progress === undefined) return `${name} starts`;
  const parts: string[] = [];
  if (progress.phase === 'training' && progress.maxEpochs !== undefined && progress.epoch !== undefined) {
    const done = progress.epoch + (progress.step ?? 0) / (progress.stepsPerEpoch ?? 1);
    parts.push(
      `${drawBar(done / progress.maxEpochs)} epoch ${Math.min(progress.epoch + 1, progress.maxEpochs)}/${progress.maxEpochs}`,
    );
  } else parts.push(progress.activity ?? progress.phase);
  if (progress.loss !== undefined) parts.push(`loss ${progress.loss.toPrecision(3)}`);
  if (progress.accuracy !== undefined) {
    const best = progress.bestAccuracy === undefined ? '' : ` (best ${formatPercent(progress.bestAccuracy)})`;
    parts.push(`validation ${formatPercent(progress.accuracy)} %${best}`);
  }
  const left = estimateSecondsLeft(watched);
  if (left !== undefined) parts.push(`${formatDuration(left)} left`);
  if (progress.memoryBytes !== undefined) parts.push(formatBytes(progress.memoryBytes));
  return `${name}  ${parts.join(colors.dim(' · '))}`;
}

function estimateSecondsLeft({ progress, firstStep }: Watched): number | undefined {
  if (progress?.phase !== 'training' || firstStep === undefined) return undefined;
  const { epoch, maxEpochs, step, stepsPerEpoch } = progress;
  if (epoch === undefined || maxEpochs === undefined || step === undefined || stepsPerEpoch === undefined)
    return undefined;
  const steps = epoch * stepsPerEpoch + step;
  if (steps - firstStep.steps < 3) return undefined;
  const secondsPerStep = (Date.now() - firstStep.at) / 1000 / (steps - firstStep.steps);
  return (maxEpochs * stepsPerEpoch - steps) * secondsPerStep;
}

function drawBar(share: number): string {
  const cells = 12;
  const full = Math.round(cells * Math.min(1, Math.max(0, share)));
  return `${'━'.repeat(full)}${'─'.repeat(cells - full)}`;
}

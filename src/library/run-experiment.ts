import { resolve } from 'node:path';
import { loadPlan } from '../check/load-plan.js';
import type { EngineName } from '../engine/engine.js';
import type { PlanEvent } from '../launch/plan-event.js';
import { describeOutcome, type PlanOutcome, requirePlan, startPlan } from '../launch/start-plan.js';
import type { Trial } from '../plan/trial.js';
import { EventQueue } from './event-queue.js';
import { type ExperimentInput, type InputOptions, openInput } from './experiment-input.js';

export interface RunOptions extends InputOptions {
  /** The folder that runs are kept in. Default: `runs`. */
  readonly runs?: string;
  /** Aborted: running trials write a checkpoint and end, none is started any more; a later run goes on from there. */
  readonly signal?: AbortSignal;
  /** Trials at the same time; the experiment's when left out, as all below. */
  readonly parallel?: number;
  readonly engine?: 'auto' | EngineName;
  /** Threads of each trial. */
  readonly threads?: number;
  /** How often a failed trial is started again. */
  readonly retries?: number;
  /** Stop everything at the first failed trial. */
  readonly failFast?: boolean;
  /** Resume although engine, threads or versions changed; recorded with the run. */
  readonly allowDrift?: boolean;
}

/** Which trial an event is of. */
export type TrialName = Pick<Trial, 'id' | 'name' | 'seed'>;

type Named<Event> = Event extends { readonly trial: Trial }
  ? Omit<Event, 'trial'> & { readonly trial: TrialName }
  : Event;

/** What happens while an experiment runs. */
export type RunEvent = Named<PlanEvent> | { readonly type: 'note'; readonly message: string };

/**
 * An experiment that runs: read its events with `for await`, or only await its outcome. Progress that nobody has read yet
 * is replaced by later progress of the same trial.
 */
export interface ExperimentRun extends AsyncIterable<RunEvent> {
  /**
   * What `oneshot run --json` prints. Failed trials are in it and do not reject. Rejects with what keeps the experiment
   * from beginning: `InputError`, `OneshotError`.
   */
  readonly outcome: Promise<PlanOutcome>;
}

/**
 * Begins to run an experiment, each trial in a process of its own: finished trials are skipped, interrupted ones go on.
 * Writes below `runs` and prints nothing; ships to MLflow where the experiment or MLFLOW_TRACKING_URI names a server.
 */
export function runExperiment(experiment: ExperimentInput, options: RunOptions = {}): ExperimentRun {
  const events = new EventQueue<RunEvent>(
    (earlier, later) => earlier.type === 'progress' && later.type === 'progress' && earlier.trial.id === later.trial.id,
  );
  const outcome = run(experiment, options, (event) => events.push(event));
  // Whoever reads events alone learns of it there; nobody has to do both.
  outcome.then(
    () => events.end(),
    (error) => events.end({ error }),
  );
  return { outcome, [Symbol.asyncIterator]: () => events[Symbol.asyncIterator]() };
}

async function run(
  experiment: ExperimentInput,
  options: RunOptions,
  tell: (event: RunEvent) => void,
): Promise<PlanOutcome> {
  const { path, compose, baseFolder } = openInput(experiment, options);
  const plan = loadPlan(path, compose);
  const places = { env: process.env, baseFolder, runsFolder: resolve(options.runs ?? 'runs') };
  requirePlan(plan, options, places);
  const never = new AbortController().signal;
  const { result, finish } = await startPlan(plan, options, places, {
    stop: options.signal ?? never,
    kill: never,
    onEvent: (event) => tell(nameTrialOf(event)),
    note: (message) => tell({ type: 'note', message }),
  });
  await finish();
  return describeOutcome(plan, places.runsFolder, result);
}

function nameTrialOf(event: PlanEvent): RunEvent {
  if (!('trial' in event)) return event;
  const { id, name, seed } = event.trial;
  return { ...event, trial: { id, name, seed } };
}

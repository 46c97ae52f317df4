// What a supervisor does for MLflow while trials run: it keeps the journal of the sweep that they belong to, and follows
// all journals to the server, where there is one. A server that is down stops nothing; what it missed is shipped by
// `oneshot sync`.
import { dirname } from 'node:path';
import { OneshotError } from '../base/problem.js';
import type { Experiment } from '../config/experiment.js';
import { closeAbandonedJournal } from '../run-folder/close-abandoned.js';
import { beginSweepJournal, hasSweepJournal, updateSweepJournal } from '../run-folder/sweep-journal.js';
import { chooseTrackingAddress, connectMlflow } from '../tracking/connect-mlflow.js';
import { type LiveShipping, shipLive } from '../tracking/ship-live.js';
import type { ExportOnnx } from '../tracking/ship-model.js';

/** Time between two updates of a sweep's note while its trials run. */
const SWEEP_UPDATE_MS = 30_000;

export interface Tracking {
  /** Follows the journal of a run folder, once for each. To be called before the trial starts: it then knows its sweep. */
  follow(folder: string): void;
  /** Says where the run of a trial that has ended is to be seen. */
  tellRun(folder: string): void;
  /** Ends the journals of what was killed and ships what is left. To be called when the report is written. Never rejects. */
  finish(): Promise<void>;
}

export interface FollowOptions {
  readonly note: (line: string) => void;
  /** Makes the ONNX files of trained models. */
  readonly exportOnnx?: ExportOnnx;
}

/**
 * Tracking for the trials of an experiment. Ships only where the file or MLFLOW_TRACKING_URI names a server; an address
 * that names none is told and stops nothing.
 */
export function followWithMlflow(experiment: Experiment, options: FollowOptions): Tracking {
  const { note } = options;
  const shipping = openShipping(experiment, options);
  const folders = new Set<string>();
  let sweep: SweepUpdates | undefined;
  return {
    follow(folder) {
      if (hasSweepJournal(experiment) && sweep === undefined) {
        sweep = followSweep(dirname(folder), experiment, note);
        shipping?.follow(dirname(folder));
      }
      folders.add(folder);
      shipping?.follow(folder);
    },
    tellRun: (folder) => shipping?.tellRun(folder),
    async finish() {
      for (const folder of folders) closeAbandonedJournal(folder);
      sweep?.finish();
      await shipping?.finish();
    },
  };
}

function openShipping({ tracking }: Experiment, { note, exportOnnx }: FollowOptions): LiveShipping | undefined {
  const address = chooseTrackingAddress(tracking?.mlflow?.trackingUri, process.env);
  if (address === undefined) return undefined;
  const { uri, setting, overruled } = address;
  if (overruled !== undefined) note(`MLflow: the file's ${setting} is used, not ${overruled}`);
  const { experiment } = tracking?.mlflow ?? {};
  const shellName = process.env.MLFLOW_EXPERIMENT_NAME?.trim();
  if (experiment !== undefined && shellName && shellName !== experiment)
    note("MLflow: the file's tracking.mlflow.experiment is used, not MLFLOW_EXPERIMENT_NAME");
  try {
    return shipLive(connectMlflow(uri), { note, now: Date.now, exportOnnx });
  } catch (error) {
    if (!(error instanceof OneshotError)) throw error;
    note(`MLflow: ${setting}: ${error.message}`);
    note('  training goes on without; the run folders keep everything for `oneshot sync`');
    return undefined;
  }
}

interface SweepUpdates {
  finish(): void;
}

/** Trials go on whatever becomes of their sweep's journal. */
function followSweep(experimentFolder: string, experiment: Experiment, note: (line: string) => void): SweepUpdates {
  const attempt = (write: () => void) => {
    try {
      write();
    } catch (error) {
      note(`the sweep's journal could not be written: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  attempt(() => beginSweepJournal(experimentFolder, experiment));
  const update = (isOver: boolean) => attempt(() => updateSweepJournal(experimentFolder, { isOver }));
  const timer = setInterval(() => update(false), SWEEP_UPDATE_MS).unref();
  return {
    finish() {
      clearInterval(timer);
      update(true);
    },
  };
}

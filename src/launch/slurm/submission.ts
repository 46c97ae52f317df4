// What a submission to Slurm keeps on disk beside its runs, in runs/EXPERIMENT/slurm/ID/: which task runs which trial and
// how, the job scripts, and what became of each task. Tasks, `status` and the next submission read it; no accounting is needed.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../../base/atomic-file.js';
import { makeFolder } from '../../base/make-folder.js';
import type { WantedEngine } from '../../run-folder/conditions.js';
import { isCount, isFileName, isList, isOneOf, isRecord, isText, readRecord } from '../../run-folder/read-record.js';
import type { TrialOutcome } from '../launcher.js';

/** Version of the files of a submission. */
export const SUBMISSION_VERSION = 1;

/** How each task runs its trial. */
export interface TaskSettings {
  readonly runsFolder: string;
  readonly baseFolder: string;
  readonly engine: WantedEngine;
  /** Cores of each trial. */
  readonly cpus: number;
  readonly retries: number;
  readonly failFast: boolean;
  readonly allowDrift: boolean;
  readonly timeoutMinutes?: number;
  readonly maxRequeues: number;
}

export interface SubmittedTrial {
  /** Name of its run folder. */
  readonly folder: string;
  readonly haltAfterEpoch?: number;
}

/** A job array of a submission: its task 0 runs the trial number `first`. */
export interface SubmittedArray {
  readonly first: number;
  readonly tasks: number;
  /** Undefined where the submission ended before Slurm's answer was here. */
  readonly job?: string;
}

/** What submission.json holds. */
export interface Submission {
  readonly version: number;
  readonly id: string;
  /** The name of all its jobs. */
  readonly jobName: string;
  readonly cluster: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly experimentName: string;
  /** Of the plan that its trials belong to. */
  readonly fingerprint: string;
  readonly settings: TaskSettings;
  readonly trials: readonly SubmittedTrial[];
  readonly arrays: readonly SubmittedArray[];
  /** The job that runs the search, of a sweep whose trials are not known beforehand. Its trials are added one after the other. */
  readonly controller?: { readonly job?: string; readonly parallel: number };
}

/** What became of a task so far. `requeued`: it has put itself back into the queue. */
export interface TaskRecord {
  readonly version: number;
  readonly state: 'running' | 'requeued' | 'ended';
  /** `12_3` */
  readonly job: string;
  readonly node: string;
  /** How often it was started again before. */
  readonly restarts: number;
  /** ISO 8601. */
  readonly updatedAt: string;
  /** Of a task that has ended. */
  readonly outcome?: TrialOutcome;
  /** What kept it from being requeued, or will at its time limit: a sentence. */
  readonly problem?: string;
}

export function submissionsFolder(experimentFolder: string): string {
  return join(experimentFolder, 'slurm');
}

/** The files of a submission's folder. */
export function submissionFiles(folder: string) {
  return {
    submission: join(folder, 'submission.json'),
    /** The whole experiment, for a controller. */
    experiment: join(folder, 'experiment.yaml'),
    controllerScript: join(folder, 'controller.sh'),
    arrayScript: (array: number) => join(folder, `array-${array}.sh`),
    task: (index: number) => join(folder, `task-${index}.json`),
  } as const;
}

/** A new, empty folder for a submission, and its id: the time and two random bytes. */
export function makeSubmissionFolder(
  experimentFolder: string,
  now: Date,
  random: string,
): { id: string; folder: string } {
  const id = `${now.toISOString().slice(0, 19).replace(/[-:]/g, '')}-${random}`;
  const folder = join(submissionsFolder(experimentFolder), id);
  makeFolder(folder);
  return { id, folder };
}

export function writeSubmission(folder: string, submission: Submission): void {
  writeFileAtomic(submissionFiles(folder).submission, `${JSON.stringify(submission)}\n`);
}

const submissionShape = {
  id: isFileName,
  jobName: isText,
  cluster: isText,
  createdAt: isText,
  experimentName: isFileName,
  fingerprint: isText,
  settings: isRecord({ runsFolder: isText, baseFolder: isText, retries: isCount, maxRequeues: isCount }),
  trials: isList,
  arrays: isList,
};

/** The submission in a folder, or undefined where it was never written. Throws OneshotError('corrupt'). */
export function readSubmission(folder: string): Submission | undefined {
  return readRecord<Submission>(submissionFiles(folder).submission, submissionShape, SUBMISSION_VERSION);
}

export interface FoundSubmission {
  readonly folder: string;
  readonly submission: Submission;
}

/** The submissions of an experiment, the oldest first. */
export function listSubmissions(experimentFolder: string): FoundSubmission[] {
  const parent = submissionsFolder(experimentFolder);
  if (statSync(parent, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .flatMap(({ name }) => {
      const folder = join(parent, name);
      const submission = readSubmission(folder);
      return submission === undefined ? [] : [{ folder, submission }];
    })
    .sort((a, b) => orderOf(a).localeCompare(orderOf(b), 'en'));
}

// Names of folders tell seconds only, and two submissions may share one.
const orderOf = ({ submission: { createdAt, id } }: FoundSubmission) => `${createdAt} ${id}`;

export function writeTaskRecord(folder: string, index: number, record: TaskRecord): void {
  writeFileAtomic(submissionFiles(folder).task(index), `${JSON.stringify(record)}\n`);
}

const taskShape = { state: isOneOf(['running', 'requeued', 'ended']), job: isText, node: isText, restarts: isCount };

/** What became of a task, or undefined where it has not begun. Throws OneshotError('corrupt'). */
export function readTaskRecord(folder: string, index: number): TaskRecord | undefined {
  return readRecord<TaskRecord>(submissionFiles(folder).task(index), taskShape, SUBMISSION_VERSION);
}

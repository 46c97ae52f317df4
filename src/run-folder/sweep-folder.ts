// What a sweep keeps on disk beside its runs, in runs/EXPERIMENT/sweeps/ID/: the manifest says which trials belong to it and
// what it looks for, the event log says what its search asked and was told. Written by src/launch, read by `status`.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../base/atomic-file.js';
import { readBounded } from '../base/bounded-file.js';
import { OneshotError } from '../base/problem.js';
import type { Ensemble } from '../config/experiment.js';
import { type Objective, VALIDATION_OBJECTIVE } from '../evaluation/headline.js';

/** Version of the manifest and the event log. */
export const SWEEP_VERSION = 1;

/** What sweep.json holds. Rewritten by each session that runs the sweep. */
export interface SweepManifest {
  readonly version: number;
  /** 8 hex digits of the fingerprint; name of the folder. */
  readonly id: string;
  /** 64 hex digits of the plan: another file with other trials or another search is another sweep. */
  readonly fingerprint: string;
  readonly experimentName: string;
  readonly method: 'grid' | 'list' | 'random' | 'sobol' | 'tpe';
  readonly seeds: readonly number[];
  /** Trials at most. */
  readonly trials: number;
  /** Ids of the trials of a listed sweep, in order; those of a searched one are in the event log. */
  readonly trialIds?: readonly string[];
  /** Those of the trials of a list that learn nothing, one for each such point; missing where there are none. */
  readonly idsWithoutNetwork?: readonly string[];
  /** What a search searches, as the file writes it; missing where points are listed. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** What is looked for, and how many answers each of its values is made of where it is an accuracy. */
  readonly metric: string;
  readonly goal: 'minimize' | 'maximize';
  readonly queries?: number;
  /** Where points halt, and by what the best of them go on; missing where every trial runs to its end. */
  readonly halving?: HalvingManifest;
  /** Whose networks answer together; missing where each answers alone. */
  readonly ensemble?: Ensemble['of'];
  /** Trials at the same time in the last session. */
  readonly parallel: number;
  /** ISO 8601: when the sweep was first run. */
  readonly createdAt: string;
}

export interface HalvingManifest {
  readonly metric: string;
  readonly goal: 'minimize' | 'maximize';
  readonly reductionFactor: number;
  /** Epochs of each rung. */
  readonly rungEpochs: readonly number[];
}

/** The files of a sweep's folder. */
export function sweepFiles(experimentFolder: string, id: string) {
  const folder = join(experimentFolder, 'sweeps', id);
  return {
    folder,
    manifest: join(folder, 'sweep.json'),
    events: join(folder, 'events.jsonl'),
    /** Held by the process that runs the sweep. */
    lock: join(folder, 'lock'),
  } as const;
}

export function writeSweepManifest(path: string, manifest: SweepManifest): void {
  writeFileAtomic(path, `${JSON.stringify(manifest, null, 2)}\n`);
}

/**
 * The manifest at a path, or undefined when there is none. Throws OneshotError('corrupt') when it cannot be read or is of
 * another version.
 */
export function readSweepManifest(path: string): SweepManifest | undefined {
  if (!existsSync(path)) return undefined;
  let manifest: SweepManifest;
  try {
    manifest = JSON.parse(readBounded(path, 256 * 1024 * 1024).toString('utf8')) as SweepManifest;
  } catch (cause) {
    throw new OneshotError('corrupt', `${path} is not readable JSON`, {
      hint: 'remove its folder: finished trials are found by their own folders',
      cause,
    });
  }
  if (manifest.version === SWEEP_VERSION) return manifest;
  throw new OneshotError(
    'corrupt',
    `${path} is of version ${manifest.version}; this program reads version ${SWEEP_VERSION}`,
    { hint: 'move its folder away to start the sweep anew' },
  );
}

/** The manifests of all sweeps of an experiment, the oldest first. */
export function listSweeps(experimentFolder: string): SweepManifest[] {
  const folder = join(experimentFolder, 'sweeps');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((id) => readSweepManifest(sweepFiles(experimentFolder, id).manifest) ?? [])
    .sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}

/** The parameters of an experiment's latest search; undefined where its points were listed. */
export function readSearchedParameters(experimentFolder: string): SweepManifest['parameters'] {
  return listSweeps(experimentFolder).at(-1)?.parameters;
}

/** What the configurations of an experiment's folder are compared by: as its latest sweep says, else by validation. */
export function readFolderObjective(experimentFolder: string): Objective {
  const latest = listSweeps(experimentFolder).at(-1);
  return latest === undefined ? VALIDATION_OBJECTIVE : { metric: latest.metric, goal: latest.goal };
}

// The trained network of a run folder.
import { existsSync } from 'node:fs';
import { OneshotError } from '../base/problem.js';
import type { Experiment, Model } from '../config/experiment.js';
import { channelsOf, describeData } from '../data/data-sets.js';
import { settingsOf } from '../data/folder/describe-folder.js';
import type { DataDescription, DataSection } from '../data/loaded-data.js';
import type { PictureForm } from '../data/pictures/see-picture.js';
import { type EvaluationResult, readResults } from '../evaluation/records/evaluation-result.js';
import { readFinishedRun } from '../run-folder/read-finished-run.js';
import { runFiles } from '../run-folder/run-folder.js';
import { readWeightsCheckpoint } from '../training/checkpoint.js';
import type { ReportedAccuracy, TrainedNetwork } from './trained-network.js';

/** A run's network with the experiment that made it, for its validation pictures. */
export interface OpenedRun extends TrainedNetwork {
  readonly experiment: Experiment;
  /** What to say of it to whoever uses it; empty for most. */
  readonly notes: readonly string[];
}

/**
 * The network of the finished run in `folder`. Throws OneshotError: `usage` when there is no such run, it is not
 * finished or trained nothing, `corrupt` when it was altered or is of another version.
 */
export function openRun(folder: string): OpenedRun {
  const { record, experiment, provenance, isOfOtherNumerics } = readFinishedRun(folder, { purpose: 'use' });
  const files = runFiles(folder);
  if (experiment.model === undefined || !existsSync(files.best))
    throw new OneshotError('usage', `the run in ${folder} has no trained network`, {
      hint:
        experiment.model === undefined
          ? 'it measured baselines alone: `classify --scorer NAME` takes one of them; else name a run with a model'
          : `its ${files.best} is missing; \`oneshot run\` of its experiment makes it again`,
    });
  const { arrays, weightHash } = readWeightsCheckpoint(files.best);
  const description = describeData(experiment.data);
  return {
    experiment,
    notes: isOfOtherNumerics
      ? [`${folder} was made by another version of this program: it can be used, but not resumed or reproduced here`]
      : [],
    model: withoutBeginning(experiment.model),
    pictures: describePictures(experiment.data, description),
    weights: arrays,
    weightHash,
    origin: {
      experiment: experiment.name,
      trial: record.name,
      seed: record.seed,
      uid: record.uid,
      fingerprint: record.fingerprints.training,
      dataset: experiment.data.dataset,
      dataIdentity: description.identity,
      split: describeSplit(description),
      program: provenance.at(-1)?.oneshot ?? 'unknown',
    },
    accuracies: readResults(files.results).flatMap(reportAccuracy),
    calibrations: [],
  };
}

// Where its weights came from before it learned is in the run's provenance, and nobody else's business.
function withoutBeginning({ encoder, head }: Model): Model {
  return { encoder, head };
}

/** What pictures go through before a network of this data sees them. */
export function describePictures(
  data: DataSection,
  { imageSize, sourceSize, inkGain }: Pick<DataDescription, 'imageSize' | 'sourceSize' | 'inkGain'>,
): PictureForm {
  // What is no folder is drawn or scanned with ink on paper, or in colours on a background.
  if (data.dataset !== 'folder') {
    const color = channelsOf(data) === 3 ? 'rgb' : 'grey';
    const background = 'background' in data ? data.background : '#ffffff';
    return { imageSize, sourceSize, color, fit: 'pad', ink: 'auto', inkGain, background };
  }
  const { size: _, ...settings } = settingsOf(data);
  return { imageSize, sourceSize, ...settings };
}

function describeSplit({ dataset, selections }: DataDescription): string {
  const count = (purpose: keyof typeof selections) =>
    selections[purpose].reduce((sum, { characters }) => sum + characters, 0);
  return (
    `${dataset}: ${count('train')} classes for training, ${count('validation')} for validation, ${count('test')} ` +
    'for the test'
  );
}

function reportAccuracy({ task, scorer, n, accuracy, wilson, clustered }: EvaluationResult): ReportedAccuracy[] {
  if (scorer !== 'network') return [];
  const [low, high] = clustered ?? wilson;
  return [{ task, n, accuracy, low: Math.min(low, wilson[0]), high: Math.max(high, wilson[1]) }];
}

// The experiment in a run folder as its file has it: it was checked when the folder was made, and only its form is looked at
// again, so that a damaged one is told and nothing stumbles over it.
import { parse } from 'yaml';
import { readBounded } from '../base/bounded-file.js';
import { OneshotError } from '../base/problem.js';
import type { Experiment } from '../config/experiment.js';
import {
  isList,
  isListOf,
  isMap,
  isOptional,
  isRecord,
  isText,
  MAX_RECORD_BYTES,
  type RecordShape,
} from './read-record.js';

const shape: RecordShape = {
  data: isOptional(isRecord({ dataset: isText })),
  model: isOptional(isMap),
  training: isOptional(isMap),
  evaluation: isOptional(isList),
  baselines: isListOf(isRecord({ type: isText })),
};

const isExperiment = isRecord(shape);

/** The experiment in a file. Throws OneshotError('corrupt') when it cannot be read or is none any more. */
export function readExperimentFile(path: string): Experiment {
  const refuse = (why: string, cause?: unknown) =>
    new OneshotError('corrupt', `${path} ${why}`, {
      hint: 'it was damaged or edited; a copy of the run that is whole can take its place',
      ...(cause === undefined ? {} : { cause }),
    });
  let experiment: unknown;
  try {
    experiment = parse(readBounded(path, MAX_RECORD_BYTES).toString('utf8'));
  } catch (error) {
    throw refuse(`cannot be read: ${(error as Error).message}`, error);
  }
  if (!isExperiment(experiment)) throw refuse('is no experiment any more');
  return experiment as Experiment;
}

// What is stored of a training: `last` holds everything that a resume needs to go on bit-identically, `best` the weights
// that are evaluated. Both are safetensors files with our own description in their metadata.
import { OneshotError } from '../base/problem.js';
import { hashArrays, type NamedArrays } from '../model/named-arrays.js';
import type { BestEpoch } from './early-stopping.js';
import { readTensorFile, writeTensorFile } from './safetensors.js';

/** Version of the layout below. Another one is refused. */
const CHECKPOINT_VERSION = 1;

/** Where a training stands between two steps. */
export interface TrainingPosition {
  /** The epoch that is worked on, from 1; maxEpochs + 1 when all are done. */
  readonly epoch: number;
  /** Steps of it that are done. */
  readonly step: number;
}

/** Everything that a resume needs. */
export interface TrainingCheckpoint {
  readonly position: TrainingPosition;
  /** Best epoch so far, from which patience follows. */
  readonly best: BestEpoch;
  /** The unfinished epoch: sum of its steps' losses, and the time it has taken. */
  readonly epochLossSum: number;
  readonly epochSeconds: number;
  /**
   * `weights/PATH`, `optimizer/SLOT/PATH` and, with averaging, `average/PATH`, where PATH is `conv1/kernel`. Weights
   * include running statistics.
   */
  readonly arrays: NamedArrays;
}

/** The weights of one epoch that are evaluated: the averaged ones where there is averaging. */
export interface WeightsCheckpoint {
  /** From 1; 0 for the network as initialised. */
  readonly epoch: number;
  /** The watched metric and its value at that epoch, where one is watched. */
  readonly metric?: string;
  readonly value?: number;
  /** SHA-256 over names, shapes and bytes (`hashArrays`). */
  readonly weightHash: string;
  /** By path: `conv1/kernel`. */
  readonly arrays: NamedArrays;
}

/** Writes `last`, whole or not at all. Throws the file system's error. */
export function writeTrainingCheckpoint(path: string, { arrays, ...description }: TrainingCheckpoint): void {
  writeDescribed(path, 'training', arrays, description);
}

/** Reads `last`. Throws a OneshotError 'corrupt' when it was altered or cut off or is of another version. */
export function readTrainingCheckpoint(path: string): TrainingCheckpoint {
  const { arrays, description } = readDescribed(path, 'training');
  return { ...(description as Omit<TrainingCheckpoint, 'arrays'>), arrays };
}

/** Writes `best`, whole or not at all. Throws the file system's error. */
export function writeWeightsCheckpoint(path: string, { arrays, ...description }: WeightsCheckpoint): void {
  writeDescribed(path, 'weights', arrays, description);
}

/** Reads `best`. Throws a OneshotError 'corrupt' when it was altered or cut off or is of another version. */
export function readWeightsCheckpoint(path: string): WeightsCheckpoint {
  const { arrays, description } = readDescribed(path, 'weights');
  const checkpoint = { ...(description as Omit<WeightsCheckpoint, 'arrays'>), arrays };
  if (hashArrays(arrays) !== checkpoint.weightHash)
    throw new OneshotError('corrupt', `${path} was altered: its weights do not match their hash`);
  return checkpoint;
}

type CheckpointKind = 'training' | 'weights';

function writeDescribed(path: string, kind: CheckpointKind, arrays: NamedArrays, description: object): void {
  writeTensorFile(path, {
    arrays,
    metadata: {
      format: 'oneshot',
      kind,
      version: String(CHECKPOINT_VERSION),
      description: JSON.stringify(description),
    },
  });
}

function readDescribed(path: string, kind: CheckpointKind): { arrays: NamedArrays; description: unknown } {
  const { arrays, metadata } = readTensorFile(path);
  if (metadata.format !== 'oneshot' || metadata.kind !== kind)
    throw new OneshotError('corrupt', `${path} holds no ${kind} checkpoint of this program`);
  if (metadata.version !== String(CHECKPOINT_VERSION))
    throw new OneshotError(
      'corrupt',
      `${path} is of checkpoint version ${metadata.version}; this program reads version ${CHECKPOINT_VERSION}`,
    );
  try {
    return { arrays, description: JSON.parse(metadata.description ?? '') };
  } catch (error) {
    throw new OneshotError('corrupt', `${path} is not a whole checkpoint: its description is not JSON`, {
      cause: error,
    });
  }
}

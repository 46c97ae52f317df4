// What a training task is: its facts, which check and plan ask for, beside how a batch of it is drawn and becomes a loss. One
// file per task beside this one; `registry.ts` lists them. Nothing here loads TensorFlow.js: who computes hands it over.
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { Task } from '../config/experiment.js';
import type { SettingProblem } from '../config/setting-problem.js';
import type { Batch, BatchMaker, BatchSpec } from '../data/sampling/batch.js';
import type { AlphabetCount } from '../data/splits.js';
import type { Feed, ParameterSpec, TensorFlow } from '../layers/layer.js';
import type { LossType } from '../model/losses/loss.js';
import type { Network, TrainingMode } from '../model/network.js';

/** What a batch consists of: units that are independent of each other, and that no micro-batch cuts. */
export interface BatchStructure {
  /** Pairs (task `verification`), groups (`allPairs`, `episodes`) or pictures (`classification`) of a batch. */
  readonly units: number;
  /** Pictures of one unit. */
  readonly picturesPerUnit: number;
  /** Pairs of embeddings that the head compares in one unit. */
  readonly pairsPerUnit: number;
}

/** What a task computes with. */
export interface TaskContext {
  readonly tf: TensorFlow;
  readonly network: Network;
  readonly loss: LossType;
  /** Of the losses that have one. */
  readonly margin: number;
  readonly training: TrainingMode;
  /** Numbers of the batch as a tensor: a later step may have them read from its own batch. */
  readonly feed: Feed<Batch>;
  /** The task's own parameters by `ParameterSpec.name`. */
  parameter(name: string): Tensor;
}

/** One type of task. `Config` is its schema entry. */
export interface TaskType<Config extends Task> {
  readonly type: Config['type'];
  /** What its batches tell: a label of each pair, or a class of each picture. */
  readonly truth: 'labels' | 'classes';
  /** What the losses that it takes relate; none for a task that has a loss of its own. */
  readonly losses: readonly LossType['of'][];
  /** Whether it trains what the head has learned. */
  readonly trainsHead: boolean;
  /** Names of the head's parameters that cancel in its loss: a bias does in a softmax over classes. */
  readonly cancelledHeadParameters?: readonly string[];
  /** The task's keys that decide how large a batch is, where `training.batchSize` does not. */
  readonly sizeKeys?: readonly (keyof Config & string)[];
  /** Its batches, with the batch size of the training where that is given. */
  describeBatch(config: Config, batchSize?: number): BatchStructure;
  /** Whether its loss reads the classes of a batch. */
  readsClasses?(config: Config): boolean;
  /** Pictures, as drawn, that an epoch goes through; without it every one of the training selection once. */
  picturesPerEpoch?(config: Config): number;
  /** What is wrong with its settings; the keys are those of the task. */
  findProblems?(config: Config): SettingProblem[];
  /** What is wrong with them for a training selection, which has at least one alphabet. */
  findSelectionProblems?(config: Config, train: readonly AlphabetCount[]): SettingProblem[];
  /** Draws its batches. Throws a OneshotError('usage') when the selection is too small. */
  createBatches(config: Config, spec: BatchSpec): BatchMaker;
  /**
   * What it learns besides the network and leaves behind after training, for embeddings of `units` numbers and a training
   * selection of `classes` classes.
   */
  parameters?(config: Config, units: number, classes: number): readonly ParameterSpec[];
  /**
   * The units `first` … `first + count - 1` of a batch, as a batch of their own. `pixelsPerPicture` is the length of one
   * picture's array.
   */
  slice(config: Config, batch: Batch, first: number, count: number, pixelsPerPicture: number): Batch;
  /** The mean loss over the units of a batch. Called inside a gradient. */
  loss(config: Config, batch: Batch, context: TaskContext): Scalar;
}

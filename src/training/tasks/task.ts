// What a training task is: how a batch becomes a loss, and in what pieces it can be computed. One file per task beside
// this one; `registry.ts` lists them.
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { Task } from '../../config/experiment.js';
import type { ParameterSpec, TensorFlow } from '../../layers/layer.js';
import type { Network, TrainingMode } from '../../model/network.js';
import type { LossType } from '../losses/loss.js';

/** One training batch: the pictures of a step and what is known of them. */
export interface Batch {
  /** [pictures, imageSize, imageSize], ink 1 and paper 0; in what order, the task says. Not changed after it was handed over. */
  readonly images: Float32Array;
  /** [pairs], 1 same and 0 different; task `verification` only. */
  readonly labels?: Float32Array;
  /** [pictures], the number of each picture's class among those of the training selection; all tasks but `verification`. */
  readonly classes?: Int32Array;
}

/** What a task computes with. */
export interface TaskContext {
  readonly tf: TensorFlow;
  readonly network: Network;
  readonly loss: LossType;
  /** Of the losses that have one. */
  readonly margin: number;
  readonly training: TrainingMode;
  /** The task's own parameters by `ParameterSpec.name`. */
  parameter(name: string): Tensor;
}

/** One type of task. `Config` is its schema entry. A batch consists of units that are independent of each other (src/model/batch-structure.ts). */
export interface TaskType<Config extends Task> {
  readonly type: Config['type'];
  /** What it learns besides the network and leaves behind after training, for embeddings of `units` numbers and a training selection of `classes` classes. */
  parameters?(config: Config, units: number, classes: number): readonly ParameterSpec[];
  /** The units `first` … `first + count - 1` of a batch, as a batch of their own. `pictureNumbers` is the length of one picture's array. */
  slice(config: Config, batch: Batch, first: number, count: number, pictureNumbers: number): Batch;
  /** The mean loss over the units of a batch. Called inside a gradient. */
  loss(config: Config, batch: Batch, context: TaskContext): Scalar;
}

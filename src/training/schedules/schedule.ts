// What a learning-rate schedule is: built once, then a function of the step. One file per type beside this one.
import type { Schedule } from '../../config/experiment.js';

/** Factor on the learning rate of every layer for a step, counted from 0 over the whole training. */
export type LearningRateSchedule = (step: number) => number;

/** How long a training is, in the units that schedules are written in. */
export interface TrainingLength {
  readonly stepsPerEpoch: number;
  readonly maxEpochs: number;
}

/** Builds a schedule of one type. The schema holds the bounds of its settings. */
export type ScheduleBuilder<Config extends Schedule> = (config: Config, length: TrainingLength) => LearningRateSchedule;

// All learning-rate schedules. A new one is a file beside this one, a line here, and an entry in the schema.
import { OneshotError } from '../../base/problem.js';
import type { Schedule } from '../../config/experiment.js';
import { constant } from './constant.js';
import { cosine } from './cosine.js';
import { exponential } from './exponential.js';
import { oneCycle } from './one-cycle.js';
import type { LearningRateSchedule, ScheduleBuilder, TrainingLength } from './schedule.js';
import { step } from './step.js';

/** Every schedule type by its name in the schema. */
const scheduleTypes: {
  readonly [Type in Schedule['type']]: ScheduleBuilder<Extract<Schedule, { type: Type }>>;
} = { constant, exponential, step, cosine, oneCycle };

/**
 * The schedule of a training of this length; the schema holds the bounds of its settings. Throws a OneshotError 'usage'
 * for a length that no training has.
 */
export function buildSchedule(config: Schedule, length: TrainingLength): LearningRateSchedule {
  for (const [name, value, least] of [
    ['stepsPerEpoch', length.stepsPerEpoch, 1],
    ['maxEpochs', length.maxEpochs, 0],
  ] as const) {
    if (!Number.isInteger(value) || value < least)
      throw new OneshotError('usage', `training.${name} is ${value}, not a whole number from ${least}`);
  }
  return (scheduleTypes[config.type] as ScheduleBuilder<Schedule>)(config, length);
}

// The rate is multiplied by `factor` every `everyEpochs` epochs.
import { OneshotError } from '../../base/problem.js';
import type { ScheduleStep } from '../../config/experiment.js';
import type { ScheduleBuilder } from './schedule.js';

export const step: ScheduleBuilder<ScheduleStep> = ({ everyEpochs, factor }, { stepsPerEpoch }) => {
  if (!(Number.isInteger(everyEpochs) && everyEpochs >= 1))
    throw new OneshotError('usage', `training.schedule.everyEpochs is ${everyEpochs}, not a whole number of epochs`);
  if (!(factor > 0)) throw new OneshotError('usage', `training.schedule.factor is ${factor}, not above 0`);
  return (position) => factor ** Math.floor(position / (stepsPerEpoch * everyEpochs));
};

// The rate is multiplied by `factor` every `everyEpochs` epochs.
import type { ScheduleStep } from '../../config/experiment.js';
import type { ScheduleBuilder } from './schedule.js';

export const step: ScheduleBuilder<ScheduleStep> =
  ({ everyEpochs, factor }, { stepsPerEpoch }) =>
  (position) =>
    factor ** Math.floor(position / (stepsPerEpoch * everyEpochs));

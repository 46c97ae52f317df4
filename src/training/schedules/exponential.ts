// rate x decayPerEpoch^epoch with epochs from 0 (Koch et al. 2015, section 3.2, "Learning schedule": 0.99).
import { OneshotError } from '../../base/problem.js';
import type { ScheduleExponential } from '../../config/experiment.js';
import type { ScheduleBuilder } from './schedule.js';

/** Falls once per epoch, not within it. */
export const exponential: ScheduleBuilder<ScheduleExponential> = ({ decayPerEpoch }, { stepsPerEpoch }) => {
  if (!(decayPerEpoch > 0 && decayPerEpoch <= 1))
    throw new OneshotError('usage', `training.schedule.decayPerEpoch is ${decayPerEpoch}, not above 0 and at most 1`);
  return (step) => decayPerEpoch ** Math.floor(step / stepsPerEpoch);
};

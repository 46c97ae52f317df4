// rate x decayPerEpoch^epoch with epochs from 0 (Koch et al. 2015, section 3.2, "Learning schedule": 0.99).
import type { ScheduleExponential } from '../../config/experiment.js';
import type { ScheduleBuilder } from './schedule.js';

/** Falls once per epoch, not within it. */
export const exponential: ScheduleBuilder<ScheduleExponential> =
  ({ decayPerEpoch }, { stepsPerEpoch }) =>
  (step) =>
    decayPerEpoch ** Math.floor(step / stepsPerEpoch);

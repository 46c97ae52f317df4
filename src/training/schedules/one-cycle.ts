// One cycle of the learning rate with cosines (Smith and Topin 2018; the form of PyTorch's `OneCycleLR`, without its
// cycle of the momentum).
import type { ScheduleOneCycle } from '../../config/experiment.js';
import type { ScheduleBuilder } from './schedule.js';

/** From `startFraction` at the first step to 1 at the last one of the warm-up, then to `finalFraction` at the last step. */
export const oneCycle: ScheduleBuilder<ScheduleOneCycle> = (config, { stepsPerEpoch, maxEpochs }) => {
  const last = stepsPerEpoch * maxEpochs - 1;
  const peak = Math.max(0, Math.round(config.warmupFraction * (last + 1)) - 1);
  return (step) =>
    step < peak
      ? alongCosine(config.startFraction, 1, step / peak)
      : alongCosine(1, config.finalFraction, Math.min(1, (step - peak) / Math.max(1, last - peak)));
};

/** From `start` to `end` along half a cosine, as progress goes from 0 to 1. */
function alongCosine(start: number, end: number, progress: number): number {
  return end + (start - end) * 0.5 * (1 + Math.cos(Math.PI * progress));
}

// Linear warm-up from 0 to the rate, then half a cosine down to `finalFraction` of it (Loshchilov and Hutter 2017,
// equation 5, without restarts).
import type { ScheduleCosine } from '../../config/experiment.js';
import type { ScheduleBuilder } from './schedule.js';

/** With n = 1 … total the steps and w of them warm-up: n / w while n <= w, then down to `finalFraction` at n = total. */
export const cosine: ScheduleBuilder<ScheduleCosine> = ({ warmupFraction, finalFraction }, length) => {
  const total = length.stepsPerEpoch * length.maxEpochs;
  const warmup = Math.round(warmupFraction * total);
  return (step) => {
    const n = step + 1;
    if (n <= warmup) return n / warmup;
    const progress = Math.min(1, (n - warmup) / (total - warmup));
    return finalFraction + (1 - finalFraction) * 0.5 * (1 + Math.cos(Math.PI * progress));
  };
};

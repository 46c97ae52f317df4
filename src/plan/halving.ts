// The successive halving of an experiment's sweep, with everything that the file leaves out.
import type { Experiment } from '../config/experiment.js';
import type { AshaSettings } from './search/asha.js';

/** What decides which points of a sweep go on, and when. */
export interface HalvingSettings extends AshaSettings {
  /** A metric that epochs log. */
  readonly metric: string;
}

/** The halving of a checked experiment; undefined where every trial runs to its end. */
export function readHalving({ sweep, training }: Experiment): HalvingSettings | undefined {
  if (sweep?.halving === undefined || training === undefined) return undefined;
  const { goal, minEpochs, reductionFactor } = sweep.halving;
  const metric = halvingMetric({ sweep, training });
  return {
    metric,
    goal: goal ?? (metric.endsWith('accuracy') ? 'maximize' : 'minimize'),
    minEpochs,
    maxEpochs: training.maxEpochs,
    reductionFactor,
  };
}

/** The metric that the halving of a sweep decides by. */
export function halvingMetric({ sweep, training }: Pick<Experiment, 'sweep' | 'training'>): string {
  const searched = sweep !== undefined && 'metric' in sweep ? sweep.metric : undefined;
  const fallback = training?.validation === undefined ? 'train/loss' : 'validation/one-shot-accuracy';
  return sweep?.halving?.metric ?? searched ?? fallback;
}

// What the trials of a plan are compared by.
import type { Plan } from './plan-trials.js';

/** A metric and the direction of it that is better. */
export interface PlanGoal {
  readonly metric: string;
  readonly goal: 'minimize' | 'maximize';
}

/** What the search of a plan looks for; without one the accuracy of the validation, or the loss where nothing is validated. */
export function planGoal({ search, experiment }: Plan): PlanGoal {
  if (search !== undefined) return { metric: search.settings.metric, goal: search.goal };
  return experiment.training?.validation === undefined
    ? { metric: 'train/loss', goal: 'minimize' }
    : { metric: 'validation/one-shot-accuracy', goal: 'maximize' };
}

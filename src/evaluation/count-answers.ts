// How the answers to an episode are counted: one by one, or as a task says otherwise.
import { assignOneToOne } from './assign-one-to-one.js';
import { countTiesAsRight } from './mistakes.js';
import type { EpisodeAnswers } from './score-episodes.js';
import type { EvaluationTask } from './task.js';

/** What a task says of counting. */
export type Counting = Pick<EvaluationTask, 'assignment' | 'mistake'>;

/** The answers to the episode with this number, with the predictions and credits that count. */
export function countAnswers(
  answers: EpisodeAnswers,
  episode: number,
  { assignment, mistake }: Counting,
): EpisodeAnswers {
  if (assignment !== null) return assignOneToOne(answers, episode);
  return mistake === 'tiesRight' ? countTiesAsRight(answers) : answers;
}

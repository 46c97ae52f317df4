// An ensemble of finished runs from their kept predictions alone: the scores of each run are brought to mean 0 and
// standard deviation 1 over its whole task, so that runs with different heads count alike, and summed.
import { OneshotError } from '../base/problem.js';
import { type Counting, countAnswers } from './count-answers.js';
import type { PredictedEpisode, PredictionRecord } from './records/predictions.js';
import { judge } from './score-episodes.js';
import { clusteredBootstrap } from './statistics/clustered-bootstrap.js';
import type { Interval } from './statistics/interval.js';
import { wilsonInterval } from './statistics/wilson-interval.js';

export interface EnsembleResult {
  readonly task: string;
  readonly n: number;
  readonly correct: number;
  readonly accuracy: number;
  readonly wilson: Interval;
  readonly clustered: Interval | null;
  /** The episodes with the ensemble's scores, predictions and credits. */
  readonly answers: readonly PredictedEpisode[];
}

/**
 * The answers of several runs together to the queries of one task, counted as the task says. Throws a OneshotError('usage') when their episodes differ or there are none.
 */
export function combinePredictions(
  records: readonly PredictionRecord[],
  counting: Counting = { assignment: null },
): EnsembleResult {
  const [first] = records;
  if (first === undefined) throw new OneshotError('usage', 'an ensemble needs the predictions of at least one run');
  const other = records.find(({ episodesHash }) => episodesHash !== first.episodesHash);
  if (other !== undefined) {
    throw new OneshotError('usage', `the episodes of ${other.task} are not the same in all runs`, {
      hint: 'evaluate the runs with the same protocol, seed and data',
    });
  }
  const standardized = records.map(standardize);
  const answers = first.answers.map((episode, index) => {
    const alone = episode.queries.map(({ picture, truth, scores: own }, row) => {
      const scores = Float64Array.from(own, (_, way) =>
        standardized.reduce((sum, scores) => sum + scores[index]![row]![way]!, 0),
      );
      return { picture, truth, scores, ...judge(scores, truth) };
    });
    const queries = countAnswers(alone, index, counting).map(({ scores, ...answer }) => ({
      ...answer,
      scores: Array.from(scores, (score) => (Number.isFinite(score) ? score : null)),
    }));
    return { ...episode, queries };
  });
  const episodes = answers.map(({ queries }) => ({
    credit: queries.reduce((sum, { credit }) => sum + credit, 0),
    queries: queries.length,
  }));
  const n = episodes.reduce((sum, { queries }) => sum + queries, 0);
  const correct = episodes.reduce((sum, { credit }) => sum + credit, 0);
  return {
    task: first.task,
    n,
    correct,
    accuracy: correct / n,
    wilson: wilsonInterval(correct, n),
    clustered: clusteredBootstrap(episodes) ?? null,
    answers,
  };
}

/** The scores [episodes][queries][nWay] with mean 0 and standard deviation 1 over all that are finite; NaN for the others. */
function standardize({ answers }: PredictionRecord): number[][][] {
  const all = answers.flatMap(({ queries }) =>
    queries.flatMap(({ scores }) => scores.filter((score) => score !== null)),
  );
  const mean = all.reduce((sum, score) => sum + score, 0) / all.length;
  const deviation = Math.sqrt(all.reduce((sum, score) => sum + (score - mean) ** 2, 0) / all.length);
  // Scores that are all the same say nothing, and must not become infinite.
  const scale = deviation > 0 ? 1 / deviation : 0;
  return answers.map(({ queries }) =>
    queries.map(({ scores }) => scores.map((score) => (score === null ? Number.NaN : (score - mean) * scale))),
  );
}

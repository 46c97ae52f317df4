// From episodes to answers: each query gets the class with the largest score. The tie policy: where m classes share the
// largest score and the right one is among them, the answer counts 1/m, so a network that says the same of everything
// scores chance. A query with a score that is not finite never counts as right.
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import type { Episode } from '../data/sampling/episode.js';
import { areConstant, type EvaluationAlarm, isBelowChance } from './alarm.js';
import type { EmbeddedPictures, PairScores, Scorer } from './scorers/scorer.js';
import { clusteredBootstrap } from './statistics/clustered-bootstrap.js';

/** The answer to one query. */
export interface Answer {
  readonly picture: number;
  /** Which way is right. */
  readonly truth: number;
  /** The first way with the largest score; -1 when any score is not finite. */
  readonly prediction: number;
  /** 1 for right, 1/m for a tie of m ways with the right one among them, otherwise 0. */
  readonly credit: number;
  /** `[nWay]`, larger is more alike. */
  readonly scores: Float64Array;
}

/** The answers to the queries of one episode, in their order. */
export type EpisodeAnswers = readonly Answer[];

/**
 * The answers of `scorer` to all episodes, whose pictures must be among the embedded ones. Lets other events run between
 * episodes.
 */
export async function scoreEpisodes(
  scorer: Pick<Scorer, 'combineShots'>,
  pictures: EmbeddedPictures,
  episodes: readonly Episode[],
): Promise<EpisodeAnswers[]> {
  const answers: EpisodeAnswers[] = [];
  for (const [index, episode] of episodes.entries()) {
    const queries = Int32Array.from(episode.queries, (query) => query.picture);
    const pairScores = await pictures.score(queries, Int32Array.from(episode.supportSet.flat()));
    const classScores = combineShots(pairScores, episode, scorer.combineShots);
    answers.push(
      episode.queries.map(({ picture, truth }, row) => {
        const scores = classScores[row]!;
        return { picture, truth, scores, ...judge(scores, truth) };
      }),
    );
    if (index % 16 === 15) await yieldToEvents();
  }
  return answers;
}

// Pair scores [queries, nWay * kShot], way by way -> class scores [queries][nWay].
function combineShots(pairScores: PairScores, episode: Episode, combine: Scorer['combineShots']): Float64Array[] {
  let at = 0;
  return episode.queries.map(() => {
    const scores = new Float64Array(episode.supportSet.length);
    for (let way = 0; way < scores.length; way++) {
      const kShot = episode.supportSet[way]!.length;
      let sum = 0;
      let largest = Number.NEGATIVE_INFINITY;
      for (let shot = 0; shot < kShot; shot++) {
        const score = pairScores[at++]!;
        sum += score;
        largest = Math.max(largest, score);
      }
      scores[way] = combine === 'mean' ? sum / kShot : largest;
    }
    return scores;
  });
}

/** Prediction and credit of one query under the tie policy. */
export function judge(scores: Float64Array, truth: number): Pick<Answer, 'prediction' | 'credit'> {
  const { finite, largest, tied, first } = findExtremes(scores);
  if (!finite) return { prediction: -1, credit: 0 };
  return { prediction: first, credit: scores[truth] === largest ? 1 / tied : 0 };
}

/** Smallest and largest score of one query, where the largest stands first and how often it occurs. */
function findExtremes(scores: Float64Array) {
  let finite = true;
  let smallest = Number.POSITIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  let first = -1;
  let tied = 0;
  for (let way = 0; way < scores.length; way++) {
    const score = scores[way]!;
    finite &&= Number.isFinite(score);
    if (score < smallest) smallest = score;
    if (score === largest) tied++;
    if (score > largest) {
      largest = score;
      first = way;
      tied = 1;
    }
  }
  return { finite, smallest, largest, first, tied };
}

/** The alarm that these answers raise, or undefined when nothing is wrong with them. */
export function findAlarm(
  scorer: Pick<Scorer, 'constantByDesign'>,
  answers: readonly EpisodeAnswers[],
): EvaluationAlarm | undefined {
  let queries = 0;
  let constantQueries = 0;
  let nonFiniteQueries = 0;
  for (const { scores } of answers.flat()) {
    const { finite, smallest, largest } = findExtremes(scores);
    queries++;
    if (!finite) nonFiniteQueries++;
    else if (areConstant(smallest, largest)) constantQueries++;
  }
  const degenerate = !scorer.constantByDesign && constantQueries > queries / 2;
  const belowChance = !scorer.constantByDesign && nonFiniteQueries === 0 && scoresBelowChance(answers);
  if (!degenerate && nonFiniteQueries === 0 && !belowChance) return undefined;
  return { degenerate, constantQueries, nonFiniteQueries, belowChance };
}

function scoresBelowChance(answers: readonly EpisodeAnswers[]): boolean {
  const episodes = answers.map((episode) => ({
    credit: episode.reduce((sum, { credit }) => sum + credit, 0),
    queries: episode.length,
  }));
  const n = episodes.reduce((sum, { queries }) => sum + queries, 0);
  const correct = episodes.reduce((sum, { credit }) => sum + credit, 0);
  const nWay = answers[0]?.[0]?.scores.length;
  if (nWay === undefined) return false;
  return isBelowChance(Math.min(correct, n), n, 1 / nWay, clusteredBootstrap(episodes) ?? null);
}

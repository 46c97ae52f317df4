// The transductive reading of an episode: where its queries hold one picture of each class, they are assigned to the
// classes one to one, so that the scores of the assigned pairs add up to the most. It uses the other queries, which no
// published figure on Lake's runs is known to do, so its results stand beside the others and never for them.
import { randomStream } from '../base/random-stream.js';
import type { Answer, EpisodeAnswers } from './score-episodes.js';

/**
 * The answers to an episode of `nWay` queries, one of each class, with the prediction of each taken from the assignment
 * of queries to classes that has the largest sum of scores. Where several have it, one is taken at random: queries and
 * classes are shuffled first by a stream of `episode`'s number, since ties would otherwise be broken in order, and the
 * queries may stand in the order of the classes. Where all scores of the episode are the same, each query counts 1/nWay.
 * With a score that is not finite no query of the episode is answered (prediction -1).
 */
export function assignOneToOne(answers: EpisodeAnswers, episode: number): EpisodeAnswers {
  const all = answers.flatMap(({ scores }) => [...scores]);
  if (!all.every(Number.isFinite)) return answers.map((answer) => ({ ...answer, prediction: -1, credit: 0 }));
  if (all.every((score) => score === all[0])) return answers;
  const predictions = assignShuffled(answers, episode);
  return answers.map((answer, row): Answer => {
    const prediction = predictions[row]!;
    return { ...answer, prediction, credit: prediction === answer.truth ? 1 : 0 };
  });
}

function assignShuffled(answers: EpisodeAnswers, episode: number): number[] {
  const numbers = [...answers.keys()];
  const stream = randomStream(1, 'assignment', episode);
  const rows = stream.sample(numbers, numbers.length);
  const columns = stream.sample(numbers, numbers.length);
  const costs = rows.map((row) => columns.map((column) => -answers[row]!.scores[column]!));
  const predictions = new Array<number>(numbers.length);
  for (const [index, column] of assignAtLeastCost(costs).entries()) predictions[rows[index]!] = columns[column]!;
  return predictions;
}

/**
 * The column of each row in the assignment with the least sum of costs, `[n][n]` finite numbers. Shortest augmenting
 * paths with potentials, O(n³) (Kuhn 1955, "The Hungarian method"; Jonker and Volgenant 1987).
 */
export function assignAtLeastCost(costs: readonly (readonly number[])[]): number[] {
  const n = costs.length;
  // Row and column 0 stand for "none": a free column has row 0.
  const rowPotential = new Float64Array(n + 1);
  const columnPotential = new Float64Array(n + 1);
  const rowOf = new Int32Array(n + 1);
  const previous = new Int32Array(n + 1);
  for (let row = 1; row <= n; row++) {
    const distance = new Float64Array(n + 1).fill(Number.POSITIVE_INFINITY);
    const visited = new Uint8Array(n + 1);
    rowOf[0] = row;
    let column = 0;
    do {
      visited[column] = 1;
      const from = rowOf[column]!;
      let nearest = Number.POSITIVE_INFINITY;
      let next = 0;
      for (let other = 1; other <= n; other++) {
        if (visited[other]) continue;
        const reduced = costs[from - 1]![other - 1]! - rowPotential[from]! - columnPotential[other]!;
        if (reduced < distance[other]!) {
          distance[other] = reduced;
          previous[other] = column;
        }
        if (distance[other]! < nearest) {
          nearest = distance[other]!;
          next = other;
        }
      }
      for (let other = 0; other <= n; other++) {
        if (visited[other]) {
          rowPotential[rowOf[other]!]! += nearest;
          columnPotential[other]! -= nearest;
        } else distance[other]! -= nearest;
      }
      column = next;
    } while (rowOf[column] !== 0);
    for (; column !== 0; column = previous[column]!) rowOf[column] = rowOf[previous[column]!]!;
  }
  const columnOf = new Array<number>(n);
  for (let column = 1; column <= n; column++) columnOf[rowOf[column]! - 1] = column - 1;
  return columnOf;
}

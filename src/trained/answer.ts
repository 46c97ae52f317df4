// From scores to an N-way answer: names in order, their probabilities, the support picture that won, and "unknown". Pure,
// without Node: the command and the page of `oneshot demo` answer by the same rule.
import { type Calibration, toProbabilities } from './calibration.js';

/** One class of an answer. */
export interface NamedClass {
  readonly label: string;
  /** Mean of the scores over the class's support pictures. */
  readonly score: number;
  /**
   * Softmax over the classes at the calibration's temperature: how often such an answer is right, given that it is one
   * of them. Without calibration at temperature 1.
   */
  readonly probability: number;
  /** The support picture of the class with the largest score, by its number. */
  readonly support: number;
}

export interface Answer {
  /** All classes, the likeliest first. */
  readonly ranking: readonly NamedClass[];
  /** The best class's label, or undefined where its score is below the threshold: "unknown". */
  readonly name: string | undefined;
}

/** The classes of support pictures, by number. */
export interface SupportLabels {
  readonly labels: readonly string[];
  /** Class of each support picture. */
  readonly ways: ArrayLike<number>;
}

/** The answer to one query with these scores `[supports]`. Classes whose score is not a number come last. */
export function answerQuery(
  scores: ArrayLike<number>,
  { labels, ways }: SupportLabels,
  { threshold, temperature }: Partial<Pick<Calibration, 'threshold' | 'temperature'>>,
): Answer {
  const sums = new Float64Array(labels.length);
  const counts = new Float64Array(labels.length);
  const winners = new Int32Array(labels.length).fill(-1);
  for (let support = 0; support < scores.length; support++) {
    const way = ways[support]!;
    sums[way]! += scores[support]!;
    counts[way]!++;
    if (winners[way]! < 0 || scores[support]! > scores[winners[way]!]!) winners[way] = support;
  }
  const means = sums.map((sum, way) => sum / counts[way]!);
  const probabilities = toProbabilities(means, temperature ?? 1);
  const ranking = labels
    .map((label, way) => ({ label, score: means[way]!, probability: probabilities[way]!, support: winners[way]! }))
    .sort((a, b) => b.score - a.score);
  const isKnown = threshold === undefined || ranking[0]!.score >= threshold;
  return { ranking, name: isKnown ? ranking[0]!.label : undefined };
}

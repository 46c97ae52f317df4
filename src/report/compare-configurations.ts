// Whether two configurations differ on a task, paired as far as their runs are: by episodes, which all runs answer, and by
// training seeds where both have several. What two single runs say of each other is a matter of compare-runs.ts.
import type { EvaluationResult } from '../evaluation/records/evaluation-result.js';
import { alphabetOutcomes, type VerificationResult } from '../evaluation/records/verification-result.js';
import type { EpisodeOutcome } from '../evaluation/statistics/clustered-bootstrap.js';
import type { Interval } from '../evaluation/statistics/interval.js';
import { studentPValue, studentQuantile } from '../evaluation/statistics/student-interval.js';
import { episodeOutcomes, type RunGroup } from './group-runs.js';

/** One configuration less another on one task. */
export interface ConfigurationDifference {
  readonly task: string;
  readonly base: string;
  readonly system: string;
  /** Mean accuracy of `system` less that of `base`. */
  readonly difference: number;
  /** 95 %, over seeds and episodes. */
  readonly interval: Interval;
  /** Two-sided, by Student's distribution over seeds: it speaks of configurations. */
  readonly pValue: number;
  /** Seeds that both have, or the runs of each where they share none. */
  readonly seeds: number;
  readonly pairedBySeed: boolean;
}

/** What a run's network did on a task, episode by episode. */
interface Outcome {
  readonly seed: number;
  readonly accuracy: number;
  readonly episodes: readonly EpisodeOutcome[];
  /** Which queries were asked. */
  readonly asked: string;
}

/**
 * The differences of `system` less `base` on the tasks that both have answered with two runs at least, the same queries
 * in all.
 */
export function compareConfigurations(base: RunGroup, system: RunGroup): ConfigurationDifference[] {
  const own = listOutcomes(base);
  const others = listOutcomes(system);
  return [...own].flatMap(([task, first]) => {
    const second = others.get(task);
    const found = second && compareOutcomes(first, second);
    return found === undefined ? [] : [{ task, base: base.label, system: system.label, ...found }];
  });
}

/** By task, in the order of the first run. */
function listOutcomes({ runs }: RunGroup): Map<string, Outcome[]> {
  const tasks = new Map<string, Outcome[]>();
  for (const { trial, results, verifications } of runs) {
    for (const result of [...results, ...verifications]) {
      if (result.scorer !== 'network') continue;
      const { accuracy } = result;
      const outcome = { seed: trial.seed, accuracy, episodes: listEpisodes(result), asked: identifyQueries(result) };
      tasks.set(result.task, [...(tasks.get(result.task) ?? []), outcome]);
    }
  }
  return tasks;
}

/** The clusters of a result's answers: its episodes, or the alphabets of its pairs. */
export function listEpisodes(result: EvaluationResult | VerificationResult): EpisodeOutcome[] {
  return 'episodesHash' in result ? episodeOutcomes(result) : alphabetOutcomes(result);
}

/** Equal for results whose queries, or pairs, are the same. */
export function identifyQueries(result: EvaluationResult | VerificationResult): string {
  if ('episodesHash' in result) return result.episodesHash;
  const { seed, different, selection, n, pictures } = result;
  return JSON.stringify([seed, different, selection, n, pictures.name]);
}

type Difference = Pick<ConfigurationDifference, 'difference' | 'interval' | 'pValue' | 'seeds' | 'pairedBySeed'>;

function compareOutcomes(base: readonly Outcome[], system: readonly Outcome[]): Difference | undefined {
  const all = [...base, ...system];
  if (new Set(all.map(({ asked }) => asked)).size > 1 || base.length < 2 || system.length < 2) return undefined;
  const pairs = system.flatMap((own) => {
    const twin = base.find(({ seed }) => seed === own.seed);
    return twin === undefined ? [] : [{ own, twin }];
  });
  const pairedBySeed = pairs.length >= 2;
  const [first, second] = pairedBySeed ? [pairs.map(({ twin }) => twin), pairs.map(({ own }) => own)] : [base, system];
  const difference = mean(second.map(({ accuracy }) => accuracy)) - mean(first.map(({ accuracy }) => accuracy));
  const ofSeeds = pairedBySeed
    ? standardError(pairs.map(({ own, twin }) => own.accuracy - twin.accuracy))
    : Math.hypot(...[first, second].map((outcomes) => standardError(outcomes.map(({ accuracy }) => accuracy))));
  // Of two lists the shorter one's, which is on the safe side of Welch's.
  const seeds = Math.min(first.length, second.length);
  const { error: ofEpisodes, degrees } = errorOverEpisodes(first, second);
  const half = Math.hypot(
    studentQuantile(seeds - 1) * ofSeeds,
    degrees > 0 ? studentQuantile(degrees) * ofEpisodes : 0,
  );
  const error = Math.hypot(ofSeeds, ofEpisodes);
  return {
    difference,
    interval: [Math.max(-1, difference - half), Math.min(1, difference + half)],
    pValue: error === 0 ? (difference === 0 ? 1 : 0) : studentPValue(difference / error, seeds - 1),
    seeds,
    pairedBySeed,
  };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function standardError(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

// The standard error of the difference over episodes, of the means over seeds: of a ratio of sums, by its residuals (Cochran
// 1977, section 6.3).
function errorOverEpisodes(base: readonly Outcome[], system: readonly Outcome[]): { error: number; degrees: number } {
  const [{ episodes }] = base as [Outcome];
  const count = episodes.length;
  if (count < 2) return { error: 0, degrees: 0 };
  const creditOf = (outcomes: readonly Outcome[], episode: number) =>
    mean(outcomes.map((outcome) => outcome.episodes[episode]!.credit));
  const differences = episodes.map((_, episode) => creditOf(system, episode) - creditOf(base, episode));
  const queries = episodes.reduce((sum, episode) => sum + episode.queries, 0);
  const rate = differences.reduce((sum, difference) => sum + difference, 0) / queries;
  const residuals = differences.map((difference, episode) => difference - rate * episodes[episode]!.queries);
  const squares = residuals.reduce((sum, residual) => sum + residual ** 2, 0);
  return { error: Math.sqrt(((count / (count - 1)) * squares) / queries ** 2), degrees: count - 1 };
}

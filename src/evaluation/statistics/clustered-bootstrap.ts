// The interval of an accuracy that respects episodes: queries of one episode share a support set, so whole episodes are
// resampled (cluster bootstrap: Davison and Hinkley 1997, section 3.8; percentile interval: Efron and Tibshirani 1993, chapter 13).
// Where every episode was answered without a mistake, all resamples are alike and the interval has no width: Wilson's is the one to read there.
import { randomStream } from '../../base/random-stream.js';
import { type Interval, percentileInterval } from './interval.js';

/** The outcome of one episode. */
export interface EpisodeOutcome {
  /** Sum of the credits of its queries: 1 for a right answer, 1/m for a tie of m classes. */
  readonly credit: number;
  readonly queries: number;
}

export interface BootstrapOptions {
  readonly seed?: number;
  readonly resamples?: number;
  /** The part of the resampled accuracies inside the interval. */
  readonly level?: number;
}

export const DEFAULT_RESAMPLES = 2_000;

/** The percentile interval of the accuracy over resampled episodes, equal for equal seeds (seed 0, 2,000 resamples and 95 % unless told); undefined for fewer than two episodes, which say nothing about their spread. */
export function clusteredBootstrap(
  episodes: readonly EpisodeOutcome[],
  options: BootstrapOptions = {},
): Interval | undefined {
  const count = episodes.length;
  if (count < 2) return undefined;
  const { seed = 0, resamples = DEFAULT_RESAMPLES, level = 0.95 } = options;
  const credits = Float64Array.from(episodes, (episode) => episode.credit);
  const queries = Float64Array.from(episodes, (episode) => episode.queries);
  const stream = randomStream(seed, 'clustered-bootstrap', count);
  const accuracies = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    let credit = 0;
    let total = 0;
    for (let draw = 0; draw < count; draw++) {
      const episode = stream.integer(count);
      credit += credits[episode]!;
      total += queries[episode]!;
    }
    accuracies[resample] = credit / total;
  }
  return percentileInterval(accuracies, level);
}

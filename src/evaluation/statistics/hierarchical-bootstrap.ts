// The interval of a mean accuracy over training seeds: seeds are resampled, then episodes, since both vary (hierarchical
// bootstrap: Davison and Hinkley 1997, section 3.8; Saravanan, Berman and Sober 2020). Where all seeds answered the same
// episodes, an episode that is hard is hard for all of them: then episodes are drawn once for all seeds of a resample
// (two crossed factors: Owen 2007, "The pigeonhole bootstrap").
import { type RandomStream, randomStream } from '../../base/random-stream.js';
import { type BootstrapOptions, DEFAULT_RESAMPLES, type EpisodeOutcome } from './clustered-bootstrap.js';
import { type Interval, percentileInterval } from './interval.js';

export interface HierarchicalBootstrapOptions extends BootstrapOptions {
  /** `shared`: episode i is the same for every seed; `own`: each seed has episodes of its own. */
  readonly episodes: 'shared' | 'own';
}

/** The percentile interval of the mean over seeds of the accuracy; `outcomes[seed][episode]`. Undefined for fewer than two seeds (use `clusteredBootstrap`) or a seed without episodes. Throws a RangeError when episodes are `shared` and their numbers differ. */
export function hierarchicalBootstrap(
  outcomes: readonly (readonly EpisodeOutcome[])[],
  options: HierarchicalBootstrapOptions,
): Interval | undefined {
  const seeds = outcomes.length;
  if (seeds < 2 || outcomes.some((episodes) => episodes.length === 0)) return undefined;
  const shared = options.episodes === 'shared';
  if (shared && outcomes.some((episodes) => episodes.length !== outcomes[0]!.length)) {
    throw new RangeError(
      `shared episodes must be equally many for each seed, not ${outcomes.map((episodes) => episodes.length).join(', ')}`,
    );
  }
  const { seed = 0, resamples = DEFAULT_RESAMPLES, level = 0.95 } = options;
  const stream = randomStream(seed, 'hierarchical-bootstrap', seeds);
  const columns = outcomes.map((episodes) => ({
    credits: Float64Array.from(episodes, ({ credit }) => credit),
    queries: Float64Array.from(episodes, ({ queries }) => queries),
  }));
  const means = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    const drawn = shared ? drawIndices(stream, outcomes[0]!.length) : undefined;
    let sum = 0;
    for (let draw = 0; draw < seeds; draw++) {
      const { credits, queries } = columns[stream.integer(seeds)]!;
      sum += accuracyOver(credits, queries, drawn ?? drawIndices(stream, credits.length));
    }
    means[resample] = sum / seeds;
  }
  return percentileInterval(means, level);
}

function drawIndices(stream: RandomStream, count: number): Int32Array {
  const indices = new Int32Array(count);
  for (let i = 0; i < count; i++) indices[i] = stream.integer(count);
  return indices;
}

function accuracyOver(credits: Float64Array, queries: Float64Array, indices: Int32Array): number {
  let credit = 0;
  let total = 0;
  for (let i = 0; i < indices.length; i++) {
    credit += credits[indices[i]!]!;
    total += queries[indices[i]!]!;
  }
  return credit / total;
}

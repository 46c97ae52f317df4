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
  const columns = outcomes.map((episodes) => ({
    credits: Float64Array.from(episodes, ({ credit }) => credit),
    queries: Float64Array.from(episodes, ({ queries }) => queries),
  }));
  const means = shared
    ? resampleCrossed(columns, seed, resamples)
    : resampleNested(columns, openStream(seed, seeds), resamples);
  return percentileInterval(means, level);
}

/** Outcomes of one seed's episodes. */
interface Column {
  readonly credits: Float64Array;
  readonly queries: Float64Array;
}

const openStream = (seed: number, seeds: number) => randomStream(seed, 'hierarchical-bootstrap', seeds);

function resampleNested(columns: readonly Column[], stream: RandomStream, resamples: number): Float64Array {
  const seeds = columns.length;
  return Float64Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let draw = 0; draw < seeds; draw++) {
      const { credits, queries } = columns[stream.integer(seeds)]!;
      let credit = 0;
      let total = 0;
      for (let i = 0; i < credits.length; i++) {
        const episode = stream.integer(credits.length);
        credit += credits[episode]!;
        total += queries[episode]!;
      }
      sum += credit / total;
    }
    return sum / seeds;
  });
}

function resampleCrossed(columns: readonly Column[], seed: number, resamples: number): Float64Array {
  const episodes = columns[0]!.credits.length;
  const { timesDrawn, seedsDrawn } = drawCrossed(seed, columns.length, episodes, resamples);
  return Float64Array.from({ length: resamples }, (_, resample) => {
    const times = timesDrawn.subarray(resample * episodes, (resample + 1) * episodes);
    let sum = 0;
    for (const [index, { credits, queries }] of columns.entries()) {
      const share = seedsDrawn[resample * columns.length + index]!;
      if (share > 0) sum += share * weighAccuracy(credits, queries, times);
    }
    return sum / columns.length;
  });
}

function weighAccuracy(credits: Float64Array, queries: Float64Array, times: Uint16Array): number {
  let credit = 0;
  let total = 0;
  for (let i = 0; i < times.length; i++) {
    credit += times[i]! * credits[i]!;
    total += times[i]! * queries[i]!;
  }
  return credit / total;
}

/** How often each episode, and each seed, is drawn in each resample. */
interface CrossedDraws {
  /** `[resamples, episodes]`. */
  readonly timesDrawn: Uint16Array;
  /** `[resamples, seeds]`. */
  readonly seedsDrawn: Uint16Array;
}

/** Draws that are kept: a report measures hundreds of configurations on the same few tasks. */
const MOST_KEPT_DRAWS = 8;
const keptDraws = new Map<string, CrossedDraws>();

// They depend on these numbers alone, so that configurations are compared on the same resamples.
function drawCrossed(seed: number, seeds: number, episodes: number, resamples: number): CrossedDraws {
  const key = [seed, seeds, episodes, resamples].join();
  const kept = keptDraws.get(key);
  if (kept !== undefined) return kept;
  const stream = openStream(seed, seeds);
  const timesDrawn = new Uint16Array(resamples * episodes);
  const seedsDrawn = new Uint16Array(resamples * seeds);
  for (let resample = 0; resample < resamples; resample++) {
    for (let draw = 0; draw < episodes; draw++) timesDrawn[resample * episodes + stream.integer(episodes)]!++;
    for (let draw = 0; draw < seeds; draw++) seedsDrawn[resample * seeds + stream.integer(seeds)]!++;
  }
  const draws = { timesDrawn, seedsDrawn };
  if (keptDraws.size >= MOST_KEPT_DRAWS) keptDraws.delete(keptDraws.keys().next().value!);
  keptDraws.set(key, draws);
  return draws;
}

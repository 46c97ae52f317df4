// How often printed intervals hold the true accuracy, simulated: training seeds and episodes are crossed, both shift the
// logit of a right answer, and the intervals are made by the functions that make the printed ones.
import { randomStream } from '../../../src/base/random-stream.js';
import { clusteredBootstrap } from '../../../src/evaluation/statistics/clustered-bootstrap.js';
import { coverBoth, type Interval } from '../../../src/evaluation/statistics/interval.js';
import { intervalOverSeeds } from '../../../src/evaluation/statistics/over-seeds.js';
import { wilsonInterval } from '../../../src/evaluation/statistics/wilson-interval.js';

export interface SimulatedCase {
  readonly seeds: number;
  /** Of 20 queries each. */
  readonly episodes: number;
  /** Accuracy of a seed and an episode in the middle. */
  readonly accuracy: number;
  /** Standard deviation of a seed's logit; quickstart's is about 0.2. */
  readonly seedDeviation: number;
}

/** Standard deviation of an episode's logit. */
const EPISODE_DEVIATION = 0.4;
const QUERIES = 20;

export interface Coverage {
  /** Part of the simulations whose interval holds the true accuracy. */
  readonly covered: number;
  /** Whether any interval over seeds was narrower than that of one of its runs, or left 0 … 1. */
  readonly isSound: boolean;
}

/**
 * The coverage in `simulations` experiments. With one seed the truth is that network's accuracy, with several the mean
 * over all networks.
 */
export function simulateCoverage(simulated: SimulatedCase, simulations: number): Coverage {
  const { seeds, episodes, accuracy, seedDeviation } = simulated;
  const stream = randomStream(7, 'coverage', seeds, episodes, accuracy, seedDeviation);
  const middle = Math.log(accuracy / (1 - accuracy));
  let covered = 0;
  let isSound = true;
  for (let simulation = 0; simulation < simulations; simulation++) {
    const ofEpisodes = Array.from({ length: episodes }, () => EPISODE_DEVIATION * stream.normal());
    const ofSeeds = Array.from({ length: seeds }, () => seedDeviation * stream.normal());
    const runs = ofSeeds.map((shift) =>
      measureRun(
        ofEpisodes.map((own) => sigmoid(middle + shift + own)),
        stream,
      ),
    );
    const [low, high] = intervalOverSeeds(runs);
    const truth =
      seeds === 1
        ? meanAccuracy(middle + ofSeeds[0]!, EPISODE_DEVIATION)
        : meanAccuracy(middle, Math.hypot(EPISODE_DEVIATION, seedDeviation));
    if (low <= truth && truth <= high) covered++;
    const widest = Math.max(...runs.map(({ interval: [from, to] }) => to - from));
    isSound &&= low >= 0 && high <= 1 && high - low >= widest - 1e-12;
  }
  return { covered: covered / simulations, isSound };
}

function measureRun(
  probabilities: readonly number[],
  stream: ReturnType<typeof randomStream>,
): { accuracy: number; interval: Interval } {
  const episodes = probabilities.map((probability) => {
    let credit = 0;
    for (let query = 0; query < QUERIES; query++) if (stream.uniform() < probability) credit++;
    return { credit, queries: QUERIES };
  });
  const n = QUERIES * episodes.length;
  const correct = episodes.reduce((sum, { credit }) => sum + credit, 0);
  // Fewer resamples than printed ones have: their ends move by a hundredth of the width.
  const clustered = clusteredBootstrap(episodes, { resamples: 300 }) ?? null;
  return { accuracy: correct / n, interval: coverBoth(wilsonInterval(correct, n), clustered) };
}

const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));

/** The mean of the accuracy where its logit is normal, by the trapezoidal rule. */
function meanAccuracy(middle: number, deviation: number): number {
  let sum = 0;
  let weights = 0;
  for (let z = -6; z <= 6; z += 0.05) {
    const weight = Math.exp((-z * z) / 2);
    sum += weight * sigmoid(middle + deviation * z);
    weights += weight;
  }
  return sum / weights;
}

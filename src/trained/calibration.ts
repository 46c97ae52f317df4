// What a network's scores mean, learned from validation episodes whose last class is left out of the support set: from
// which score on an answer is a name and no "unknown", what that costs, and which probability a lead in score stands for.
// Plain arithmetic on scores, without Node.

/** How answers of N ways and k shots are read. Shares are of validation queries. */
export interface Calibration {
  readonly nWay: number;
  readonly kShot: number;
  /** Which classes it was made on; `train` where the run kept none for validation, and then it promises too much. */
  readonly selection: 'validation' | 'train';
  /** The best class's score below which a query is unknown. */
  readonly threshold: number;
  /** Share of queries of the support set's classes that the threshold calls unknown, of `knownQueries`. */
  readonly falseUnknown: number;
  readonly knownQueries: number;
  /** Share of queries of classes left out that get a name, of `unknownQueries`. */
  readonly falseNames: number;
  readonly unknownQueries: number;
  /**
   * Class scores divided by this have the softmax that describes best how often each class is right (Guo et al. 2017,
   * "On calibration of modern neural networks", section 4.2).
   */
  readonly temperature: number;
  /**
   * Of two pictures alone: the probability of the same class is sigmoid(slope logit + offset), where as many pairs are
   * equal as not (Platt 1999).
   */
  readonly pair: { readonly slope: number; readonly offset: number };
}

/** The best class's scores of validation queries. */
export interface BestScores {
  /** Of queries whose class is in the support set. */
  readonly known: readonly number[];
  /** Of queries whose class was left out. */
  readonly unknown: readonly number[];
}

export type ThresholdShares = Pick<Calibration, 'threshold' | 'falseUnknown' | 'falseNames'>;

/** The threshold with the smallest sum of both shares, halfway between two scores; with the shares that it has. */
export function chooseThreshold(best: BestScores): ThresholdShares {
  const known = [...best.known].sort((a, b) => a - b);
  const unknown = [...best.unknown].sort((a, b) => a - b);
  const places = [...known, ...unknown].sort((a, b) => a - b);
  let chosen: ThresholdShares = { threshold: (places[0] ?? 0) - 1, falseUnknown: 0, falseNames: 1 };
  let knownBelow = 0;
  let unknownBelow = 0;
  for (let place = 1; place < places.length; place++) {
    if (places[place] === places[place - 1]) continue;
    const threshold = (places[place]! + places[place - 1]!) / 2;
    while (knownBelow < known.length && known[knownBelow]! < threshold) knownBelow++;
    while (unknownBelow < unknown.length && unknown[unknownBelow]! < threshold) unknownBelow++;
    const falseUnknown = knownBelow / Math.max(1, known.length);
    const falseNames = 1 - unknownBelow / Math.max(1, unknown.length);
    if (falseUnknown + falseNames < chosen.falseUnknown + chosen.falseNames)
      chosen = { threshold, falseUnknown, falseNames };
  }
  return chosen;
}

/** The shares that some other threshold has. */
export function measureThreshold({ known, unknown }: BestScores, threshold: number): ThresholdShares {
  const share = (hits: number, of: number) => (of === 0 ? 0 : hits / of);
  return {
    threshold,
    falseUnknown: share(known.filter((score) => score < threshold).length, known.length),
    falseNames: share(unknown.filter((score) => score >= threshold).length, unknown.length),
  };
}

/** Class scores of a query, and which of them is right. */
export interface ScoredQuery {
  readonly scores: ArrayLike<number>;
  readonly truth: number;
}

/**
 * The temperature from 1/64 to 1024 with the smallest mean negative log-likelihood of the right class, by golden
 * section on its logarithm.
 */
export function fitTemperature(queries: readonly ScoredQuery[]): number {
  const loss = (log: number) =>
    queries.reduce(
      (sum, { scores, truth }) => sum - Math.log(toProbabilities(scores, Math.exp(log))[truth]! + 1e-12),
      0,
    );
  return Math.exp(minimize(loss, Math.log(1 / 64), Math.log(1024)));
}

/**
 * Slope and offset of the logistic curve through pairs of pictures, by Newton's method with a slight pull to 0 (as
 * Platt's targets have).
 */
export function fitPairCurve(logits: ArrayLike<number>, isSame: ArrayLike<number>): Calibration['pair'] {
  const deviation = standardDeviation(logits) || 1;
  let slope = 0;
  let offset = 0;
  for (let step = 0; step < 50; step++) {
    let [g0, g1, h00, h01, h11] = [1e-3 * slope, 1e-3 * offset, 1e-3, 0, 1e-3];
    for (let pair = 0; pair < logits.length; pair++) {
      const x = logits[pair]! / deviation;
      const p = sigmoid(slope * x + offset);
      const error = p - isSame[pair]!;
      const weight = p * (1 - p);
      g0 += error * x;
      g1 += error;
      h00 += weight * x * x;
      h01 += weight * x;
      h11 += weight;
    }
    const determinant = h00 * h11 - h01 * h01;
    const [d0, d1] = [(h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant];
    slope -= d0;
    offset -= d1;
    if (Math.abs(d0) + Math.abs(d1) < 1e-9) break;
  }
  return { slope: slope / deviation, offset };
}

/** Of several calibrations the one whose ways and shots are nearest, on a scale of ratios. Undefined where there are none. */
export function nearestCalibration(
  calibrations: readonly Calibration[],
  nWay: number,
  kShot: number,
): Calibration | undefined {
  const distance = (calibration: Calibration) =>
    Math.abs(Math.log(calibration.nWay / nWay)) + Math.abs(Math.log(calibration.kShot / kShot));
  return [...calibrations].sort((a, b) => distance(a) - distance(b))[0];
}

/** Softmax of the scores over the temperature. */
export function toProbabilities(scores: ArrayLike<number>, temperature: number): Float64Array {
  const largest = largestOf(scores);
  const shares = Float64Array.from(scores, (score) => Math.exp((score - largest) / temperature));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}

export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

export function largestOf(scores: ArrayLike<number>): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < scores.length; i++) largest = Math.max(largest, scores[i]!);
  return largest;
}

function standardDeviation(values: ArrayLike<number>): number {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    sum += values[i]!;
    squares += values[i]! ** 2;
  }
  return Math.sqrt(Math.max(0, squares / values.length - (sum / values.length) ** 2));
}

const GOLDEN = (Math.sqrt(5) - 1) / 2;

function minimize(f: (x: number) => number, low: number, high: number): number {
  let [a, b] = [low, high];
  let [c, d] = [b - GOLDEN * (b - a), a + GOLDEN * (b - a)];
  let [fc, fd] = [f(c), f(d)];
  while (b - a > 1e-4) {
    if (fc <= fd) {
      [b, d, fd] = [d, c, fc];
      c = b - GOLDEN * (b - a);
      fc = f(c);
    } else {
      [a, c, fc] = [c, d, fd];
      d = a + GOLDEN * (b - a);
      fd = f(d);
    }
  }
  return (a + b) / 2;
}

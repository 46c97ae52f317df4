// The density model of TPE: a mixture of one product kernel per observed point and a uniform prior, on the unit cube.
// After Bergstra et al. 2011, section 4; multivariate kernels as in Falkner et al. 2018 (BOHB) and Watanabe 2023
// ("Tree-structured Parzen estimator", arXiv 2304.11127), section 3.
import type { RandomStream } from '../../base/random-stream.js';
import { countValues, indexAtUnit } from './domain.js';
import type { SearchSpace } from './search-space.js';

/** A place in the unit cube, [parameters]; undefined for parameters that do not exist there. */
export type Units = readonly (number | undefined)[];

export interface ParzenMixture {
  /** A place drawn from the mixture, [parameters], as if every parameter existed. */
  draw(stream: RandomStream): number[];
  /** The logarithm of the density at a place, up to a term that depends on the space alone. */
  logDensity(units: Units): number;
}

/** The part of one kernel that belongs to one parameter. */
interface Kernel {
  draw(stream: RandomStream): number;
  logDensity(unit: number): number;
}

/**
 * The narrowest kernel, as a part of the range, but never below one step. Watanabe 2023 finds about this value best; a
 * bound that falls with the number of kernels, as in Hyperopt, searches less finely.
 */
const NARROWEST = 0.03;

/** The mixture over observed places; `weights` is [observations], relative to the weight 1 of the prior. */
export function buildParzenMixture(
  space: SearchSpace,
  observations: readonly Units[],
  weights: readonly number[],
): ParzenMixture {
  const kernelCount = observations.length + 1;
  const kernels: Kernel[][] = [...observations.map(() => []), []];
  space.parameters.forEach(({ domain }, parameter) => {
    const column = observations.map((units) => units[parameter]);
    const count = countValues(domain);
    const widths = kernelWidths(column, Math.max(NARROWEST, 1 / count));
    column.forEach((centre, at) => {
      (kernels[at] as Kernel[]).push(makeKernel(domain.kind, count, centre, widths[at] as number, kernelCount));
    });
    (kernels[observations.length] as Kernel[]).push(makeKernel(domain.kind, count, undefined, 1, kernelCount));
  });

  const total = weights.reduce((sum, weight) => sum + weight, 1);
  const shares = [...weights, 1].map((weight) => weight / total);
  const logShares = shares.map(Math.log);

  return {
    draw(stream) {
      const kernel = kernels[pickIndex(shares, stream.uniform())] as Kernel[];
      return kernel.map((part) => part.draw(stream));
    },
    logDensity(units) {
      return logSumExp(
        kernels.map((kernel, at) =>
          units.reduce<number>(
            (sum, unit, parameter) => (unit === undefined ? sum : sum + (kernel[parameter] as Kernel).logDensity(unit)),
            logShares[at] as number,
          ),
        ),
      );
    },
  };
}

/**
 * A kernel around `centre`. Where the observed point lacked the parameter (`centre` undefined), it says nothing about it:
 * uniform.
 */
function makeKernel(
  kind: SearchSpace['parameters'][number]['domain']['kind'],
  count: number,
  centre: number | undefined,
  width: number,
  kernelCount: number,
): Kernel {
  if (centre === undefined) return uniformKernel(count);
  switch (kind) {
    case 'continuous':
      return normalKernel(centre, width);
    case 'stepped':
      return steppedKernel(count, centre, width);
    case 'choice':
      return choiceKernel(count, centre, kernelCount);
  }
}

function uniformKernel(count: number): Kernel {
  const logDensity = Number.isFinite(count) ? -Math.log(count) : 0;
  return { draw: (stream) => stream.uniform(), logDensity: () => logDensity };
}

/** A normal distribution truncated to [0, 1]. */
function normalKernel(centre: number, width: number): Kernel {
  const mass = normalCdf((1 - centre) / width) - normalCdf(-centre / width);
  const logScale = -Math.log(mass * width * Math.sqrt(2 * Math.PI));
  return {
    draw: (stream) => drawTruncated(stream, centre, width),
    logDensity: (unit) => logScale - 0.5 * ((unit - centre) / width) ** 2,
  };
}

/** The probabilities that a truncated normal distribution gives to each of `count` equal parts of [0, 1]. */
function steppedKernel(count: number, centre: number, width: number): Kernel {
  const below = (unit: number) => normalCdf((unit - centre) / width);
  const logMass = Math.log(below(1) - below(0));
  return {
    draw: (stream) => drawTruncated(stream, centre, width),
    logDensity(unit) {
      const index = indexAtUnit(count, unit);
      return Math.log(Math.max(Number.MIN_VALUE, below((index + 1) / count) - below(index / count))) - logMass;
    },
  };
}

/** The observed choice, and a share of 1 / (kernels + count) for each choice as pseudo-observation. */
function choiceKernel(count: number, centre: number, kernelCount: number): Kernel {
  const observed = indexAtUnit(count, centre);
  const share = 1 / kernelCount;
  const total = 1 + count * share;
  return {
    draw: (stream) => (stream.uniform() * total < 1 ? centre : stream.uniform()),
    logDensity: (unit) => Math.log(((indexAtUnit(count, unit) === observed ? 1 : 0) + share) / total),
  };
}

/**
 * The width of each kernel of one parameter: the distance to the farther neighbour (Bergstra et al. 2011, section 4.2).
 * The borders count as neighbours only where there is no other.
 */
function kernelWidths(column: readonly (number | undefined)[], narrowest: number): number[] {
  const sorted = column.filter((unit) => unit !== undefined).sort((a, b) => a - b);
  return column.map((unit) => {
    if (unit === undefined) return 1;
    const at = sorted.indexOf(unit);
    const alone = sorted.length === 1;
    const left = at > 0 ? unit - (sorted[at - 1] as number) : alone ? unit : 0;
    const right = at < sorted.length - 1 ? (sorted[at + 1] as number) - unit : alone ? 1 - unit : 0;
    return Math.min(1, Math.max(narrowest, left, right));
  });
}

/** By rejection: centre and range are such that at least a third of the draws is taken. */
function drawTruncated(stream: RandomStream, centre: number, width: number): number {
  for (;;) {
    const unit = centre + width * stream.normal();
    if (unit >= 0 && unit <= 1) return unit;
  }
}

function pickIndex(shares: readonly number[], quantile: number): number {
  let sum = 0;
  const index = shares.findIndex((share) => {
    sum += share;
    return quantile < sum;
  });
  return index < 0 ? shares.length - 1 : index;
}

function logSumExp(terms: readonly number[]): number {
  const largest = Math.max(...terms);
  return largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0));
}

/**
 * The standard normal distribution function, relative error below 1.2e-7 (Press et al., Numerical Recipes, section 6.2,
 * erfcc).
 */
function normalCdf(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + z / 2);
  const coefficients = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
    0.17087277,
  ];
  const series = coefficients.reduceRight((sum, coefficient) => sum * t + coefficient, 0);
  const upper = 0.5 * t * Math.exp(-z * z + series);
  return x > 0 ? 1 - upper : upper;
}

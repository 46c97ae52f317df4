// The values that one searched parameter may take, and their place on the unit interval. Strategies work on units
// alone: equal steps of a unit are equally likely before anything is known.

/** A range of real numbers; on the log scale equal ratios are equally likely. */
export interface ContinuousDomain {
  readonly kind: 'continuous';
  readonly low: number;
  readonly high: number;
  readonly scale: 'linear' | 'log';
}

/** The numbers low, low + step, …: `count` of them. */
export interface SteppedDomain {
  readonly kind: 'stepped';
  readonly low: number;
  readonly step: number;
  readonly count: number;
}

/** Plain values without an order. */
export interface ChoiceDomain {
  readonly kind: 'choice';
  readonly values: readonly unknown[];
}

export type Domain = ContinuousDomain | SteppedDomain | ChoiceDomain;

/** Resolution of a continuous range: finer differences only make names and files unreadable. */
const RESOLUTION = 1e-6;

/** How many values a domain has; infinite for a continuous one. */
export function countValues(domain: Domain): number {
  switch (domain.kind) {
    case 'continuous':
      return Number.POSITIVE_INFINITY;
    case 'stepped':
      return domain.count;
    case 'choice':
      return domain.values.length;
  }
}

/** The value at a unit in [0, 1]. The k-th of n countable values has the units [k / n, (k + 1) / n). */
export function valueAtUnit(domain: Domain, unit: number): unknown {
  if (domain.kind === 'continuous') return continuousValueAt(domain, unit);
  return valueAtIndex(domain, indexAtUnit(countValues(domain), unit));
}

/** The index of the countable value, out of `count`, that a unit falls on. */
export function indexAtUnit(count: number, unit: number): number {
  return Math.max(0, Math.min(count - 1, Math.floor(unit * count)));
}

/** The unit of a value: that of `valueAtUnit` for a continuous domain, the middle of its units for a countable one. */
export function unitOfValue(domain: Domain, value: unknown, sameValue: (a: unknown, b: unknown) => boolean): number {
  switch (domain.kind) {
    case 'continuous': {
      const { low, high, scale } = domain;
      const number = value as number;
      return scale === 'log' ? Math.log(number / low) / Math.log(high / low) : (number - low) / (high - low);
    }
    case 'stepped':
      return (Math.round(((value as number) - domain.low) / domain.step) + 0.5) / domain.count;
    case 'choice':
      return (domain.values.findIndex((choice) => sameValue(choice, value)) + 0.5) / domain.values.length;
  }
}

/** The index-th value of a countable domain. */
export function valueAtIndex(domain: SteppedDomain | ChoiceDomain, index: number): unknown {
  if (domain.kind === 'choice') return domain.values[index];
  // Twelve digits drop what binary fractions add: 0.1 + 2 * 0.1 is 0.3 here.
  return Number((domain.low + index * domain.step).toPrecision(12));
}

function continuousValueAt({ low, high, scale }: ContinuousDomain, unit: number): number {
  const exact = scale === 'log' ? low * (high / low) ** unit : low + unit * (high - low);
  const span = scale === 'log' ? exact * Math.log(high / low) : high - low;
  const decimals = Math.max(0, Math.min(100, -Math.floor(Math.log10(span * RESOLUTION))));
  return Math.min(high, Math.max(low, Number(exact.toFixed(decimals))));
}

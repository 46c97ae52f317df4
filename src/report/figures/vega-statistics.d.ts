// The package, a part of Vega, comes without types.
declare module 'vega-statistics' {
  /** The part of a normal distribution below a value (West 2009). */
  export function cumulativeNormal(value: number, mean?: number, standardDeviation?: number): number;
}

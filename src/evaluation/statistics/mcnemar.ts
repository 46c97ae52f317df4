// McNemar's test of two systems on the same queries, always exact: under the null hypothesis each query that exactly one
// of them answers is as likely to be the one's as the other's, so the smaller count is binomial with probability 1/2
// (McNemar 1947; exact form: Agresti 2013, "Categorical Data Analysis", section 11.1). It takes queries as independent;
// permutation-test.ts respects episodes.

export interface McNemarResult {
  /** Queries that the first system alone answered rightly. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Two-sided p-value; 1 when the systems never differ. */
  readonly pValue: number;
}

/** The test on two lists of outcomes of the same queries in the same order. Throws a RangeError when their lengths differ. */
export function testMcNemar(first: readonly boolean[], second: readonly boolean[]): McNemarResult {
  if (first.length !== second.length) {
    throw new RangeError(`outcomes of the same queries are needed, not of ${first.length} and ${second.length}`);
  }
  let onlyFirst = 0;
  let onlySecond = 0;
  for (let query = 0; query < first.length; query++) {
    if (first[query] && !second[query]) onlyFirst++;
    if (!first[query] && second[query]) onlySecond++;
  }
  return { onlyFirst, onlySecond, pValue: exactMcNemarPValue(onlyFirst, onlySecond) };
}

/**
 * The two-sided p-value for the two counts of queries on which the systems differ: 2 P(X <= min), X ~ Binomial(sum, 1/2),
 * at most 1.
 */
export function exactMcNemarPValue(onlyFirst: number, onlySecond: number): number {
  const smaller = Math.min(onlyFirst, onlySecond);
  const total = onlyFirst + onlySecond;
  // log of C(total, smaller) / 2^total, the largest term of the sum.
  let logTerm = -total * Math.LN2;
  for (let i = 1; i <= smaller; i++) logTerm += Math.log((total - i + 1) / i);
  // The sum relative to that term: C(total, i - 1) = C(total, i) i / (total - i + 1).
  let sum = 0;
  let ratio = 1;
  for (let i = smaller; i >= 0; i--) {
    sum += ratio;
    ratio *= i / (total - i + 1);
  }
  return Math.min(1, 2 * sum * Math.exp(logTerm));
}

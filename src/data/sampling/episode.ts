// N-way k-shot episodes: the unit of one-shot evaluation (Lake et al. 2011; Vinyals et al. 2016).

/**
 * One support set of nWay x kShot pictures and its queries. Picture numbers index the picture set that the episodes were
 * drawn from.
 */
export interface Episode {
  /** `[nWay][kShot]` pictures; the order of the ways is drawn, so that the right answer stands at no fixed place. */
  readonly supportSet: readonly (readonly number[])[];
  readonly queries: readonly Query[];
  /** The alphabet all its characters come from, or undefined when they come from several. */
  readonly alphabet?: string;
}

export interface Query {
  readonly picture: number;
  /** Which way is right, 0 … nWay - 1. */
  readonly truth: number;
}

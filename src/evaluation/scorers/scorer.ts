// What every system under evaluation is, the network and the baselines alike: something that looks at each picture once
// and then says how alike two pictures are. One file per system beside this one.
import type { Baseline, ScorerName, TestTimeAugmentation } from '../../config/experiment.js';
import type { SizedPictures } from '../../data/pictures/picture-sizes.js';

export type { ScorerName };

export interface Scorer {
  /** `network`, or that of a baseline: its kind's name unless the experiment gives it another. */
  readonly name: ScorerName;
  /** How the scores of a class's k support pictures become one: `mean`, or `maximum` where only the nearest picture counts. */
  readonly combineShots: 'mean' | 'maximum';
  /** Whether equal scores for all classes are what this scorer is for, and no sign of a collapsed network. */
  readonly constantByDesign: boolean;
  /**
   * Looks once at each of the pictures with the given numbers, which are ascending and different. Scorers that embed
   * nothing ignore the augmentation.
   */
  embed(
    pictures: SizedPictures,
    numbers: Int32Array,
    testTimeAugmentation?: TestTimeAugmentation,
  ): Promise<EmbeddedPictures> | EmbeddedPictures;
}

/** What tables call a baseline. */
interface Titles {
  /** In a page: `nearest neighbour, Euclidean`. */
  readonly title: string;
  /** In a terminal: `1-NN Euclidean`. */
  readonly shortTitle: string;
}

/** A scorer that needs no network and no settings. */
export interface BaselineScorer extends Scorer, Titles {}

/** A kind of baseline. `Section` is its entry in an experiment file. */
export interface BaselineType<Section extends Baseline> extends Titles {
  make(section: Section): Scorer;
}

/** Pictures that a scorer has looked at. */
export interface EmbeddedPictures {
  /**
   * Scores `[queries, supports]`, row by row; larger is more alike. Arguments are picture numbers, all among the
   * embedded ones.
   */
  score(queries: Int32Array, supports: Int32Array): Promise<PairScores> | PairScores;
  /** Scores `[pairs]` of aligned pictures, both `[pairs]` picture numbers among the embedded ones. */
  scoreAligned(first: Int32Array, second: Int32Array): Promise<PairScores> | PairScores;
}

export type PairScores = Float32Array | Float64Array;

/** The row of each embedded picture by its number: `[set size]`, -1 for pictures that were not embedded. */
export function indexRows(setSize: number, numbers: Int32Array): Int32Array {
  const rows = new Int32Array(setSize).fill(-1);
  for (let row = 0; row < numbers.length; row++) rows[numbers[row]!] = row;
  return rows;
}

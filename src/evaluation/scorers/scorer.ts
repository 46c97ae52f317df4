// What every system under evaluation is, the network and the baselines alike: something that looks at each picture once
// and then says how alike two pictures are. One file per system beside this one.
import type { Experiment, TestTimeAugmentation } from '../../config/experiment.js';
import type { SizedPictures } from '../../data/pictures/picture-sizes.js';

/** A key of `baselines` in an experiment file. */
export type BaselineName = Experiment['baselines'][number];

export type ScorerName = 'network' | BaselineName;

export interface Scorer {
  readonly name: ScorerName;
  /** How the scores of a class's k support pictures become one: `mean`, or `maximum` where only the nearest picture counts. */
  readonly combineShots: 'mean' | 'maximum';
  /** Whether equal scores for all classes are what this scorer is for, and no sign of a collapsed network. */
  readonly constantByDesign: boolean;
  /** Looks once at each of the pictures with the given numbers, which are ascending and different. Scorers that embed nothing ignore the augmentation. */
  embed(
    pictures: SizedPictures,
    numbers: Int32Array,
    testTimeAugmentation?: TestTimeAugmentation,
  ): Promise<EmbeddedPictures> | EmbeddedPictures;
}

/** A scorer that needs no network, with what tables call it. */
export interface Baseline extends Scorer {
  readonly name: BaselineName;
  /** In a page: `nearest neighbour, Euclidean`. */
  readonly title: string;
  /** In a terminal: `1-NN Euclidean`. */
  readonly shortTitle: string;
}

/** Pictures that a scorer has looked at. */
export interface EmbeddedPictures {
  /** Scores `[queries, supports]`, row by row; larger is more alike. Arguments are picture numbers, all among the embedded ones. */
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

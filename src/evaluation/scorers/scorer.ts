// What every system under evaluation is, the network and the baselines alike: something that looks at each picture once
// and then says how alike two pictures are. One file per system beside this one.
import type { ScorerName, TestTimeAugmentation } from '../../config/experiment.js';
import type { SizedPictures } from '../../data/pictures/picture-sizes.js';

export type { ScorerName };

export interface Scorer {
  /** `network`, or that of a baseline: its kind's name unless the experiment gives it another. */
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

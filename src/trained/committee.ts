// One or several networks that answer together: every picture is embedded by each, and their scores are brought to mean 0
// and standard deviation 1 over the calibration's episodes before they are averaged, so that different heads count alike.
import type { LoadedNetwork } from '../model/load-network.js';

/** Mean and standard deviation of a member's scores. */
export interface ScoreScale {
  readonly mean: number;
  readonly deviation: number;
}

/** Embeddings of the same pictures by each member: `[pictures, units]` each. */
export type CommitteeEmbeddings = readonly Float32Array[];

export interface Committee {
  readonly members: readonly LoadedNetwork[];
  /** Pictures that are embedded at once. */
  readonly batchSize: number;
  /** Embeddings of `count` pictures `[count, imageSize, imageSize]`, one array of ink in [0, 1] for all members. */
  embed(ink: Float32Array, count: number): Promise<CommitteeEmbeddings>;
  /**
   * Scores `[queries, supports]`, row by row: of a single network its head's logits, of several the mean of their
   * scaled ones.
   */
  score(queries: CommitteeEmbeddings, supports: CommitteeEmbeddings): Promise<Float32Array>;
}

/** The committee of these networks. A single one needs no scale. */
export function formCommittee(members: readonly LoadedNetwork[], scales?: readonly ScoreScale[]): Committee {
  return {
    members,
    batchSize: Math.min(...members.map(({ batchSize }) => batchSize)),
    async embed(ink, count) {
      const embeddings: Float32Array[] = [];
      for (const { functions } of members) embeddings.push(await functions.embed(ink, count));
      return embeddings;
    },
    async score(queries, supports) {
      const all: Float32Array[] = [];
      for (const [i, { functions, units }] of members.entries())
        all.push(await functions.scoreQueries(queries[i]!, supports[i]!, units));
      return scales === undefined ? all[0]! : average(all, scales);
    },
  };
}

/** The mean of the members' scaled scores. */
export function average(scores: readonly Float32Array[], scales: readonly ScoreScale[]): Float32Array {
  return Float32Array.from(scores[0]!, (_, at) =>
    scores.reduce((sum, member, i) => sum + scale(member[at]!, scales[i]!) / scores.length, 0),
  );
}

// A member that says the same of everything has nothing to add.
const scale = (score: number, { mean, deviation }: ScoreScale) => (deviation > 0 ? (score - mean) / deviation : 0);

/** Mean and standard deviation of all these numbers. */
export function measureScale(scores: readonly Float32Array[]): ScoreScale {
  const n = scores.reduce((sum, { length }) => sum + length, 0);
  const mean = scores.reduce((sum, part) => part.reduce((s, score) => s + score, sum), 0) / n;
  const squares = scores.reduce((sum, part) => part.reduce((s, score) => s + (score - mean) ** 2, sum), 0);
  return { mean, deviation: Math.sqrt(squares / n) };
}

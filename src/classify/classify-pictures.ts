// Names for many pictures, one batch after the other: while the network looks at one batch, the next is read.
import { basename, dirname } from 'node:path';
import type { SeenPicture } from '../data/pictures/see-picture.js';
import { answerQuery, type NamedClass } from '../trained/answer.js';
import type { Calibration } from '../trained/calibration.js';
import type { Committee } from '../trained/committee.js';
import { type EmbeddedSupport, embedSeen } from '../trained/embed-support.js';
import type { PictureReader, ReadPicture } from '../trained/read-pictures.js';

/** What became of one picture. */
export interface PictureAnswer {
  readonly picture: string;
  /** The best class's label, or null for "unknown". */
  readonly name: string | null;
  /** All classes, the likeliest first; empty where the picture could not be read. */
  readonly ranking: readonly RankedClass[];
  /** The label that the picture's folder names, where it names one of the support set. */
  readonly truth: string | null;
  /** Whether the same file is in the support set. */
  readonly isSupport: boolean;
  /** Why the picture could not be read. */
  readonly problem: string | null;
  readonly seen: SeenPicture | null;
}

export interface RankedClass extends Pick<NamedClass, 'label' | 'score' | 'probability'> {
  /** Path of the support picture with the largest score. */
  readonly support: string;
}

export interface ClassifySetup {
  readonly committee: Committee;
  readonly support: EmbeddedSupport;
  readonly read: PictureReader;
  readonly reading: Partial<Pick<Calibration, 'threshold' | 'temperature'>>;
}

/** The answers to the pictures, in their order. A picture that cannot be read stops none of the others. */
export async function* classifyPictures(setup: ClassifySetup, files: readonly string[]): AsyncGenerator<PictureAnswer> {
  const { batchSize } = setup.committee;
  let next = readBatch(setup, files.slice(0, batchSize));
  for (let first = 0; first < files.length; first += batchSize) {
    const batch = await next;
    next = readBatch(setup, files.slice(first + batchSize, first + 2 * batchSize));
    yield* await answerBatch(setup, batch);
  }
}

interface ReadQuery {
  readonly picture: string;
  readonly seen: ReadPicture | null;
  readonly problem: string | null;
}

/** Pictures that are read at a time: enough to keep the disk and the decoder busy. */
const AT_ONCE = 4;

async function readBatch({ read }: ClassifySetup, files: readonly string[]): Promise<ReadQuery[]> {
  const queries: ReadQuery[] = [];
  let next = 0;
  const work = async () => {
    while (next < files.length) {
      const index = next++;
      const picture = files[index]!;
      try {
        queries[index] = { picture, seen: await read(picture), problem: null };
      } catch (error) {
        queries[index] = { picture, seen: null, problem: (error as Error).message };
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return queries;
}

async function answerBatch(setup: ClassifySetup, batch: readonly ReadQuery[]): Promise<PictureAnswer[]> {
  const { committee, support, reading } = setup;
  const { set } = support;
  const legible = batch.flatMap(({ seen }) => (seen === null ? [] : [seen]));
  const supports = set.pictures.length;
  const scores =
    legible.length === 0
      ? new Float32Array(0)
      : await committee.score(await embedSeen(committee, legible), support.embeddings);
  const labels = { labels: set.labels, ways: set.pictures.map(({ way }) => way) };
  const hashes = new Set(set.pictures.map(({ hash }) => hash));
  let row = 0;
  return batch.map(({ picture, seen, problem }) => {
    const truth = set.labels.find((label) => label === basename(dirname(picture))) ?? null;
    if (seen === null) return { picture, name: null, ranking: [], truth, isSupport: false, problem, seen };
    const answer = answerQuery(scores.subarray(row * supports, ++row * supports), labels, reading);
    const ranking = answer.ranking.map((ranked) => ({ ...ranked, support: set.pictures[ranked.support]!.path }));
    return { picture, name: answer.name ?? null, ranking, truth, isSupport: hashes.has(seen.hash), problem, seen };
  });
}

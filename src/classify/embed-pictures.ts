// Embeddings of many pictures, batch by batch, for people's own analyses.
import { OneshotError } from '../base/problem.js';
import { embedSeen } from '../trained/embed-support.js';
import type { ReadPicture } from '../trained/read-pictures.js';
import type { StartedCommittee } from '../trained/start-committee.js';

export interface PictureEmbedding {
  readonly picture: string;
  /** `[units]`, or null where the picture could not be read. */
  readonly embedding: Float32Array | null;
  /** Why it could not be read. */
  readonly problem: string | null;
}

/** The embeddings of the pictures by a single network, in their order. */
export async function* embedPictures(
  { committee, members, read }: StartedCommittee,
  files: readonly string[],
): AsyncGenerator<PictureEmbedding> {
  const [member, other] = members;
  if (member === undefined || other !== undefined)
    throw new OneshotError('usage', 'embeddings are those of one network');
  const readAll = (batch: readonly string[]) =>
    Promise.all(
      batch.map(async (picture) => {
        try {
          return { picture, seen: await read(picture), problem: null };
        } catch (error) {
          return { picture, seen: null, problem: (error as Error).message };
        }
      }),
    );
  const { batchSize } = committee;
  let next = readAll(files.slice(0, batchSize));
  for (let first = 0; first < files.length; first += batchSize) {
    const batch = await next;
    next = readAll(files.slice(first + batchSize, first + 2 * batchSize));
    const seen = batch.flatMap((query): ReadPicture[] => (query.seen === null ? [] : [query.seen]));
    const [embeddings] = seen.length === 0 ? [] : await embedSeen(committee, seen);
    let row = 0;
    for (const { picture, seen: isRead, problem } of batch) {
      const embedding = isRead === null ? null : embeddings!.slice(row * member.units, ++row * member.units);
      yield { picture, embedding, problem };
    }
  }
}

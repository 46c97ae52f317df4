// The pictures of a support set as a committee sees and embeds them, kept in the user's cache by content: large photographs
// take a second each to decode, and a support set is asked again and again.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { stableHash } from '../base/stable-hash.js';
import { type BadFile, failWithBadFiles } from '../data/folder/bad-files.js';
import type { PictureForm, SeenPicture } from '../data/pictures/see-picture.js';
import { readTensorFile, writeTensorFile } from '../training/safetensors.js';
import type { Committee, CommitteeEmbeddings } from './committee.js';
import type { PictureReader } from './read-pictures.js';
import type { SupportSet } from './support-set.js';

export interface EmbeddedSupport {
  readonly set: SupportSet;
  readonly embeddings: CommitteeEmbeddings;
  /** One for each picture. */
  readonly seen: readonly Pick<SeenPicture, 'pixels' | 'ink'>[];
}

export interface SupportSurroundings {
  readonly form: PictureForm;
  readonly read: PictureReader;
  /** Hashes of the members' weights. */
  readonly weightHashes: readonly string[];
  /** Engine and version: another one gives other last digits. */
  readonly engine: string;
  readonly cacheFolder: string;
}

/** Changes whenever the same files give other embeddings than before. */
const VERSION = 1;

/** The embedded support set. Throws a OneshotError('data') that names all pictures that cannot be read. */
export async function embedSupport(
  committee: Committee,
  set: SupportSet,
  { form, read, weightHashes, engine, cacheFolder }: SupportSurroundings,
): Promise<EmbeddedSupport> {
  const hashes = set.pictures.map(({ hash }) => hash);
  const key = stableHash({ version: VERSION, hashes, form, weightHashes, engine });
  const path = join(cacheFolder, 'embeddings', `${key.slice(0, 32)}.safetensors`);
  return readCache(path, set, committee) ?? keep(path, await embed(committee, set, read));
}

async function embed(committee: Committee, set: SupportSet, read: PictureReader): Promise<EmbeddedSupport> {
  const bad: BadFile[] = [];
  const seen: SeenPicture[] = [];
  for (const { path } of set.pictures) {
    try {
      seen.push(await read(path));
    } catch (error) {
      bad.push({ path, what: (error as Error).message });
    }
  }
  if (bad.length > 0)
    throw failWithBadFiles(
      `${bad.length} of ${set.pictures.length} pictures of the support set cannot be read`,
      bad,
      'Convert, repair or remove them.',
    );
  return { set, embeddings: await embedSeen(committee, seen), seen };
}

/** Embeddings of pictures `[pictures, units]` by each member, in batches. */
export async function embedSeen(
  { members, batchSize, embed }: Committee,
  seen: readonly Pick<SeenPicture, 'pixels'>[],
): Promise<CommitteeEmbeddings> {
  const size = seen[0]?.pixels.length ?? 0;
  const embeddings = members.map(({ units }) => new Float32Array(seen.length * units));
  for (let first = 0; first < seen.length; first += batchSize) {
    const batch = seen.slice(first, first + batchSize);
    const ink = new Float32Array(batch.length * size);
    for (const [i, { pixels }] of batch.entries()) {
      for (let p = 0; p < size; p++) ink[i * size + p] = pixels[p]! / 255;
    }
    const parts = await embed(ink, batch.length);
    for (const [member, { units }] of members.entries()) embeddings[member]!.set(parts[member]!, first * units);
  }
  return embeddings;
}

// A cache may be damaged, or unwritable: then the pictures are read again.
function readCache(path: string, set: SupportSet, { members }: Committee): EmbeddedSupport | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const { arrays, metadata } = readTensorFile(path);
    const count = set.pictures.length;
    const pixels = Uint8Array.from(arrays.get('pictures')!.values);
    const size = pixels.length / count;
    const embeddings = members.map((_, member) => arrays.get(`embeddings/${member}`)!.values);
    const inks = JSON.parse(metadata.ink!) as SeenPicture['ink'][];
    const seen = inks.map((ink, i) => ({ ink, pixels: pixels.subarray(i * size, (i + 1) * size) }));
    return seen.length === count ? { set, embeddings, seen } : undefined;
  } catch {
    return undefined;
  }
}

function keep(path: string, support: EmbeddedSupport): EmbeddedSupport {
  const { embeddings, seen } = support;
  const size = seen[0]!.pixels.length;
  const pixels = new Float32Array(seen.length * size);
  for (const [i, picture] of seen.entries()) pixels.set(picture.pixels, i * size);
  try {
    mkdirSync(join(path, '..'), { recursive: true });
    writeTensorFile(path, {
      arrays: new Map([
        ['pictures', { shape: [seen.length, size], values: pixels }],
        ...embeddings.map((values, member) => {
          const array = { shape: [seen.length, values.length / seen.length], values };
          return [`embeddings/${member}`, array] as const;
        }),
      ]),
      metadata: { ink: JSON.stringify(seen.map(({ ink }) => ink)) },
    });
  } catch {
    // Only slower the next time.
  }
  return support;
}

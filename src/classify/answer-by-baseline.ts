// Pictures named by a baseline that a run measured, with its settings there: no network, no calibration, and so no probabilities
// and no "unknown". What is compared is what the run's data set would have made of the pictures.
import { OneshotError } from '../base/problem.js';
import type { Baseline } from '../config/experiment.js';
import { sealPictureSet } from '../data/pictures/picture-file.js';
import type { PictureSet } from '../data/pictures/picture-set.js';
import type { PictureForm } from '../data/pictures/see-picture.js';
import { makeBaselineScorer } from '../evaluation/scorers/registry.js';
import { createPictureReader, type PictureReader } from '../trained/read-pictures.js';
import type { SupportSet } from '../trained/support-set.js';

/** A class with its score: larger is more alike. */
export interface ScoredClass {
  readonly label: string;
  readonly score: number;
  /** The file of the class's picture that is most alike. */
  readonly support: string;
}

export interface BaselineAnswer {
  readonly picture: string;
  /** All classes, the most alike first; none where the picture cannot be read. */
  readonly ranking: readonly ScoredClass[];
  /** Why it cannot be read. */
  readonly problem?: string;
}

/**
 * The answers for files one after the other. Rejects with a OneshotError('data') when a picture of the support set cannot be
 * read.
 */
export async function* answerByBaseline(
  baseline: Baseline,
  form: PictureForm,
  support: SupportSet,
  files: readonly string[],
): AsyncGenerator<BaselineAnswer> {
  const read = createPictureReader(form);
  const pictures: Uint8Array[] = [];
  for (const { path } of support.pictures) pictures.push(await readKnown(read, path));
  const supports = Int32Array.from(support.pictures.keys());
  const queries: { readonly picture: string; readonly problem?: string; readonly number: number }[] = [];
  for (const picture of files) {
    const number = pictures.length;
    try {
      pictures.push((await read(picture)).pixels);
      queries.push({ picture, number });
    } catch (error) {
      queries.push({ picture, number, problem: (error as Error).message });
    }
  }
  // Looked at together, a picture of the support set is read as strokes once.
  const scorer = makeBaselineScorer(baseline);
  const clean = gatherPictures(pictures, form);
  const seen = await scorer.embed({ clean, source: clean }, clean.character);
  for (const { picture, problem, number } of queries) {
    if (problem !== undefined) yield { picture, ranking: [], problem };
    else {
      const scores = await seen.score(Int32Array.of(number), supports);
      yield { picture, ranking: rankClasses(support, scores, scorer.combineShots) };
    }
  }
}

async function readKnown(read: PictureReader, path: string): Promise<Uint8Array> {
  try {
    return (await read(path)).pixels;
  } catch (error) {
    throw new OneshotError('data', `${path} ${(error as Error).message}`, { cause: error });
  }
}

function gatherPictures(pictures: readonly Uint8Array[], { imageSize, color }: PictureForm): PictureSet {
  const numbers = Int32Array.from(pictures.keys());
  const pixels = new Uint8Array(pictures.length * pictures[0]!.length);
  pictures.forEach((picture, i) => {
    pixels.set(picture, i * picture.length);
  });
  return sealPictureSet({
    name: 'folder',
    height: imageSize,
    width: imageSize,
    channels: color === 'rgb' ? 3 : 1,
    pixels,
    alphabets: ['pictures'],
    characters: pictures.map((_, i) => ({ alphabet: 0, name: String(i) })),
    character: numbers,
    drawer: numbers,
  });
}

/** The classes by the largest, or the mean, of the scores `[support pictures]` of their pictures. */
function rankClasses(
  { labels, pictures }: SupportSet,
  scores: ArrayLike<number>,
  combineShots: 'mean' | 'maximum',
): ScoredClass[] {
  const classes = labels.map((label, way) => {
    const own = pictures.flatMap((picture, i) =>
      picture.way === way ? [{ path: picture.path, score: scores[i]! }] : [],
    );
    const best = own.reduce((a, b) => (b.score > a.score ? b : a));
    const mean = own.reduce((sum, { score }) => sum + score, 0) / own.length;
    return { label, score: combineShots === 'mean' ? mean : best.score, support: best.path };
  });
  return classes.sort((a, b) => b.score - a.score);
}

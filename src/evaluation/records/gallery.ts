// Queries to look at: some lost, some won, each with its support set and scores. A prediction file holds the pictures of a few.
import type { PNG } from 'pngjs';
import { loadPng } from '../../base/load-png.js';
import { tellClass } from '../../data/words.js';
import type { PredictedEpisode, PredictedQuery, PredictionRecord } from './predictions.js';

export interface GalleryItem {
  /** `Kannada/character07`. */
  readonly truth: string;
  readonly won: boolean;
  /** PNG in base64. */
  readonly query: string;
  readonly support: readonly GallerySupport[];
}

/** One way: its first support picture. */
export interface GallerySupport {
  readonly character: string;
  /** PNG in base64. */
  readonly picture: string;
  readonly score: number | null;
  readonly isTruth: boolean;
  readonly isPrediction: boolean;
}

/**
 * The queries of a record whose pictures are in its file, lost ones first, at most `each` lost and `each` won, one lost
 * and one won of an episode.
 */
export function pickGallery(record: PredictionRecord, each: number): GalleryItem[] {
  const pick = (won: boolean) =>
    record.answers
      .flatMap((episode) => {
        const query = episode.queries.find(
          ({ credit, picture }) => (won ? credit === 1 : credit === 0) && record.gallery[picture] !== undefined,
        );
        return query && hasPictures(record, episode) ? [describeQuery(record, episode, query, won)] : [];
      })
      .slice(0, each);
  return [...pick(false), ...pick(true)];
}

function hasPictures({ gallery }: PredictionRecord, { supportSet }: PredictedEpisode): boolean {
  return supportSet.every(([first]) => gallery[first!] !== undefined);
}

function describeQuery(
  { characters, gallery }: PredictionRecord,
  { ways, supportSet }: PredictedEpisode,
  query: PredictedQuery,
  won: boolean,
): GalleryItem {
  const names = ways.map((way) => tellClass(`${characters[way]!.alphabet}/${characters[way]!.name}`));
  return {
    truth: names[query.truth]!,
    won,
    query: gallery[query.picture]!,
    support: supportSet.map(([first], way) => ({
      character: names[way]!,
      picture: gallery[first!]!,
      score: query.scores[way]!,
      isTruth: way === query.truth,
      isPrediction: way === query.prediction,
    })),
  };
}

const MARGIN = 4;
const COLUMNS = 10;
const GREEN = [0, 158, 115] as const;
const RED = [213, 94, 0] as const;
const GREY = [222, 222, 219] as const;

/**
 * One PNG file of an item: the query alone in the first row, its support set below, the right class framed green, a wrong
 * answer framed red. Each pixel of a picture becomes `scale` × `scale` pixels.
 */
export function composeGalleryPng({ query, support }: GalleryItem, scale = 1): Buffer {
  const pictures = support.map(({ picture }) => enlarge(readPng(picture), scale));
  const { width, height } = pictures[0]!;
  const columns = Math.min(COLUMNS, pictures.length);
  const cellWidth = width + 2 * MARGIN;
  const cellHeight = height + 2 * MARGIN;
  const Png = loadPng();
  const sheet = new Png({
    width: columns * cellWidth,
    height: (1 + Math.ceil(pictures.length / columns)) * cellHeight,
  });
  sheet.data.fill(255);
  const place = (picture: PNG, cell: number, frame: readonly number[]) => {
    const left = (cell % columns) * cellWidth;
    const top = Math.floor(cell / columns) * cellHeight;
    fillRectangle(sheet, left + 1, top + 1, cellWidth - 2, cellHeight - 2, frame);
    Png.bitblt(picture, sheet, 0, 0, width, height, left + MARGIN, top + MARGIN);
  };
  place(enlarge(readPng(query), scale), 0, GREY);
  support.forEach(({ isTruth, isPrediction }, way) => {
    place(pictures[way]!, columns + way, isTruth ? GREEN : isPrediction ? RED : GREY);
  });
  return Png.sync.write(sheet);
}

function readPng(base64: string): PNG {
  return loadPng().sync.read(Buffer.from(base64, 'base64'));
}

function enlarge(png: PNG, scale: number): PNG {
  if (scale === 1) return png;
  const Png = loadPng();
  const large = new Png({ width: scale * png.width, height: scale * png.height });
  for (let y = 0; y < large.height; y++) {
    for (let x = 0; x < large.width; x++) {
      const from = 4 * (Math.floor(y / scale) * png.width + Math.floor(x / scale));
      large.data.set(png.data.subarray(from, from + 4), 4 * (y * large.width + x));
    }
  }
  return large;
}

function fillRectangle(
  png: PNG,
  left: number,
  top: number,
  width: number,
  height: number,
  color: readonly number[],
): void {
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width; x++) png.data.set(color, 4 * (y * png.width + x));
  }
}

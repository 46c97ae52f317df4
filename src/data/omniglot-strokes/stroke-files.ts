// Omniglot's files of pen strokes: the two minimal background sets, and the pictures that belong to them.
import type { DataOmniglotStrokes } from '../../config/experiment.js';
import { BACKGROUND_ALPHABETS } from '../omniglot/omniglot-alphabets.js';
import { SMALL_ALPHABETS } from '../omniglot/split-small.js';

/** One of the two sets. */
export interface StrokePart {
  readonly strokes: string;
  readonly pictures: string;
  /** Of the published files: SHA-256 over names and texts in their order, and `hashDrawings`. */
  readonly strokesDigest: string;
  readonly picturesDigest: string;
  readonly alphabets: readonly string[];
}

export const STROKE_PARTS: Readonly<Record<DataOmniglotStrokes['parts'][number], StrokePart>> = {
  small1: {
    strokes: 'strokes_background_small1.zip',
    pictures: 'images_background_small1.zip',
    strokesDigest: 'f71d0210bb0f5905c48334bc12d55e067c31edf8826de2d8d697f3d6b563a98c',
    picturesDigest: '5f7e0c680d0d66e3b0b8c5cf0e03df6ac04285e5f5c99670d659fb66721361c8',
    alphabets: SMALL_ALPHABETS.small1,
  },
  small2: {
    strokes: 'strokes_background_small2.zip',
    pictures: 'images_background_small2.zip',
    strokesDigest: 'f9e5ba4d6b6b114bd2bc8bbf2ef1e9eca2f9f0f9e18fa76d7d9eab5874ceda8e',
    picturesDigest: '87bfd93f351b6d4cd60397e6fa9a8c59e52df773117c925460b0750fdf9eaa31',
    alphabets: SMALL_ALPHABETS.small2,
  },
};

/** The alphabets of these parts, each once, with their numbers of characters. */
export function alphabetsOf(parts: DataOmniglotStrokes['parts']): ReadonlyMap<string, number> {
  const names = [...new Set(parts.flatMap((part) => STROKE_PARTS[part].alphabets))].sort();
  return new Map(names.map((name) => [name, BACKGROUND_ALPHABETS.get(name)!]));
}

/** What to do when a file is missing or wrong, for error messages. */
export function explainStrokeFiles(folder: string): string {
  return (
    'Place strokes_background_small1.zip and strokes_background_small2.zip of github.com/brendenlake/omniglot (folder ' +
    'python), with images_background_small1.zip and images_background_small2.zip for data.pictures drawn, in ' +
    `${folder}, or name another folder with data.path or ONESHOT_DATA.`
  );
}

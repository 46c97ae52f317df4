// Pictures that stand in a data set twice, found by what they show, whatever their files are called and however they were
// saved: equal to the pixel, equal when turned or mirrored, or so alike that one is probably the other saved again.
import { hashBytes } from '../base/stable-hash.js';
import type { LoadedData } from './loaded-data.js';
import { type PictureSet, pictureAt, type SplitPurpose } from './pictures/picture-set.js';
import { SPLIT_PURPOSES } from './splits.js';

/**
 * Where the two pictures stand: `across` purposes, both `within` one class of a purpose, or in two classes `between` which one
 * purpose is divided.
 */
export type CopyPlace = 'across' | 'within' | 'between';

/** How they are the same: `equal` to the pixel, `turned` by quarter turns or mirrored, `alike` but for noise. */
export type CopyKind = 'equal' | 'turned' | 'alike';

/** Two pictures of which one is a copy of the other. */
export interface Copy {
  readonly kind: CopyKind;
  readonly place: CopyPlace;
  readonly picture: number;
  readonly purpose: SplitPurpose;
  /** The one that came first in the order train, validation, test. */
  readonly twin: number;
  readonly twinPurpose: SplitPurpose;
}

/**
 * Correlation of two pictures' pixels from which on they are alike. Saved as JPEG again with quality 50 a drawing keeps
 * 0.99; drawings by two hands stay below 0.9.
 */
const LEAST_CORRELATION = 0.98;
/** Of their reductions to 8 x 8, which are compared first. */
const LEAST_COARSE_CORRELATION = 0.95;
const COARSE_SIZE = 8;
/** Pairs that are looked at for likeness: some seconds. */
const MOST_PAIRS = 3e7;

export interface FoundCopies {
  /** Each picture once for each kind, `equal` before `turned` before `alike`. */
  readonly copies: readonly Copy[];
  /** Of the pictures for validation and test that are neither equal to another one nor turned: how many were looked at. */
  readonly likeness: { readonly looked: number; readonly asked: number };
}

/**
 * The copies among the split's pictures at their source size: equal and turned ones all; likeness is looked for in as many
 * pictures for validation and test, spread evenly, as `mostPairs` allow.
 */
export function findCopies(
  { split, source }: Pick<LoadedData, 'split' | 'source'>,
  mostPairs = MOST_PAIRS,
): FoundCopies {
  const entries = SPLIT_PURPOSES.flatMap((purpose) =>
    Array.from(split[purpose].pictures, (picture): Entry => ({ picture, purpose })),
  );
  const equal = findEqual(entries, source);
  const known = new Set(equal.map(({ picture }) => picture));
  const rest = entries.filter(({ picture }) => !known.has(picture) && !isFlat(pictureAt(source, picture)));
  const turned = source.height === source.width ? findTurned(rest, source) : [];
  for (const { picture } of turned) known.add(picture);
  const left = rest.filter(({ picture }) => !known.has(picture));
  const asked = left.filter(({ purpose }) => purpose !== 'train');
  const looked = thinOut(asked, mostPairs / left.length);
  const alike = findAlike(left, new Set(looked), source);
  return { copies: [...equal, ...turned, ...alike], likeness: { looked: looked.length, asked: asked.length } };
}

interface Entry {
  readonly picture: number;
  readonly purpose: SplitPurpose;
}

function describeCopy(kind: CopyKind, own: Entry, twin: Entry, { character }: PictureSet): Copy {
  const isWithin = character[own.picture] === character[twin.picture];
  const place = own.purpose !== twin.purpose ? 'across' : isWithin ? 'within' : 'between';
  return { kind, place, ...own, twin: twin.picture, twinPurpose: twin.purpose };
}

/** Of several twins the one that says most: on another side, in another class, in the same. */
function chooseTwin(own: Entry, twins: readonly Entry[], { character }: PictureSet): Entry {
  return (
    twins.find(({ purpose }) => purpose !== own.purpose) ??
    twins.find(({ picture }) => character[picture] !== character[own.picture]) ??
    twins[0]!
  );
}

function findEqual(entries: readonly Entry[], source: PictureSet): Copy[] {
  const seen = new Map<string, Entry[]>();
  return entries.flatMap((entry) => {
    const digest = hashBytes(pictureAt(source, entry.picture));
    const twins = seen.get(digest);
    if (twins === undefined) {
      seen.set(digest, [entry]);
      return [];
    }
    const copy = describeCopy('equal', entry, chooseTwin(entry, twins, source), source);
    twins.push(entry);
    return [copy];
  });
}

// Only across purposes: within one a class may hold turned pictures, and letters such as b, d, p and q are turned ones.
function findTurned(entries: readonly Entry[], source: PictureSet): Copy[] {
  const trained = new Map<string, Entry>();
  for (const entry of entries) {
    if (entry.purpose === 'train') trained.set(hashBytes(pictureAt(source, entry.picture)), entry);
  }
  if (trained.size === 0) return [];
  return entries
    .filter(({ purpose }) => purpose !== 'train')
    .flatMap((entry) => {
      for (const turned of turnPicture(pictureAt(source, entry.picture), source.height)) {
        const twin = trained.get(hashBytes(turned));
        if (twin !== undefined) return [describeCopy('turned', entry, twin, source)];
      }
      return [];
    });
}

/** The seven other ways to hold a square picture `[size, size, channels]`: quarter turns and mirror images. */
export function* turnPicture(pixels: Uint8Array, size: number): Generator<Uint8Array> {
  const channels = pixels.length / (size * size);
  for (let way = 1; way < 8; way++) {
    const turned = new Uint8Array(pixels.length);
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const [row, column] = (way & 4) === 0 ? [y, x] : [x, y];
        const fromY = (way & 1) === 0 ? row : size - 1 - row;
        const fromX = (way & 2) === 0 ? column : size - 1 - column;
        const from = (fromY * size + fromX) * channels;
        turned.set(pixels.subarray(from, from + channels), (y * size + x) * channels);
      }
    }
    yield turned;
  }
}

function isFlat(pixels: Uint8Array): boolean {
  return pixels.every((value) => value === pixels[0]);
}

/** At most so many of the items, one at least, evenly from all of them. */
function thinOut<T>(items: readonly T[], most: number): T[] {
  const every = Math.ceil(items.length / Math.max(1, Math.floor(most)));
  return items.filter((_, index) => index % every === 0);
}

// Pictures for validation and test are set beside those of every other purpose and of their own class.
function findAlike(entries: readonly Entry[], looked: ReadonlySet<Entry>, source: PictureSet): Copy[] {
  const coarse = entries.map(({ picture }) => standardize(reduce(pictureAt(source, picture), source)));
  const fine = new Map<number, Float32Array>();
  const fineOf = (picture: number) => {
    const vector = fine.get(picture) ?? standardize(Float32Array.from(pictureAt(source, picture)));
    fine.set(picture, vector);
    return vector;
  };
  const copies: Copy[] = [];
  entries.forEach((own, index) => {
    if (!looked.has(own)) return;
    for (let other = 0; other < index; other++) {
      const twin = entries[other]!;
      const isSameClass = source.character[own.picture] === source.character[twin.picture];
      if (own.purpose === twin.purpose && !isSameClass) continue;
      if (dot(coarse[index]!, coarse[other]!) < LEAST_COARSE_CORRELATION) continue;
      if (dot(fineOf(own.picture), fineOf(twin.picture)) < LEAST_CORRELATION) continue;
      copies.push(describeCopy('alike', own, twin, source));
      return;
    }
  });
  return copies;
}

/** The means of 8 x 8 fields, all channels together. */
function reduce(pixels: Uint8Array, { height, width, channels = 1 }: PictureSet): Float32Array {
  const sums = new Float32Array(COARSE_SIZE * COARSE_SIZE);
  const counts = new Float32Array(COARSE_SIZE * COARSE_SIZE);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const field = Math.floor((y * COARSE_SIZE) / height) * COARSE_SIZE + Math.floor((x * COARSE_SIZE) / width);
      for (let channel = 0; channel < channels; channel++)
        sums[field]! += pixels[(y * width + x) * channels + channel]!;
      counts[field]! += channels;
    }
  }
  return sums.map((sum, field) => (counts[field] === 0 ? 0 : sum / counts[field]!));
}

/** Mean 0 and length 1, so that a dot product is a correlation; zeros where nothing varies. Changes `values`. */
function standardize(values: Float32Array): Float32Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    values[i]! -= mean;
    squares += values[i]! ** 2;
  }
  const length = Math.sqrt(squares) || 1;
  for (let i = 0; i < values.length; i++) values[i]! /= length;
  return values;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

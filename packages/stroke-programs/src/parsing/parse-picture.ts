// From a picture of ink to ways in which it may have been drawn.
import { countInk, type InkPicture } from '../ink-picture.js';
import { seededRandom } from '../seeded-random.js';
import { extractSkeleton } from '../skeleton/extract-skeleton.js';
import type { Place, SkeletonGraph } from '../skeleton/skeleton-graph.js';
import { smoothPath } from './smooth-path.js';
import { divideStroke, type SubStroke } from './sub-strokes.js';
import { drawWalks, pathsOfWalk, WALK_SETTINGS, type WalkSettings } from './walks.js';

export interface Stroke {
  /** Where the pen is put down, in pixels. */
  readonly start: Place;
  /** Each begins where the one before it ends. */
  readonly subStrokes: readonly SubStroke[];
}

/** One way in which a picture may have been drawn. */
export interface Parse {
  readonly strokes: readonly Stroke[];
  /** What its turns and lifted pens cost; see `Walk`. */
  readonly cost: number;
}

export interface ParseSettings extends WalkSettings {
  /** Parses that are kept, the cheapest. */
  readonly parses: number;
  /** Sub-strokes of a stroke at most: 1 is Lake's lesion "one spline per stroke". */
  readonly mostSubStrokes: number;
  readonly seed: number;
}

export const PARSE_SETTINGS: ParseSettings = {
  ...WALK_SETTINGS,
  parses: 5,
  mostSubStrokes: Number.POSITIVE_INFINITY,
  seed: 1,
};

/** Skeletons with more lines than this are no drawing of strokes: a scan with noise, a texture. */
const MOST_EDGES = 200;

/** What a picture was read as. */
export interface ParsedPicture {
  readonly picture: InkPicture;
  readonly skeleton: SkeletonGraph;
  /** The cheapest first. */
  readonly parses: readonly Parse[];
}

/** The parses of a picture; undefined where it has no ink, or so many lines and dots (more than 200) that it is no drawing. */
export function parsePicture(picture: InkPicture, settings: Partial<ParseSettings> = {}): ParsedPicture | undefined {
  const { seed, parses, mostSubStrokes, ...walks } = { ...PARSE_SETTINGS, ...settings };
  if (countInk(picture) === 0) return undefined;
  const skeleton = extractSkeleton(picture);
  if (skeleton.edges.length > MOST_EDGES || skeleton.nodes.length > MOST_EDGES) return undefined;
  const cheapest = drawWalks(skeleton, seededRandom(seed), walks).slice(0, parses);
  return {
    picture,
    skeleton,
    parses: cheapest.map((walk) => ({
      strokes: pathsOfWalk(skeleton, walk).map((path) => {
        const line = smoothPath(path);
        return { start: line[0]!, subStrokes: divideStroke(line, mostSubStrokes) };
      }),
      cost: walk.cost,
    })),
  };
}

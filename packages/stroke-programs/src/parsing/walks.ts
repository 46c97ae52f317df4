// Walks over a skeleton: how a pen may have drawn it. A stroke goes on where it has to turn least, or the pen is lifted (Lake et
// al. 2015, supplement, "Generating random parses"). Walks that draw the same strokes in another order or direction are one
// here: without relations between strokes nothing tells them apart. No line is drawn twice.
import { pathLength } from '../skeleton/merge-nodes.js';
import type { Place, SkeletonEdge, SkeletonGraph } from '../skeleton/skeleton-graph.js';

/** A line drawn in one of its directions. */
export interface DrawnEdge {
  readonly edge: number;
  readonly isReversed: boolean;
}

/** One way to draw a skeleton: strokes as chains of lines; dots are strokes of a single node. */
export interface Walk {
  readonly strokes: readonly (readonly DrawnEdge[])[];
  readonly dots: readonly number[];
  /** What its turns and its lifted pens cost: turns by their angle over 180°, each stroke as a turn of 45°. */
  readonly cost: number;
}

export interface WalkSettings {
  /** Random walks at most. */
  readonly walks: number;
  /** Different ways to draw after which no more are looked for. */
  readonly different: number;
}

/** As Lake's program has them: 150 walks, 100 different strokes. */
export const WALK_SETTINGS: WalkSettings = { walks: 150, different: 100 };

/** What lifting the pen counts as, in degrees. */
const LIFT_DEGREES = 45;
/** Directions are measured over so many pixels. */
const DIRECTION_REACH = 5;
/** Exponents of the number of new lines at a node where a stroke may begin: ends before crossings. */
const START_EXPONENTS = [2, 4, 6];
/** How much turns count. */
const TURN_WEIGHTS = [2, 4, 8, 16];

/** Different ways to draw the graph, cheapest first. `random` gives numbers from 0 to below 1. */
export function drawWalks(graph: SkeletonGraph, random: () => number, settings: WalkSettings = WALK_SETTINGS): Walk[] {
  const found = new Map<string, Walk>();
  const keep = (walk: Walk) => {
    const key = describeWalk(walk);
    if (!found.has(key)) found.set(key, walk);
  };
  const places = prepareGraph(graph);
  keep(walkOnce(places, () => 0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY));
  for (let walk = 0; walk < settings.walks && found.size < settings.different; walk++) {
    const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)]!;
    keep(walkOnce(places, random, pick(START_EXPONENTS), pick(TURN_WEIGHTS)));
  }
  return [...found.values()].sort((a, b) => a.cost - b.cost);
}

/** The lines of a walk as one path for each stroke; a dot is a path of one place. */
export function pathsOfWalk({ nodes, edges }: SkeletonGraph, { strokes, dots }: Walk): Place[][] {
  const lines = strokes.map((stroke) =>
    stroke.flatMap(({ edge, isReversed }, index) => {
      const path = isReversed ? [...edges[edge]!.path].reverse() : edges[edge]!.path;
      return index === 0 ? path : path.slice(1);
    }),
  );
  return [...lines, ...dots.map((dot) => [nodes[dot]!])];
}

/** A line seen from one of its nodes. */
interface Way extends DrawnEdge {
  readonly to: number;
  /** Directions in radians: out of this node, and into the other one. */
  readonly out: number;
  readonly into: number;
}

interface PreparedGraph {
  /** The ways out of each node. */
  readonly ways: readonly (readonly Way[])[];
  readonly dots: readonly number[];
  readonly edges: number;
}

function prepareGraph({ nodes, edges }: SkeletonGraph): PreparedGraph {
  const ways: Way[][] = nodes.map(() => []);
  edges.forEach((edge, index) => {
    const [out, into] = directionsOf(edge);
    ways[edge.from]!.push({ edge: index, isReversed: false, to: edge.to, out, into });
    ways[edge.to]!.push({ edge: index, isReversed: true, to: edge.from, out: into + Math.PI, into: out + Math.PI });
  });
  const dots = nodes.flatMap((_, node) => (ways[node]!.length === 0 ? [node] : []));
  return { ways, dots, edges: edges.length };
}

/** The direction in which a line leaves its first node, and in which it reaches its last. */
function directionsOf({ path }: SkeletonEdge): [number, number] {
  const reach = Math.min(DIRECTION_REACH, Math.max(1, pathLength(path) / 2));
  const ahead = placeAlong(path, reach);
  const behind = placeAlong([...path].reverse(), reach);
  const [first, last] = [path[0]!, path.at(-1)!];
  return [Math.atan2(ahead[1] - first[1], ahead[0] - first[0]), Math.atan2(last[1] - behind[1], last[0] - behind[0])];
}

function placeAlong(path: readonly Place[], length: number): Place {
  let left = length;
  for (let i = 1; i < path.length; i++) {
    left -= Math.hypot(path[i]![0] - path[i - 1]![0], path[i]![1] - path[i - 1]![1]);
    if (left <= 0) return path[i]!;
  }
  return path.at(-1)!;
}

/** One walk. Infinite exponents make the choices certain: `random` is not asked then. */
function walkOnce({ ways, dots, edges }: PreparedGraph, random: () => number, start: number, turns: number): Walk {
  const isNew = new Uint8Array(edges).fill(1);
  const newWays = (node: number) => ways[node]!.filter(({ edge }) => isNew[edge] === 1);
  const strokes: DrawnEdge[][] = [];
  let cost = 0;
  for (let left = edges; left > 0; ) {
    const begins = ways.flatMap((_, node) => {
      const count = newWays(node).length;
      return count === 0 ? [] : [{ node, count }];
    });
    const { node: first } = choose(begins, ({ count }) => start * Math.log(count), random);
    const stroke: DrawnEdge[] = [];
    let node = first;
    let heading: number | undefined;
    for (;;) {
      const options = newWays(node).map((way) => ({
        way,
        degrees: heading === undefined ? 0 : turnDegrees(heading, way.out),
      }));
      const lift = heading === undefined ? [] : [{ way: undefined, degrees: LIFT_DEGREES }];
      if (options.length === 0) break;
      const { way, degrees } = choose([...options, ...lift], (option) => (turns * option.degrees) / 180, random);
      if (way === undefined) break;
      cost += degrees / 180;
      stroke.push({ edge: way.edge, isReversed: way.isReversed });
      isNew[way.edge] = 0;
      left--;
      node = way.to;
      heading = way.into;
    }
    cost += LIFT_DEGREES / 180;
    strokes.push(stroke);
  }
  return { strokes, dots, cost: cost + (dots.length * LIFT_DEGREES) / 180 };
}

/** An item with a probability in proportion to exp(-cost); the first of the cheapest where costs are infinite or not a number. */
function choose<Item>(items: readonly Item[], costOf: (item: Item) => number, random: () => number): Item {
  const costs = items.map(costOf);
  const lowest = Math.min(...costs.map((cost) => (Number.isNaN(cost) ? 0 : cost)));
  if (!costs.every(Number.isFinite)) {
    const at = costs.findIndex((cost) => cost === lowest || Number.isNaN(cost));
    return items[Math.max(0, at)]!;
  }
  const weights = costs.map((cost) => Math.exp(lowest - cost));
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
  for (let i = 0; i < items.length; i++) {
    left -= weights[i]!;
    if (left < 0) return items[i]!;
  }
  return items.at(-1)!;
}

function turnDegrees(heading: number, out: number): number {
  return (Math.abs(Math.atan2(Math.sin(out - heading), Math.cos(out - heading))) * 180) / Math.PI;
}

/** The same for walks with the same strokes, in whatever order and direction. */
function describeWalk({ strokes }: Walk): string {
  return strokes
    .map((stroke) => {
      const edges = stroke.map(({ edge }) => edge);
      const [forth, back] = [edges.join('-'), [...edges].reverse().join('-')];
      return forth < back ? forth : back;
    })
    .sort()
    .join(' ');
}

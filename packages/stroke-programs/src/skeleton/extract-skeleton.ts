// From ink to the graph of its skeleton: its nodes are where lines end, meet or cross, its edges the lines between them
// (Lake, Salakhutdinov
// and Tenenbaum 2015, supplement, "Extracting the character skeleton").
import type { InkPicture } from '../ink-picture.js';
import { fillHoles } from './fill-holes.js';
import { mergeNodes } from './merge-nodes.js';
import { countCrossings, NEIGHBOURS, readNeighbours } from './neighbours.js';
import type { Place, SkeletonEdge, SkeletonGraph } from './skeleton-graph.js';
import { thin } from './thin.js';

/** The graph of a picture's ink. Empty for a picture without ink. */
export function extractSkeleton(picture: InkPicture): SkeletonGraph {
  const filled = fillHoles(picture);
  return mergeNodes(traceSkeleton(thin(filled)), filled);
}

/**
 * The graph of ink that is one pixel wide. Each pixel where lines end, meet or cross is a node of its own; a closed
 * loop without one has its topmost pixel.
 */
export function traceSkeleton({ width, height, ink }: InkPicture): SkeletonGraph {
  const places: Place[] = [];
  const nodeAt = new Map<number, number>();
  const addNode = (at: number) => {
    nodeAt.set(at, places.length);
    places.push([at % width, Math.floor(at / width)]);
  };
  for (let at = 0; at < ink.length; at++)
    if (ink[at] === 1 && isCritical(readNeighbours(ink, width, height, at))) addNode(at);

  const edges: SkeletonEdge[] = [];
  const used = new Set<number>();
  const placeOf = (at: number): Place => [at % width, Math.floor(at / width)];
  const listNeighbours = (at: number) => {
    const neighbours = readNeighbours(ink, width, height, at);
    return NEIGHBOURS.flatMap(([dx, dy], i) => {
      // A diagonal step is none where a straight way round the corner is ink.
      const isCorner = i % 2 === 1 && (neighbours[i - 1] === 1 || neighbours[(i + 1) % 8] === 1);
      return neighbours[i] === 1 && !isCorner ? [at + dy * width + dx] : [];
    });
  };
  const traceFrom = (start: number) => {
    for (const first of listNeighbours(start)) {
      if (used.has(first) && !nodeAt.has(first)) continue;
      // A line between neighbouring nodes is found from both; it is kept once.
      if (nodeAt.has(first) && first < start) continue;
      const path = [start, first];
      while (!nodeAt.has(path.at(-1)!)) {
        const at = path.at(-1)!;
        used.add(at);
        const before = path.at(-2)!;
        const options = listNeighbours(at).filter((next) => next !== before && (!used.has(next) || nodeAt.has(next)));
        // Rather on along the line than back into the node that it comes from.
        const next = options.find((option) => path.length > 2 || option !== start) ?? options[0];
        if (next === undefined) break;
        path.push(next);
      }
      const end = path.at(-1)!;
      if (!nodeAt.has(end)) addNode(end);
      edges.push({ from: nodeAt.get(start)!, to: nodeAt.get(end)!, path: path.map(placeOf) });
    }
  };
  for (const start of [...nodeAt.keys()]) traceFrom(start);
  for (let at = 0; at < ink.length; at++) {
    if (ink[at] === 0 || used.has(at) || nodeAt.has(at)) continue;
    addNode(at);
    traceFrom(at);
  }
  return { nodes: places, edges };
}

/** Whether lines end, meet or cross at a pixel: one neighbour or none, three crossings or more, or four neighbours in a cross. */
function isCritical(neighbours: readonly number[]): boolean {
  const count = neighbours.reduce((sum, value) => sum + value, 0);
  if (count <= 1 || countCrossings(neighbours) >= 3) return true;
  return [0, 2, 4, 6].every((side) => neighbours[side] === 1);
}

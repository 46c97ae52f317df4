// Nodes that thinning has torn apart become one again: where two thick lines cross, their skeletons meet in two forks with a
// short line between them, and the ends of thick lines grow spurs. Two nodes are one where the largest circles in the ink
// about them touch (Liao and Huang 1990, "Stroke segmentation by Bernstein-Bezier curve fitting", as Lake's program has it).
import type { InkPicture } from '../ink-picture.js';
import { measureInkRadius } from './ink-radius.js';
import type { Place, SkeletonEdge, SkeletonGraph } from './skeleton-graph.js';

/** The graph with such nodes merged, each at the mean of its places; lines within one become part of it. */
export function mergeNodes({ nodes, edges }: SkeletonGraph, picture: InkPicture): SkeletonGraph {
  const radius = nodes.map(([x, y]) => measureInkRadius(picture, x, y));
  const parent = nodes.map((_, node) => node);
  const rootOf = (node: number): number => {
    let root = node;
    while (parent[root] !== root) root = parent[root]!;
    return root;
  };
  // A line that both circles cover.
  const isShort = ({ from, to, path }: SkeletonEdge) => pathLength(path) <= radius[from]! + radius[to]!;
  for (const edge of edges) if (isShort(edge)) parent[rootOf(edge.from)] = rootOf(edge.to);

  const roots = [...new Set(nodes.map((_, node) => rootOf(node)))];
  const number = new Map(roots.map((root, index) => [root, index]));
  const merged = roots.map((root): Place => {
    const members = nodes.filter((_, node) => rootOf(node) === root);
    const mean = (axis: 0 | 1) => members.reduce((sum, place) => sum + place[axis], 0) / members.length;
    return [mean(0), mean(1)];
  });
  const kept = edges.flatMap((edge): SkeletonEdge[] => {
    const from = number.get(rootOf(edge.from))!;
    const to = number.get(rootOf(edge.to))!;
    if (isShort(edge)) return [];
    return [{ from, to, path: [merged[from]!, ...edge.path.slice(1, -1), merged[to]!] }];
  });
  return { nodes: merged, edges: kept };
}

/** The length of a path in pixels. */
export function pathLength(path: readonly Place[]): number {
  let length = 0;
  for (let i = 1; i < path.length; i++)
    length += Math.hypot(path[i]![0] - path[i - 1]![0], path[i]![1] - path[i - 1]![1]);
  return length;
}

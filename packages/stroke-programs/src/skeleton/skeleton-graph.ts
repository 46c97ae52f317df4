// The skeleton of ink as a graph: its nodes are where lines end, meet or cross, its edges the lines between them.

/** A place in pixels; the middle of the top left pixel is [0, 0]. */
export type Place = readonly [x: number, y: number];

/** A line between two nodes, which may be one and the same. */
export interface SkeletonEdge {
  /** Its nodes. */
  readonly from: number;
  readonly to: number;
  /** From the place of `from` to that of `to`, both included, pixel by pixel. */
  readonly path: readonly Place[];
}

export interface SkeletonGraph {
  readonly nodes: readonly Place[];
  /** Nodes without edges are dots. */
  readonly edges: readonly SkeletonEdge[];
}

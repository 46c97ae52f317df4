/** What the transforms and the products agree on: how tiles, filters and products lie in memory between them. */
import type { VectorSet } from '../native/assembler.js';

export const FLOAT_BYTES = 4;
export const CACHE_LINE_BYTES = 64;
/** Vectors of one panel of channels, the width of a product's kernel. */
export const PANEL_VECTORS = 2;

/** Returns the bytes of one row of a panel. */
export function bytesOfPanel({ bytes }: VectorSet): number {
  return PANEL_VECTORS * bytes;
}

// A head applied to many embeddings: to aligned pairs, to all of a group, and to queries and supports in bounded memory.
import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import { OneshotError } from '../../base/problem.js';
import type { Head } from '../../config/experiment.js';
import type { Comparison, HeadContext, Measure } from './head.js';
import { headTypeOf } from './registry.js';

/** Numbers of all pairs' units that `compareQueries` holds at a time: 16 MiB. */
const CHUNK_NUMBERS = 1 << 22;

/** The measure [pairs] of aligned embeddings, both [pairs, units]. */
export function comparePairs(head: Head, measure: Measure, a: Tensor2D, b: Tensor2D, context: HeadContext): Tensor1D {
  return comparisonOf(head, measure)(head, a, b, context) as Tensor1D;
}

/** The measure [groups, n, m] of each row [groups, n, units] with each column [groups, m, units] of its group. */
export function compareAll(
  head: Head,
  measure: Measure,
  rows: Tensor3D,
  columns: Tensor3D,
  context: HeadContext,
): Tensor3D {
  const [groups, n, units] = rows.shape;
  const [, m] = columns.shape;
  const compare = comparisonOf(head, measure);
  return compare(
    head,
    context.tf.reshape(rows, [groups, n, 1, units]),
    context.tf.reshape(columns, [groups, 1, m, units]),
    context,
  ) as Tensor3D;
}

/** Logits [queries, supports] of [queries, units] and [supports, units], in bounded memory. Not meant for gradients. */
export function compareQueries(head: Head, queries: Tensor2D, supports: Tensor2D, context: HeadContext): Tensor2D {
  const { tf } = context;
  const [count, units] = queries.shape;
  const rowsAtOnce = Math.max(1, Math.floor(CHUNK_NUMBERS / Math.max(1, supports.shape[0] * units)));
  const columns = tf.expandDims(supports, 0); // [1, supports, units]
  const compare = comparisonOf(head, 'logits');
  const chunks: Tensor2D[] = [];
  for (let first = 0; first < count; first += rowsAtOnce) {
    const rows = tf.slice2d(queries, [first, 0], [Math.min(rowsAtOnce, count - first), units]);
    chunks.push(tf.tidy(() => compare(head, tf.expandDims(rows, 1), columns, context) as Tensor2D));
  }
  return chunks.length === 1 ? (chunks[0] as Tensor2D) : tf.concat2d(chunks, 0); // [queries, supports]
}

function comparisonOf(head: Head, measure: Measure): Comparison<Head> {
  const comparison = headTypeOf(head)[measure] as ((...args: Parameters<Comparison<Head>>) => Tensor) | undefined;
  if (comparison === undefined) throw new OneshotError('usage', `the head ${head.type} has no distances of its own`);
  return comparison;
}

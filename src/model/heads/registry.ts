// All head types. A new one is a file beside this one, a line here, and an entry in the schema.
import type { Head } from '../../config/experiment.js';
import { cosine } from './cosine.js';
import type { HeadType } from './head.js';
import { l1 } from './l1.js';
import { l2 } from './l2.js';
import { weightedL1 } from './weighted-l1.js';

/** Every head type by its name in the schema. */
export const headTypes: { readonly [Type in Head['type']]: HeadType<Extract<Head, { type: Type }>> } = {
  weightedL1,
  l1,
  l2,
  cosine,
};

/** The type of a head, to be called with that same head as its `config`. */
export function headTypeOf(head: Head): HeadType<Head> {
  return headTypes[head.type] as HeadType<Head>;
}

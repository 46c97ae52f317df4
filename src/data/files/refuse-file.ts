// For published files that are known by their checksum alone.
import { OneshotError } from '../../base/problem.js';

/** A check of content that no file passes: whoever asks it has compared the checksum. */
export function refuse(name: string): () => Promise<never> {
  return async () => {
    throw new OneshotError('data', `${name} is not the published file: its checksum is another`);
  };
}

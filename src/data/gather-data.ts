// Pictures at both sizes and a rule for the split, put together as loaded data: the last step of every data set.
import { hashBytes, stableHash } from '../base/stable-hash.js';
import type { DataDescription, LoadedData } from './loaded-data.js';
import type { SizedPictures } from './pictures/picture-sizes.js';
import { SPLIT_PURPOSES, type SplitRule, splitPictures } from './splits.js';

/** The loaded data, with the digest of all that training and evaluation see of it. */
export function gatherData(
  { clean, source }: SizedPictures,
  rule: SplitRule,
  description: DataDescription,
): LoadedData {
  const split = splitPictures(clean, rule);
  const selections = SPLIT_PURPOSES.map((purpose) => {
    const { buffer, byteOffset, byteLength } = split[purpose].pictures;
    return hashBytes(new Uint8Array(buffer, byteOffset, byteLength));
  });
  const digest = stableHash({ clean: clean.digest, source: source.digest, selections });
  return { split, source, description, digest };
}

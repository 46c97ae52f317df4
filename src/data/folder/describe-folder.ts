// What is known of a folder of pictures by the names and sizes of its files.
import { stableHash } from '../../base/stable-hash.js';
import type { DataFolder } from '../../config/experiment.js';
import type { DataDescription } from '../loaded-data.js';
import { CLEAN_VERSION, resolveSizes } from '../pictures/picture-sizes.js';
import { RESIZE_VERSION } from '../pictures/resize.js';
import { countFolder, divideFolder } from './divide-folder.js';
import { listFolder } from './list-folder.js';

/** Changes whenever the same files give other pictures than before. */
const FOLDER_VERSION = 1;

/** The description of a section. Throws a OneshotError('data') when the folder is missing or holds no data set. */
export function describeFolder(section: DataFolder): DataDescription {
  const groups = listFolder(section.path);
  const rule = divideFolder(groups, section);
  const sizes = resolveSizes(section);
  const listing = groups.flatMap(({ name, classes }) =>
    classes.map((member) => [name, member.name, member.pictures.map((picture) => [picture.name, picture.bytes])]),
  );
  return {
    dataset: 'folder',
    ...sizes,
    selections: {
      train: countFolder(groups, rule.train),
      validation: countFolder(groups, rule.validation),
      test: countFolder(groups, rule.test),
    },
    disjointDrawers: rule.disjointDrawers,
    hasLakeRuns: false,
    identity: stableHash({ ...sourceKey(section), ...sizes, listing, rule, cleanVersion: CLEAN_VERSION }),
  };
}

/** What makes pictures from the files, beside the files themselves. */
export function sourceKey(section: DataFolder) {
  const { sourceSize, inkGain } = resolveSizes(section);
  return { version: FOLDER_VERSION, resizeVersion: RESIZE_VERSION, ink: section.ink, sourceSize, inkGain };
}

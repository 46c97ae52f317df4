// Omniglot's files to pictures at the wanted sizes, with Lake's runs. Loaded only when pictures are: it brings the
// libraries that read zips and PNGs.
import { OneshotError } from '../../base/problem.js';
import { hashBytes } from '../../base/stable-hash.js';
import type { DataOmniglot } from '../../config/experiment.js';
import { resolveDataFolder } from '../files/data-folder.js';
import { openFolder } from '../folder/open-folder.js';
import { gatherData } from '../gather-data.js';
import type { LakeRuns, LoadedData, LoadOptions } from '../loaded-data.js';
import type { PictureCache } from '../pictures/picture-cache.js';
import { cacheSizedPictures, type PictureSizes, resolveSizes } from '../pictures/picture-sizes.js';
import { resizePictures } from '../pictures/resize.js';
import { describeOmniglot, resizeKey, splitRule } from './describe-omniglot.js';
import { LAKE_RUNS_DIGEST, openLakeRuns, readLakeRuns } from './lake-runs.js';
import { openOmniglot, readOmniglot } from './omniglot.js';
import { BACKGROUND, EVALUATION } from './omniglot-files.js';
import { omniglotSplits } from './omniglot-splits.js';

/**
 * The pictures with their split; Lake's runs on demand. Throws a OneshotError('data') when files are missing or not the
 * published ones.
 */
export async function loadOmniglot(section: DataOmniglot, options: LoadOptions): Promise<LoadedData> {
  checkValidationAlphabets(section);
  const folder = openFolder(resolveDataFolder(section.path, options));
  const sizes = resolveSizes(section);
  const cache: PictureCache = { folder: options.cacheFolder, report: options.report };
  const { background, evaluation } = openOmniglot(folder);
  const key = {
    zips: [hashBytes(background.bytes), hashBytes(evaluation.bytes)],
    published: [BACKGROUND.digest, EVALUATION.digest],
    ...resizeKey(sizes),
  };
  const pictures = await cacheSizedPictures(cache, 'omniglot', key, sizes, async () => {
    options.report?.(`decoding Omniglot from ${folder} (once; kept in ${options.cacheFolder})`);
    return resizePictures(await readOmniglot(folder), sizes.sourceSize, sizes.inkGain);
  });
  let lakeRuns: Promise<LakeRuns> | undefined;
  return {
    ...gatherData(pictures, splitRule(section), describeOmniglot(section)),
    loadLakeRuns: () => {
      lakeRuns ??= loadLakeRuns(folder, sizes, cache);
      return lakeRuns;
    },
  };
}

// The cross-field rules find these with their positions; whoever loads without them gets a sentence all the same.
function checkValidationAlphabets({ split, validationAlphabets }: DataOmniglot): void {
  const { validationChoices } = omniglotSplits[split];
  const unknown = validationAlphabets.find((name) => !validationChoices.includes(name));
  if (unknown === undefined) return;
  throw new OneshotError('usage', `data.validationAlphabets names ${unknown}, which split ${split} does not train on`, {
    hint: validationChoices.length > 0 ? `It can be ${validationChoices.join(', ')}.` : `${split} has its own.`,
  });
}

// The same two steps as for all other pictures, so that a run's picture equals its twin in the evaluation set.
async function loadLakeRuns(folder: string, sizes: PictureSizes, cache: PictureCache): Promise<LakeRuns> {
  const { set, episodes } = await readLakeRuns(folder);
  const key = { zip: hashBytes(openLakeRuns(folder).bytes), published: LAKE_RUNS_DIGEST, ...resizeKey(sizes) };
  const { clean, source } = await cacheSizedPictures(cache, 'lake-runs', key, sizes, () =>
    resizePictures(set, sizes.sourceSize, sizes.inkGain),
  );
  return { set: clean, source, episodes };
}

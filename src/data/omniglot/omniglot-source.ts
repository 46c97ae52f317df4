// Omniglot as a data source: files to pictures at the wanted sizes, with the splits and Lake's runs that belong to it.
import { join } from 'node:path';
import { OneshotError } from '../../base/problem.js';
import { hashBytes, stableHash } from '../../base/stable-hash.js';
import type { DataOmniglot } from '../../config/experiment.js';
import { resolveDataFolder } from '../files/data-folder.js';
import { requireFile } from '../files/require-file.js';
import { gatherData } from '../gather-data.js';
import type { DataDescription, DataSource, LakeRuns } from '../loaded-data.js';
import type { PictureCache } from '../pictures/picture-cache.js';
import { CLEAN_VERSION, cacheSizedPictures, type PictureSizes, resolveSizes } from '../pictures/picture-sizes.js';
import { RESIZE_VERSION, resizePictures } from '../pictures/resize.js';
import { countSelection, type SplitRule } from '../splits.js';
import { LAKE_RUNS_DIGEST, LAKE_RUNS_FILE, openLakeRuns, readLakeRuns } from './lake-runs.js';
import { BACKGROUND, EVALUATION, explainOmniglotFiles, openOmniglot, readOmniglot } from './omniglot.js';
import { BACKGROUND_ALPHABETS, EVALUATION_ALPHABETS, OMNIGLOT_DRAWERS } from './omniglot-alphabets.js';
import { omniglotSplits } from './omniglot-splits.js';

export const omniglotSource: DataSource<DataOmniglot> = {
  describe,
  requireFiles(section, place, { lakeRuns }) {
    const folder = resolveDataFolder(section.path, place);
    for (const file of [BACKGROUND.file, EVALUATION.file, ...(lakeRuns ? [LAKE_RUNS_FILE] : [])]) {
      requireFile(join(folder, file), explainOmniglotFiles(folder));
    }
  },
  async load(section, options) {
    checkValidationAlphabets(section);
    const folder = resolveDataFolder(section.path, options);
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
      ...gatherData(pictures, splitRule(section), describe(section)),
      loadLakeRuns: () => {
        lakeRuns ??= loadLakeRuns(folder, sizes, cache);
        return lakeRuns;
      },
    };
  },
};

function describe(section: DataOmniglot): DataDescription {
  const rule = splitRule(section);
  const sizes = resolveSizes(section);
  const characters = new Map([...BACKGROUND_ALPHABETS, ...EVALUATION_ALPHABETS]);
  const count = (purpose: 'train' | 'validation' | 'test') =>
    countSelection(rule[purpose], characters, OMNIGLOT_DRAWERS);
  return {
    dataset: 'omniglot',
    ...sizes,
    selections: { train: count('train'), validation: count('validation'), test: count('test') },
    disjointDrawers: rule.disjointDrawers,
    hasLakeRuns: true,
    identity: stableHash({ published: [BACKGROUND.digest, EVALUATION.digest], rule, ...resizeKey(sizes), ...sizes }),
  };
}

function splitRule(section: DataOmniglot): SplitRule {
  return omniglotSplits[section.split].rule(section.validationAlphabets);
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

function resizeKey({ sourceSize, inkGain }: PictureSizes) {
  return { sourceSize, inkGain, resizeVersion: RESIZE_VERSION, cleanVersion: CLEAN_VERSION };
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

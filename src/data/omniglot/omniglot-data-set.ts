// Omniglot as a data set: its splits and Lake's runs (Lake, Salakhutdinov, Tenenbaum 2015).
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { DataOmniglot } from '../../config/experiment.js';
import { resolveDataFolder } from '../files/data-folder.js';
import { requireFile } from '../files/require-file.js';
import { findUnpacked } from '../files/unpacked-zip.js';
import type { DataSetType } from '../loaded-data.js';
import { describeOmniglot } from './describe-omniglot.js';
import { findValidationProblems } from './find-validation-problems.js';
import { BACKGROUND, EVALUATION, explainOmniglotFiles, LAKE_RUNS_FILE } from './omniglot-files.js';

export const omniglotDataSet: DataSetType<DataOmniglot> = {
  describe: describeOmniglot,
  nothingToTrain: {
    keys: [['validationAlphabets'], []],
    found: 'all alphabets that the split trains on',
    allowed: 'some of them: training needs the others',
  },
  fillSelection: () => 'name some in data.validationAlphabets, or use split koch',
  findProblems: findValidationProblems,
  downloadsPath: ({ path }) => path,
  requireFiles(section, place, { lakeRuns }) {
    const folder = resolveDataFolder(section.path, place);
    // Packed as a whole, it is unpacked where it is loaded.
    if (statSync(folder, { throwIfNoEntry: false })?.isFile()) return;
    for (const file of [BACKGROUND.file, EVALUATION.file, ...(lakeRuns ? [LAKE_RUNS_FILE] : [])]) {
      const path = join(folder, file);
      if (findUnpacked(path) === undefined) requireFile(path, explainOmniglotFiles(folder));
    }
  },
  async load(section, options) {
    const { loadOmniglot } = await import('./load-omniglot.js');
    return loadOmniglot(section, options);
  },
};

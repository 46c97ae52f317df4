// One's own pictures as a data set: a folder of classes, PNG and JPEG, of any size and tone.
import type { DataFolder } from '../../config/experiment.js';
import type { DataSetType } from '../loaded-data.js';
import { channelsOfFolder, describeFolder } from './describe-folder.js';
import { findFolderProblems } from './find-folder-problems.js';

export const folderDataSet: DataSetType<DataFolder> = {
  describe: describeFolder,
  nothingToTrain: {
    keys: [['test'], ['validation'], []],
    found: 'all of the folder',
    allowed: 'some of it: training needs the rest',
  },
  fillSelection: (selection) => `raise data.${selection}, or give the folder more groups`,
  channels: channelsOfFolder,
  findProblems: findFolderProblems,
  async load(section, options) {
    const { loadFolder } = await import('./load-folder.js');
    return loadFolder(section, options);
  },
};

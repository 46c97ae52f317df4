// One's own pictures as a data source: a folder of classes, PNG and JPEG, of any size and tone.
import type { DataFolder } from '../../config/experiment.js';
import type { DataSource } from '../loaded-data.js';
import { describeFolder } from './describe-folder.js';

export const folderSource: DataSource<DataFolder> = {
  describe: describeFolder,
  async load(section, options) {
    const { loadFolder } = await import('./load-folder.js');
    return loadFolder(section, options);
  },
};

// Emoji as a data set: 1,377 classes, each drawn by four designers.
import { join } from 'node:path';
import type { DataEmoji } from '../../config/experiment.js';
import { resolveDataFolder } from '../files/data-folder.js';
import { requireFile } from '../files/require-file.js';
import type { DataSetType } from '../loaded-data.js';
import { describeEmoji } from './describe-emoji.js';
import { EMOJI_PACKAGES, explainEmojiFiles } from './emoji-files.js';

export const emojiDataSet: DataSetType<DataEmoji> = {
  describe: describeEmoji,
  nothingToTrain: { keys: [['trainClasses'], []], found: 'no classes for training', allowed: 'at least one' },
  fillSelection: () => 'raise data.trainClasses',
  channels: () => 3,
  downloadsPath: ({ path }) => path,
  requireFiles(section, place) {
    const folder = resolveDataFolder(section.path, place);
    for (const { file } of EMOJI_PACKAGES) requireFile(join(folder, file), explainEmojiFiles());
  },
  async load(section, options) {
    const { loadEmoji } = await import('./load-emoji.js');
    return loadEmoji(section, options);
  },
};

// Emoji from npm's packages to pictures, decoded once and kept in the cache. Loaded only when pictures are.
import { OneshotError } from '../../base/problem.js';
import type { DataEmoji } from '../../config/experiment.js';
import { resolveDataFolder } from '../files/data-folder.js';
import { gatherData } from '../gather-data.js';
import type { LoadedData, LoadOptions } from '../loaded-data.js';
import { sealPictureSet } from '../pictures/picture-file.js';
import type { PictureSet } from '../pictures/picture-set.js';
import { cacheSizedPictures, resolveSizes } from '../pictures/picture-sizes.js';
import { readPictures } from '../pictures/read-pictures.js';
import { ONLY_GROUP } from '../words.js';
import { describeEmoji, divideEmoji, emojiKey } from './describe-emoji.js';
import { EMOJI_CLASSES, EMOJI_PACKAGES, explainEmojiFiles, readEmojiPackage } from './emoji-files.js';

/** The pictures with their split. Throws a OneshotError('data') when a package is missing or damaged. */
export async function loadEmoji(section: DataEmoji, options: LoadOptions): Promise<LoadedData> {
  const folder = resolveDataFolder(section.path, options);
  const sizes = resolveSizes({ ...section, inkGain: 1 });
  const cache = { folder: options.cacheFolder, report: options.report };
  const pictures = await cacheSizedPictures(cache, 'emoji', emojiKey(section), sizes, () => {
    options.report?.(`decoding emoji from ${folder} (once; kept in ${options.cacheFolder})`);
    return readEmoji(folder, sizes.sourceSize, section.background);
  });
  const codes = pictures.clean.characters.map(({ name }) => name);
  return gatherData(pictures, divideEmoji(codes, section), describeEmoji(section));
}

async function readEmoji(folder: string, size: number, background: string): Promise<PictureSet> {
  const packages = EMOJI_PACKAGES.map((one) => {
    return new Map(readEmojiPackage(folder, one).map(({ code, bytes }) => [code, bytes]));
  });
  const [first, ...others] = packages as [Map<string, Buffer>, ...Map<string, Buffer>[]];
  const codes = [...first.keys()].filter((code) => others.every((other) => other.has(code))).sort();
  if (codes.length !== EMOJI_CLASSES) {
    throw new OneshotError(
      'data',
      `${folder} holds ${codes.length} emoji of all designers; expected ${EMOJI_CLASSES}`,
      {
        hint: explainEmojiFiles(),
      },
    );
  }
  const files = codes.flatMap((code, character) =>
    packages.map((drawings, drawer) => ({ character, drawer, bytes: drawings.get(code)! })),
  );
  const settings = { size, color: 'rgb', fit: 'pad', ink: 'auto', inkGain: 1, background } as const;
  const { pixels, unread } = await readPictures(files.length, (index) => files[index]!.bytes, settings);
  if (unread.length > 0) {
    throw new OneshotError('data', `${unread.length} emoji of ${folder} cannot be read: the first ${unread[0]!.what}`, {
      hint: explainEmojiFiles(),
    });
  }
  return sealPictureSet({
    name: 'emoji',
    height: size,
    width: size,
    channels: 3,
    pixels,
    alphabets: [ONLY_GROUP.emoji],
    characters: codes.map((name) => ({ alphabet: 0, name })),
    character: Int32Array.from(files, ({ character }) => character),
    drawer: Int32Array.from(files, ({ drawer }) => drawer),
  });
}

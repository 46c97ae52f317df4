// The registry of data sets: the one place that knows them all. A new one is a file like omniglot-source.ts, a branch of
// `data` in the schema and a line here.
import type { DataMnist } from '../config/experiment.js';
import { emojiSource } from './emoji/emoji-source.js';
import type { DataPlace } from './files/data-folder.js';
import { folderSource } from './folder/folder-source.js';
import { glyphsSource } from './glyphs/glyphs-source.js';
import type {
  DataDescription,
  DataSection,
  DataSource,
  ExtraPictures,
  LoadedData,
  LoadOptions,
} from './loaded-data.js';
import { mnistSource } from './mnist/mnist-source.js';
import { omniglotSource } from './omniglot/omniglot-source.js';

const SOURCES: { readonly [Name in DataSection['dataset']]: DataSource<Extract<DataSection, { dataset: Name }>> } = {
  omniglot: omniglotSource,
  glyphs: glyphsSource,
  mnist: mnistSource,
  folder: folderSource,
  emoji: emojiSource,
};

/** What the section selects, without reading any picture: alphabets, characters and drawers of each purpose, and an identity for fingerprints. Throws a OneshotError('data') when a folder of pictures is missing or holds no data set. */
export function describeData(section: DataSection): DataDescription {
  return sourceOf(section).describe(section);
}

/** Throws a OneshotError('data') when a file that the section or an evaluation beside it needs is missing. Opens none of them. */
export function requireDataFiles(section: DataSection, place: DataPlace, extras: ExtraPictures): void {
  sourceOf(section).requireFiles?.(section, place, extras);
  if (extras.mnist) mnistSource.requireFiles?.(mnistBeside(section), place, extras);
}

/** The section's pictures with their split. Throws a OneshotError('data') when files are missing, altered or damaged. */
export async function loadData(section: DataSection, options: LoadOptions): Promise<LoadedData> {
  const data = await sourceOf(section).load(section, options);
  let mnist: Promise<LoadedData> | undefined;
  return {
    ...data,
    loadMnist: () => {
      mnist ??= mnistSource.load(mnistBeside(section), options);
      return mnist;
    },
  };
}

// From 28 x 28 straight to what the network sees, as Koch et al. 2015 did. MNIST lies where the other downloads do.
function mnistBeside(section: DataSection): DataMnist {
  const path = section.dataset === 'omniglot' ? section.path : undefined;
  return { dataset: 'mnist', path, trainDigits: [], imageSize: section.imageSize, inkGain: 1 };
}

// Each source takes its own section; the table's type has made sure that name and section belong together.
function sourceOf(section: DataSection): DataSource {
  return SOURCES[section.dataset] as unknown as DataSource;
}

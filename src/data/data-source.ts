// The registry of data sets: the one place that knows them all. A new one is a file like omniglot-source.ts, a branch of
// `data` in the schema and a line here.
import { resolve } from 'node:path';
import { OneshotError } from '../base/problem.js';
import type { SettingProblem } from '../config/setting-problem.js';
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
import type { SplitPurpose } from './pictures/picture-set.js';

const SOURCES: { readonly [Name in DataSection['dataset']]: DataSource<Extract<DataSection, { dataset: Name }>> } = {
  omniglot: omniglotSource,
  glyphs: glyphsSource,
  mnist: mnistSource,
  folder: folderSource,
  emoji: emojiSource,
};

/** The names of all data sets. */
export const DATA_SET_NAMES = Object.keys(SOURCES) as DataSection['dataset'][];

/**
 * What the section selects, without reading any picture: alphabets, characters and drawers of each purpose, and an
 * identity for fingerprints. Throws a OneshotError('data') when a folder of pictures is missing or holds no data set.
 */
export function describeData(section: DataSection): DataDescription {
  return sourceOf(section).describe(section);
}

/** What is wrong with a section, apart from the schema; `failure` is what `describeData` has thrown. */
export function findDataProblems(section: DataSection, failure: OneshotError | undefined): SettingProblem[] {
  return sourceOf(section).findProblems?.(section, failure) ?? [];
}

/** `DataSource.nothingToTrain` of the section's data set. */
export function explainNothingToTrain(section: DataSection): DataSource['nothingToTrain'] {
  return sourceOf(section).nothingToTrain;
}

/** `DataSource.fillSelection` of the section's data set. */
export function explainEmptySelection(section: DataSection, selection: SplitPurpose): string {
  return sourceOf(section).fillSelection(selection);
}

/** Throws a OneshotError('data') when a file that the section or an evaluation beside it needs is missing. Opens none of them. */
export function requireDataFiles(section: DataSection, place: DataPlace, { lakeRuns, beside }: ExtraPictures): void {
  sourceOf(section).requireFiles?.(section, place, { lakeRuns });
  for (const dataset of beside) {
    const other = sectionBeside(dataset, section);
    sourceOf(other).requireFiles?.(other, place, { lakeRuns: false });
  }
}

/** The section's pictures with their split. Throws a OneshotError('data') when files are missing, altered or damaged. */
export async function loadData(section: DataSection, options: LoadOptions): Promise<LoadedData> {
  const data = await sourceOf(section).load(section, options);
  const beside = new Map<DataSection['dataset'], Promise<LoadedData>>();
  return {
    ...data,
    loadBeside: (dataset) => {
      const other = sectionBeside(dataset, section);
      const loaded = beside.get(dataset) ?? sourceOf(other).load(other, options);
      beside.set(dataset, loaded);
      return loaded;
    },
  };
}

function sectionBeside(dataset: DataSection['dataset'], section: DataSection): DataSection {
  const other = (SOURCES[dataset] as unknown as DataSource).beside?.({
    imageSize: section.imageSize,
    path: sourceOf(section).downloadsPath?.(section),
  });
  if (other !== undefined) return other;
  throw new OneshotError('internal', `the data set ${dataset} cannot be asked for beside another`);
}

/** Whether the section names another folder of downloaded data sets than ONESHOT_DATA, which then loses. */
export function overrulesDataFolder(section: DataSection, { env, baseFolder }: DataPlace): boolean {
  const path = sourceOf(section).downloadsPath?.(section);
  return path !== undefined && Boolean(env.ONESHOT_DATA) && resolve(env.ONESHOT_DATA!) !== resolve(baseFolder, path);
}

// Each source takes its own section; the table's type has made sure that name and section belong together.
function sourceOf(section: DataSection): DataSource {
  return SOURCES[section.dataset] as unknown as DataSource;
}

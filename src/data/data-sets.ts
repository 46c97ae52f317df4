// The registry of data sets: the one place that knows them all. A new one is a file like omniglot-data-set.ts, a branch of
// `data` in the schema and a line here.
import { resolve } from 'node:path';
import { OneshotError } from '../base/problem.js';
import type { SettingProblem } from '../config/setting-problem.js';
import { emojiDataSet } from './emoji/emoji-data-set.js';
import type { DataPlace } from './files/data-folder.js';
import { folderDataSet } from './folder/folder-data-set.js';
import { glyphsDataSet } from './glyphs/glyphs-data-set.js';
import type {
  DataDescription,
  DataSection,
  DataSetType,
  ExtraPictures,
  LoadedData,
  LoadOptions,
} from './loaded-data.js';
import { mnistDataSet } from './mnist/mnist-data-set.js';
import { omniglotDataSet } from './omniglot/omniglot-data-set.js';
import { omniglotStrokesDataSet } from './omniglot-strokes/omniglot-strokes-data-set.js';
import type { SplitPurpose } from './pictures/picture-set.js';

const TYPES: { readonly [Name in DataSection['dataset']]: DataSetType<Extract<DataSection, { dataset: Name }>> } = {
  omniglot: omniglotDataSet,
  'omniglot-strokes': omniglotStrokesDataSet,
  glyphs: glyphsDataSet,
  mnist: mnistDataSet,
  folder: folderDataSet,
  emoji: emojiDataSet,
};

/** The names of all data sets. */
export const DATA_SET_NAMES = Object.keys(TYPES) as DataSection['dataset'][];

/**
 * What the section selects, without reading any picture: alphabets, characters and drawers of each purpose, and an
 * identity for fingerprints. Throws a OneshotError('data') when a folder of pictures is missing or holds no data set.
 */
export function describeData(section: DataSection): DataDescription {
  return typeOf(section).describe(section);
}

/** `DataSetType.channels` of the section's data set; of one that does not exist, which is told elsewhere, ink. */
export function channelsOf(section: DataSection): 1 | 3 {
  const type: DataSetType | undefined = typeOf(section);
  return type?.channels?.(section) ?? 1;
}

/** What is wrong with a section, apart from the schema; `failure` is what `describeData` has thrown. */
export function findDataProblems(section: DataSection, failure: OneshotError | undefined): SettingProblem[] {
  return typeOf(section).findProblems?.(section, failure) ?? [];
}

/** `DataSetType.nothingToTrain` of the section's data set. */
export function explainNothingToTrain(section: DataSection): DataSetType['nothingToTrain'] {
  return typeOf(section).nothingToTrain;
}

/** `DataSetType.fillSelection` of the section's data set. */
export function explainEmptySelection(section: DataSection, selection: SplitPurpose): string {
  return typeOf(section).fillSelection(selection);
}

/** Throws a OneshotError('data') when a file that the section or an evaluation beside it needs is missing. Opens none of them. */
export function requireDataFiles(section: DataSection, place: DataPlace, { lakeRuns, beside }: ExtraPictures): void {
  typeOf(section).requireFiles?.(section, place, { lakeRuns });
  for (const dataset of beside) {
    const other = sectionBeside(dataset, section);
    typeOf(other).requireFiles?.(other, place, { lakeRuns: false });
  }
}

/** The section's pictures with their split. Throws a OneshotError('data') when files are missing, altered or damaged. */
export async function loadData(section: DataSection, options: LoadOptions): Promise<LoadedData> {
  const data = await typeOf(section).load(section, options);
  const beside = new Map<DataSection['dataset'], Promise<LoadedData>>();
  return {
    ...data,
    loadBeside: (dataset) => {
      const other = sectionBeside(dataset, section);
      const loaded = beside.get(dataset) ?? typeOf(other).load(other, options);
      beside.set(dataset, loaded);
      return loaded;
    },
  };
}

function sectionBeside(dataset: DataSection['dataset'], section: DataSection): DataSection {
  const other = (TYPES[dataset] as unknown as DataSetType).beside?.({
    imageSize: section.imageSize,
    path: typeOf(section).downloadsPath?.(section),
  });
  if (other !== undefined) return other;
  throw new OneshotError('internal', `the data set ${dataset} cannot be asked for beside another`);
}

/** Whether the section names another folder of downloaded data sets than ONESHOT_DATA, which then loses. */
export function overrulesDataFolder(section: DataSection, { env, baseFolder }: DataPlace): boolean {
  const path = typeOf(section).downloadsPath?.(section);
  return path !== undefined && Boolean(env.ONESHOT_DATA) && resolve(env.ONESHOT_DATA!) !== resolve(baseFolder, path);
}

// Each data set takes its own section; the table's type has made sure that name and section belong together.
function typeOf(section: DataSection): DataSetType {
  return TYPES[section.dataset] as unknown as DataSetType;
}

// What a data set offers to the rest of the program: a description without files, and the pictures.
import type { OneshotError } from '../base/problem.js';
import type { Experiment } from '../config/experiment.js';
import type { SettingProblem } from '../config/setting-problem.js';
import type { DataPlace } from './files/data-folder.js';
import type { PenDrawing } from './omniglot-strokes/pen-drawing.js';
import type { PictureSet, Split, SplitPurpose } from './pictures/picture-set.js';
import type { PictureSizes } from './pictures/picture-sizes.js';
import type { Episode } from './sampling/episode.js';
import type { AlphabetCount } from './splits.js';

/** The `data` section of an experiment. */
export type DataSection = NonNullable<Experiment['data']>;

/** What is known of a data section without its pixels. Only `folder` looks at the disk for it, at names and sizes. */
export interface DataDescription extends PictureSizes {
  readonly dataset: DataSection['dataset'];
  /** 3 for red, green and blue; 1, ink, when left out. */
  readonly channels?: 1 | 3;
  /** What each purpose gets, alphabet by alphabet. */
  readonly selections: Readonly<Record<SplitPurpose, readonly AlphabetCount[]>>;
  /** Whether the split promises that nobody drew for two purposes. */
  readonly disjointDrawers: boolean;
  /** Classes that have pictures both for the test and for training or validation, by name; none when left out. */
  readonly sharedClasses?: readonly string[];
  /** What a person should know of the data set and what is no mistake: files passed over, classes left out. */
  readonly notes?: readonly string[];
  /** Whether Lake's 20 runs belong to it. */
  readonly hasLakeRuns: boolean;
  /** 64 hex digits, equal for two sections exactly when they give the same pictures to the same purposes: for fingerprints. */
  readonly identity: string;
}

/** A data set in memory. */
export interface LoadedData {
  /** Selections of the pictures at `imageSize`. */
  readonly split: Split;
  /** The same pictures at `sourceSize`, under the same indices, to sample distorted ones from. */
  readonly source: PictureSet;
  readonly description: DataDescription;
  /** The file of a picture, for messages, where the pictures are one's own: nobody has looked for copies among them before. */
  readonly fileOf?: (picture: number) => string;
  /** How the pen drew each picture, where that was recorded. */
  readonly pens?: readonly PenDrawing[];
  /** Lake's runs, read on the first call; undefined where the data set has none. */
  readonly loadLakeRuns?: () => Promise<LakeRuns>;
  /**
   * Another data set at the same `imageSize`, as `DataSetType.beside` has it, read on the first call. Rejects with a
   * OneshotError('data') where files are missing.
   */
  readonly loadBeside?: (dataset: DataSection['dataset']) => Promise<LoadedData>;
  /** SHA-256 over the pixels and labels of both sizes and the selections, 64 hex digits. */
  readonly digest: string;
}

/** Lake's runs at the sizes of the data section. */
export interface LakeRuns {
  /**
   * `[run][support 1-20, query 1-20]`, at `imageSize`. A query and its support picture share a character, named
   * `run01/class08`.
   */
  readonly set: PictureSet;
  /** The same pictures at `sourceSize`. */
  readonly source: PictureSet;
  /** One for each run; numbers index `set`. */
  readonly episodes: readonly Episode[];
}

/** Surroundings of loading. */
export interface LoadOptions extends DataPlace {
  /** Where decoded pictures are kept. */
  readonly cacheFolder: string;
  /** Told about what takes time or goes wrong without doing harm. */
  readonly report?: (message: string) => void;
}

/** Pictures beside those of the data section that an evaluation may ask for. */
export interface ExtraPictures {
  readonly lakeRuns: boolean;
  /** Other data sets, by name. */
  readonly beside: readonly DataSection['dataset'][];
}

/** A data set: add one by writing these and a line in data-sets.ts. */
export interface DataSetType<Section extends DataSection = DataSection> {
  /** What to say where the section leaves nothing for training; keys are those of `data`. */
  readonly nothingToTrain: Pick<SettingProblem, 'keys' | 'found' | 'allowed'>;
  /** How a selection of the section is filled that is empty. */
  fillSelection(selection: SplitPurpose): string;
  /** What is wrong with a section, apart from the schema; `failure` is what `describe` has thrown. */
  findProblems?(section: Section, failure: OneshotError | undefined): SettingProblem[];
  /** Channels of its pictures: 3 in colour; 1, ink, when left out. */
  channels?(section: Section): 1 | 3;
  /** The folder of downloads that the section names. */
  downloadsPath?(section: Section): string | undefined;
  /** The section of this data set where an evaluation asks for its pictures beside those of another data set, at their size. */
  beside?(others: { readonly imageSize: number; readonly path: string | undefined }): Section;
  /** Throws a OneshotError('data') when a folder of pictures is missing or holds no data set. */
  describe(section: Section): DataDescription;
  /**
   * Throws a OneshotError('data') when a file that `load`, or `loadLakeRuns` with `lakeRuns`, will read is missing. Opens
   * none of them. Left out where `describe` has seen the files, or there are none.
   */
  requireFiles?(section: Section, place: DataPlace, extras: Pick<ExtraPictures, 'lakeRuns'>): void;
  /** Throws a OneshotError('data') when files are missing or not what they should be. */
  load(section: Section, options: LoadOptions): Promise<LoadedData>;
}

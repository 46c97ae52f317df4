// What lies in a folder of one's own pictures, before any is decoded: which files are pictures (by their content), and
// which class, group and part of a split each belongs to. All that is wrong with the folder is found here, but for what
// only the pixels can tell.
import { OneshotError } from '../../base/problem.js';
import type { DataFolder } from '../../config/experiment.js';
import { explainKind, READ_KINDS } from '../pictures/picture-kind.js';
import { MAX_PICTURE_BYTES } from '../pictures/read-picture-file.js';
import { type BadFile, failWithBadFiles } from './bad-files.js';
import { openFileStamps } from './file-stamps.js';
import type { ListedClass, ListedGroup, ListedPicture } from './listed-picture.js';
import { openFolder } from './open-folder.js';
import { type PlacedPicture, placeByFolders } from './place-by-folders.js';
import { placeByLabels } from './place-by-labels.js';
import { showPath } from './show-path.js';
import { walkFolder } from './walk-folder.js';

/** A folder's pictures. */
export interface FolderListing {
  /** Where the pictures lie: the folder itself, or where its archive was unpacked. */
  readonly root: string;
  /** Sorted by name; one where classes are in no group. */
  readonly groups: readonly ListedGroup[];
  /** Whether the folder says what is for training, validation and test. */
  readonly hasSplit: boolean;
  /** Files that are no pictures: each with what it is. */
  readonly passedOver: readonly BadFile[];
  /** Classes with fewer pictures than `minimumPictures`, as `group/class`, with how many they have. */
  readonly smallClasses: readonly { readonly name: string; readonly pictures: number }[];
}

/** What a listing depends on. */
export type ListingSection = Pick<DataFolder, 'path' | 'labels' | 'minimumPictures'>;

/** Pictures of a class at least: one to know it by, and one to ask for. */
const MIN_PICTURES = 2;
/** Pictures of a data set at most. */
const MAX_PICTURES = 500_000;

/** The pictures of a folder. Throws a OneshotError('data') with everything that stops it from being a data set. */
export function listFolder({ path, labels, minimumPictures }: ListingSection): FolderListing {
  const folder = openFolder(path);
  const bad: BadFile[] = [];
  const passedOver: BadFile[] = [];
  const unusable: BadFile[] = [];
  const tree = walkFolder(folder, bad);
  const stamps = openFileStamps(folder);
  const pictures: ListedPicture[] = [];
  const labelFiles = [labels ?? []].flat();
  for (const { path, stat } of tree.files) {
    try {
      if (!stat.isFile()) {
        bad.push({ path, what: 'is no regular file' });
        continue;
      }
      if (labelFiles.includes(path)) continue;
      const { kind, hash } = stamps.look(path, stat);
      if (kind.role === 'other' && !PICTURE_NAME.test(path)) passedOver.push({ path, what: describeOther(kind.name) });
      else if (kind.role !== 'picture') unusable.push({ path, what: explainKind(kind) });
      else if (stat.size > MAX_PICTURE_BYTES) {
        unusable.push({ path, what: `has ${stat.size} bytes; expected at most ${MAX_PICTURE_BYTES}` });
      } else pictures.push({ path, hash });
    } catch (error) {
      bad.push({ path, what: `cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})` });
    }
  }
  stamps.save();
  for (const path of tree.litter) passedOver.push({ path, what: 'hidden' });
  if (pictures.length > MAX_PICTURES) {
    throw new OneshotError('data', `${folder} holds ${pictures.length} pictures; expected at most ${MAX_PICTURES}`);
  }
  if (labels === undefined) bad.push(...unusable);
  const { placed, hasSplit } =
    labels === undefined
      ? placeByFolders(pictures, tree.folders, bad)
      : placeByLabels(folder, labelFiles, { pictures, unusable }, passedOver, bad);
  if (placed.length === 0 && bad.length === 0) {
    throw new OneshotError('data', `${folder} holds no folders of pictures`, { hint: EXPLAIN_FOLDERS });
  }
  const groups = gatherGroups(placed);
  const smallClasses = groups.flatMap((group) =>
    group.classes
      .filter((member) => member.pictures.length < (minimumPictures ?? MIN_PICTURES))
      .map((member) => ({ name: nameClass(groups, group, member), pictures: member.pictures })),
  );
  if (minimumPictures === undefined) {
    for (const { name, pictures: few } of smallClasses) {
      bad.push({
        path: name,
        what:
          `has a single picture, ${showPath(fileName(few[0]!.path))}: a class takes ${MIN_PICTURES} at least ` +
          '(data.minimumPictures leaves small classes out)',
      });
    }
  }
  if (bad.length > 0) {
    throw failWithBadFiles(
      `${folder} cannot be used: ${bad.length} ${bad.length === 1 ? 'thing is' : 'things are'} wrong in it`,
      bad,
      EXPLAIN_FOLDERS,
    );
  }
  const large = leaveOut(groups, minimumPictures ?? MIN_PICTURES);
  if (large.length === 0) {
    throw new OneshotError('data', `${folder} holds no class of ${minimumPictures} pictures or more`, {
      hint:
        `data.minimumPictures: the largest of its ${smallClasses.length} classes has ` +
        `${Math.max(...smallClasses.map((small) => small.pictures.length))}`,
    });
  }
  return {
    root: folder,
    groups: large,
    hasSplit,
    passedOver,
    smallClasses: smallClasses.map(({ name, pictures: few }) => ({ name, pictures: few.length })),
  };
}

/** What a file that is named so is expected to be, whatever it holds. */
const PICTURE_NAME = /\.(png|jpe?g|jfif|jpe|gif|webp|tiff?|avif|heic|heif|bmp)$/i;

const EXPLAIN_FOLDERS =
  'Each class is a folder of its own with two pictures at least: class/picture, group/class/picture where classes belong ' +
  'together (the characters of an alphabet), or either below train, val and test. Or a table says it: data.labels, init --labels. ' +
  `Pictures are ${READ_KINDS} files; other kinds have to be converted or removed.`;

function describeOther(name: string): string {
  return name === 'unknown' ? 'is no picture' : `is ${name}`;
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A class as `data.test` would name it. */
function nameClass(groups: readonly ListedGroup[], group: ListedGroup, { name }: ListedClass): string {
  return groups.length === 1 ? name : `${group.name}/${name}`;
}

function gatherGroups(placed: readonly PlacedPicture[]): ListedGroup[] {
  const groups = new Map<string, Map<string, ListedPicture[]>>();
  for (const { group, className, picture } of placed) {
    const classes = groups.get(group) ?? new Map<string, ListedPicture[]>();
    groups.set(group, classes);
    const pictures = classes.get(className);
    if (pictures) pictures.push(picture);
    else classes.set(className, [picture]);
  }
  const byName = <T>(entries: Iterable<[string, T]>) => [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  return byName(groups).map(([name, classes]) => ({
    name,
    classes: byName(classes).map(([className, pictures]) => ({ name: className, pictures })),
  }));
}

function leaveOut(groups: readonly ListedGroup[], minimum: number): ListedGroup[] {
  return groups
    .map(({ name, classes }) => ({ name, classes: classes.filter(({ pictures }) => pictures.length >= minimum) }))
    .filter(({ classes }) => classes.length > 0);
}

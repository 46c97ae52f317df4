// A support set as people have it: a folder of folders, one for each class, or of files, one for each class.
import { type Dirent, readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { compareNaturally } from '../base/natural-order.js';
import { OneshotError } from '../base/problem.js';
import { hashBytes } from '../base/stable-hash.js';
import { type BadFile, failWithBadFiles } from '../data/folder/bad-files.js';
import { readPictureFile } from '../data/pictures/read-picture-file.js';
import { isLitter, looksLikePicture } from './picture-names.js';

/** A picture file of a support set. */
export interface SupportPicture {
  readonly path: string;
  /** SHA-256 of its bytes. */
  readonly hash: string;
  /** Number of its class. */
  readonly way: number;
}

export interface SupportSet {
  /** Labels of the classes, in natural order. */
  readonly labels: readonly string[];
  /** Class by class. */
  readonly pictures: readonly SupportPicture[];
  /** Files that are no pictures, within the folder. */
  readonly passedOver: readonly string[];
}

const EXPLAIN =
  'a support set is a folder with a folder of pictures for each class (support/oak/1.jpg), or with one picture for ' +
  'each (support/oak.jpg)';

/**
 * The support set in `folder`. Throws a OneshotError: `usage` where there is no folder, `data` with all that is wrong
 * with it.
 */
export function readSupportSet(folder: string): SupportSet {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new OneshotError('usage', `no such folder: ${folder}`, { hint: EXPLAIN });
  const bad: BadFile[] = [];
  const passedOver: string[] = [];
  const top = list(folder, '', passedOver);
  const classes =
    top.folders.length === 0
      ? top.pictures.map((name) => ({ label: name.slice(0, -extname(name).length || undefined), files: [name] }))
      : top.folders.flatMap((name) => listClasses(folder, name, bad, passedOver));
  if (top.folders.length > 0)
    for (const path of top.pictures) bad.push({ path, what: 'lies beside folders of classes, and is in none' });
  refuseEqualLabels(classes, bad);
  const pictures = classes.flatMap(({ files }, way) => files.flatMap((path) => readPicture(folder, path, way, bad)));
  refuseCopies(folder, pictures, classes, bad);
  if (bad.length > 0) throw failWithBadFiles(`the support set in ${folder} cannot be used`, bad, EXPLAIN);
  if (classes.length < 2)
    throw new OneshotError(
      'data',
      `the support set in ${folder} has ${classes.length === 0 ? 'no classes' : 'one class'}; expected two at least`,
      {
        hint:
          classes.length === 0 ? EXPLAIN : '`oneshot classify RUN A.png B.png` says whether two pictures show the same',
      },
    );
  return { labels: classes.map(({ label }) => label), pictures, passedOver };
}

interface ListedClass {
  readonly label: string;
  /** Paths within the folder. */
  readonly files: readonly string[];
}

// A folder of pictures is a class; a folder of folders is a group of classes (`latin/a`).
function listClasses(root: string, path: string, bad: BadFile[], passedOver: string[]): ListedClass[] {
  const { folders, pictures } = list(root, path, passedOver);
  if (folders.length === 0) {
    if (pictures.length === 0) bad.push({ path, what: 'is an empty class: expected one picture at least' });
    return [{ label: path, files: pictures }];
  }
  for (const picture of pictures) bad.push({ path: picture, what: 'lies beside folders of classes, and is in none' });
  return folders.flatMap((inner) => listClasses(root, inner, bad, passedOver));
}

function list(root: string, path: string, passedOver: string[]) {
  const entries = readdirSync(join(root, path), { withFileTypes: true })
    .filter(({ name }) => !isLitter(name))
    .sort((a, b) => compareNaturally(a.name, b.name));
  const inside = (entry: Dirent) => (path === '' ? entry.name : `${path}/${entry.name}`);
  const isFolder = (entry: Dirent) => statSync(join(root, inside(entry)), { throwIfNoEntry: false })?.isDirectory();
  const folders = entries.filter(isFolder).map(inside);
  const files = entries.filter((entry) => !isFolder(entry)).map(inside);
  const pictures = files.filter((file) => looksLikePicture(join(root, file)));
  passedOver.push(...files.filter((file) => !pictures.includes(file)));
  return { folders, pictures };
}

function readPicture(folder: string, path: string, way: number, bad: BadFile[]): SupportPicture[] {
  const place = join(folder, path);
  try {
    return [{ path: place, hash: hashBytes(readPictureFile(place)), way }];
  } catch (error) {
    bad.push({ path, what: (error as Error).message });
    return [];
  }
}

function refuseEqualLabels(classes: readonly ListedClass[], bad: BadFile[]): void {
  const first = new Map<string, string>();
  for (const { label, files } of classes) {
    const twin = first.get(label);
    if (twin !== undefined) bad.push({ path: files[0] ?? label, what: `has the same name as the class of ${twin}` });
    first.set(label, files[0] ?? label);
  }
}

// The same picture in two classes makes every answer between them a matter of luck.
function refuseCopies(
  folder: string,
  pictures: readonly SupportPicture[],
  classes: readonly ListedClass[],
  bad: BadFile[],
): void {
  const first = new Map<string, SupportPicture>();
  for (const picture of pictures) {
    const twin = first.get(picture.hash);
    if (twin === undefined) first.set(picture.hash, picture);
    else if (twin.way !== picture.way)
      bad.push({
        path: picture.path.slice(folder.length + 1),
        what: `is the same file as a picture of another class, ${classes[twin.way]!.label}`,
      });
  }
}

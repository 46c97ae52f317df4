// What is known of a folder of pictures before any is decoded.
import { stableHash } from '../../base/stable-hash.js';
import type { DataFolder } from '../../config/experiment.js';
import type { DataDescription } from '../loaded-data.js';
import { CLEAN_VERSION, resolveSizes } from '../pictures/picture-sizes.js';
import type { PictureSettings } from '../pictures/read-pictures.js';
import { divideFolder } from './divide-folder.js';
import { type FolderListing, listFolder } from './list-folder.js';
import { showPath } from './show-path.js';

/** Changes whenever the same files give other pictures than before: with the decoder, above all. */
const FOLDER_VERSION = 2;

/** Names of a note at most. */
const MAX_NAMES = 5;

/** 3 in colour. */
export function channelsOfFolder({ color }: Pick<DataFolder, 'color'>): 1 | 3 {
  return color === 'rgb' ? 3 : 1;
}

/** The description of a section. Throws a OneshotError('data') when the folder is missing or holds no data set. */
export function describeFolder(section: DataFolder): DataDescription {
  const listing = listFolder(section);
  const { rule, counts, sharedClasses } = divideFolder(listing, section);
  const sizes = resolveSizes(section);
  // What a picture is called does not matter, only what is in it and where it belongs.
  const contents = listing.groups.map(({ name, classes }) => [
    name,
    classes.map((member) => [member.name, member.pictures.map(({ hash }) => hash)]),
  ]);
  return {
    dataset: 'folder',
    ...sizes,
    channels: channelsOfFolder(section),
    selections: counts,
    sharedClasses,
    disjointDrawers: rule.disjointDrawers,
    hasLakeRuns: false,
    identity: stableHash({ ...sourceKey(section), ...sizes, contents, rule, cleanVersion: CLEAN_VERSION }),
    // Who divides pictures wants it so.
    notes: [...listNotes(listing), ...(section.divideBy === 'pictures' ? [] : noteShared(sharedClasses))],
  };
}

/** What makes pictures from the files, beside the files themselves. */
export function sourceKey(section: DataFolder) {
  return { version: FOLDER_VERSION, ...settingsOf(section) };
}

/** How the files of a section become pictures, at `sourceSize`. */
export function settingsOf(section: DataFolder): PictureSettings {
  const { color, ink, background } = section;
  const { sourceSize: size, inkGain } = resolveSizes(section);
  const isColored = color === 'rgb';
  const fit = section.fit ?? (isColored ? 'crop' : 'pad');
  // What does not matter for a kind of picture must not make another data set of it.
  return isColored
    ? { size, color, fit, ink: 'auto', inkGain: 1, background }
    : { size, color, fit, ink, inkGain, background: '#ffffff' };
}

function listNotes({ passedOver, smallClasses }: FolderListing): string[] {
  const notes: string[] = [];
  if (passedOver.length > 0) {
    const names = passedOver.map(({ path, what }) => `${showPath(path)} (${what.replace(/^is /, '')})`);
    notes.push(`passes over ${count(passedOver.length, 'file')}: ${shorten(names)}`);
  }
  if (smallClasses.length > 0) {
    const names = smallClasses.map(({ name, pictures }) => `${showPath(name)} (${pictures})`);
    notes.push(`leaves out ${count(smallClasses.length, 'class')} with too few pictures: ${shorten(names)}`);
  }
  return notes;
}

function noteShared(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const all = count(names.length, 'class');
  return [
    `${all} of the test ${names.length === 1 ? 'has' : 'have'} pictures for training or validation too ` +
      `(${shorten(names)}): known classes are asked for; for new ones, data.divideBy: classes divides anew`,
  ];
}

function count(number: number, noun: string): string {
  return `${number} ${number === 1 ? noun : noun.endsWith('s') ? `${noun}es` : `${noun}s`}`;
}

function shorten(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return names.slice(0, MAX_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

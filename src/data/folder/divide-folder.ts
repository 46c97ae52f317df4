// Which pictures of a folder are for training, validation and test: as the folder itself says, by whole groups, or by
// classes; by names given in the file, or drawn by a seed.
import { OneshotError } from '../../base/problem.js';
import { randomStream } from '../../base/random-stream.js';
import type { DataFolder } from '../../config/experiment.js';
import type { SplitPurpose } from '../pictures/picture-set.js';
import type { AlphabetCount, SelectionRule, SplitRule } from '../splits.js';
import type { FolderListing } from './list-folder.js';
import type { ListedGroup } from './listed-picture.js';
import { readSplitWord } from './split-words.js';

/** The keys that the division depends on. */
export type DivisionSection = Pick<DataFolder, 'divideBy' | 'seed' | 'validation' | 'test'>;

/** What goes to one purpose as a whole: a part of the folder's own split, a group or a class. */
interface Unit {
  /** As `data.validation` and `data.test` name it: `group`, `class`, or `group/class` where there are several groups. */
  readonly name: string;
  readonly members: readonly Member[];
}

/** A class, or the pictures of a class that a part of the split has. */
interface Member {
  readonly group: string;
  readonly class: string;
  /** Numbers of its pictures in the data set. */
  readonly pictures: readonly number[];
}

/** What a folder gives to each purpose. */
export interface FolderDivision {
  readonly rule: SplitRule;
  readonly counts: Readonly<Record<SplitPurpose, readonly AlphabetCount[]>>;
  /** Classes that have pictures both for the test and for training or validation, as `data.test` would name them. */
  readonly sharedClasses: readonly string[];
}

/** How a folder is divided where the section does not say. */
export function divisionOf({ groups, hasSplit }: FolderListing, { divideBy }: DivisionSection) {
  if (divideBy !== undefined) return divideBy;
  if (hasSplit) return 'folders';
  return groups.length === 1 ? 'classes' : 'groups';
}

/** The names that `data.validation` and `data.test` may list. */
export function listUnitNames(listing: FolderListing, section: DivisionSection): string[] {
  return listUnits(listing, section).map(({ name }) => name);
}

/**
 * The division of a folder. Throws a OneshotError('usage') when a listed name does not exist, or is listed for both
 * purposes, or where the folder is to say and does not.
 */
export function divideFolder(listing: FolderListing, section: DivisionSection): FolderDivision {
  if (section.divideBy === 'folders' && !listing.hasSplit) {
    throw new OneshotError('usage', 'data.divideBy is folders, but the topmost folders are not train, val and test');
  }
  const members = DIVIDERS[divisionOf(listing, section)](listing, section);
  const nameOf = (member: Member) => nameClass(listing.groups, member);
  const tested = new Set(members.test.map(nameOf));
  const learned = new Set([...members.train, ...members.validation].map(nameOf));
  const select = (purpose: SplitPurpose): SelectionRule => ({
    alphabets: [...new Set(members[purpose].map(({ group }) => group))],
    characters: members[purpose].map((member) => `${member.group}/${member.class}`),
    drawers: members[purpose].flatMap(({ pictures }) => pictures),
  });
  return {
    rule: {
      train: select('train'),
      validation: select('validation'),
      test: select('test'),
      disjointDrawers: false,
    },
    counts: {
      train: countMembers(members.train),
      validation: countMembers(members.validation),
      test: countMembers(members.test),
    },
    sharedClasses: [...tested].filter((name) => learned.has(name)),
  };
}

/** Classes that a division gives to each purpose, and the pictures of the smallest of each. */
export function countDivision(listing: FolderListing, section: DivisionSection) {
  const { counts } = divideFolder(listing, section);
  const summarize = (purpose: keyof typeof counts) => ({
    classes: counts[purpose].reduce((sum, { characters }) => sum + characters, 0),
    fewest: Math.min(...counts[purpose].map(({ drawers }) => drawers)),
  });
  return { train: summarize('train'), validation: summarize('validation'), test: summarize('test') };
}

type Division = Record<SplitPurpose, readonly Member[]>;

const DIVIDERS: Record<
  ReturnType<typeof divisionOf>,
  (listing: FolderListing, section: DivisionSection) => Division
> = {
  folders: asFolders,
  groups: byUnits,
  classes: byUnits,
  pictures: byPictures,
};

// Of every class a share of its pictures: one at least where any is wanted, and one at least is left for training.
function byPictures({ groups }: FolderListing, section: DivisionSection): Division {
  const division: Record<SplitPurpose, Member[]> = { train: [], validation: [], test: [] };
  for (const purpose of ['test', 'validation'] as const)
    if (typeof section[purpose] !== 'number')
      throw new OneshotError('usage', `data.${purpose} lists names, but data.divideBy is pictures`, {
        hint: 'say a share of the pictures of each class, from 0 to 0.9',
      });
  for (const { parts: _, ...member } of listMembers(groups)) {
    const { pictures } = member;
    const random = randomStream(section.seed, 'folder', 'pictures', member.group, member.class);
    const drawn = random.sample([...pictures], pictures.length);
    for (const purpose of ['test', 'validation'] as const) {
      const share = section[purpose] as number;
      const count = share === 0 ? 0 : Math.min(Math.max(1, Math.round(share * pictures.length)), drawn.length - 1);
      const taken = drawn.splice(0, Math.max(0, count)).sort((a, b) => a - b);
      if (taken.length > 0) division[purpose].push({ ...member, pictures: taken });
    }
    division.train.push({ ...member, pictures: drawn.sort((a, b) => a - b) });
  }
  return division;
}

function byUnits(listing: FolderListing, section: DivisionSection): Division {
  const units = listUnits(listing, section);
  const purposes = assignPurposes(
    units.map(({ name }) => name),
    section,
  );
  const take = (purpose: SplitPurpose) =>
    units.filter(({ name }) => purposes.get(name) === purpose).flatMap((unit) => unit.members);
  return { train: take('train'), validation: take('validation'), test: take('test') };
}

// As the folder says. Where it has no part for validation, classes are drawn from training, unless the test has the same.
function asFolders(listing: FolderListing, section: DivisionSection): Division {
  const units = listUnits(listing, section);
  const named = new Map<string, SplitPurpose>();
  for (const purpose of ['test', 'validation'] as const) {
    for (const name of listedNames(section[purpose])) {
      requireName(purpose, name, units);
      named.set(name, purpose);
    }
  }
  const take = (purpose: SplitPurpose) =>
    units.filter(({ name }) => (named.get(name) ?? readSplitWord(name)) === purpose).flatMap((unit) => unit.members);
  const train = take('train');
  const validation = take('validation');
  const test = take('test');
  const nameOf = (member: Member) => `${member.group}/${member.class}`;
  const tested = new Set(test.map(nameOf));
  if (validation.length > 0 || train.some((member) => tested.has(nameOf(member)))) return { train, validation, test };
  const names = train.map(nameOf);
  const purposes = assignPurposes(names, { ...section, test: 0 });
  const pick = (purpose: SplitPurpose) => train.filter((member) => purposes.get(nameOf(member)) === purpose);
  return { train: pick('train'), validation: pick('validation'), test };
}

function countMembers(members: readonly Member[]): AlphabetCount[] {
  return [...new Set(members.map(({ group }) => group))].map((name) => {
    const own = members.filter(({ group }) => group === name);
    const fewest = own.reduce((least, member) => (member.pictures.length < least.pictures.length ? member : least));
    const drawers = fewest.pictures.length;
    return { name, characters: own.length, drawers, fewest: fewest.class };
  });
}

function listUnits(listing: FolderListing, section: DivisionSection): Unit[] {
  const { groups } = listing;
  const division = divisionOf(listing, section);
  const members = listMembers(groups);
  if (division === 'groups') {
    return groups.map(({ name }) => ({
      name,
      members: members.filter(({ group }) => group === name).map(({ parts: _, ...member }) => member),
    }));
  }
  if (division === 'classes') {
    return members.map(({ parts: _, ...member }) => ({ name: nameClass(groups, member), members: [member] }));
  }
  if (division === 'pictures') return [];
  const parts = [...new Set(members.flatMap((member) => [...member.parts.keys()]))];
  return parts.map((name) => ({
    name,
    members: members.flatMap(({ parts: pictures, ...member }) => {
      const own = pictures.get(name);
      return own === undefined ? [] : [{ ...member, pictures: own }];
    }),
  }));
}

// With the pictures of each part of the folder's split, by the part's own name.
function listMembers(groups: readonly ListedGroup[]): (Member & { parts: Map<string, number[]> })[] {
  let number = 0;
  return groups.flatMap(({ name: group, classes }) =>
    classes.map(({ name, pictures }) => {
      const numbers: number[] = [];
      const parts = new Map<string, number[]>();
      for (const { part } of pictures) {
        if (part !== undefined) parts.set(part, [...(parts.get(part) ?? []), number]);
        numbers.push(number++);
      }
      return { group, class: name, pictures: numbers, parts };
    }),
  );
}

function nameClass(groups: readonly ListedGroup[], member: Pick<Member, 'group' | 'class'>): string {
  return groups.length === 1 ? member.class : `${member.group}/${member.class}`;
}

function requireName(purpose: SplitPurpose, name: string, units: readonly Unit[]): void {
  if (units.some((unit) => unit.name === name)) return;
  throw new OneshotError('usage', `data.${purpose} names ${name}, which is not there`);
}

// The test is drawn first, so that it stays the same whatever is taken for validation.
function assignPurposes(names: readonly string[], section: DivisionSection): Map<string, SplitPurpose> {
  const purposes = new Map<string, SplitPurpose>();
  for (const purpose of ['test', 'validation'] as const) {
    for (const name of listedNames(section[purpose])) {
      if (!names.includes(name)) throw new OneshotError('usage', `data.${purpose} names ${name}, which is not there`);
      if (purposes.has(name)) throw new OneshotError('usage', `data.${purpose} names ${name}, which is for the test`);
      purposes.set(name, purpose);
    }
  }
  const drawn = randomStream(section.seed, 'folder', 'division').sample(names, names.length);
  for (const purpose of ['test', 'validation'] as const) {
    const share = section[purpose];
    if (typeof share !== 'number' || share === 0) continue;
    const free = drawn.filter((name) => !purposes.has(name));
    // One at least, and one at least left for training.
    const count = Math.min(Math.max(1, Math.round(share * names.length)), free.length - 1);
    for (const name of free.slice(0, Math.max(0, count))) purposes.set(name, purpose);
  }
  for (const name of names) if (!purposes.has(name)) purposes.set(name, 'train');
  return purposes;
}

/** The names of a list; none where a share is given instead. */
export function listedNames(value: number | readonly string[]): readonly string[] {
  return typeof value === 'number' ? [] : value;
}

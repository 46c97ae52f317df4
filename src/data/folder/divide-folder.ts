// Which classes of a folder are for training, validation and test: by whole groups, or by classes where there is one
// group; by names given in the file, or drawn by a seed.
import { OneshotError } from '../../base/problem.js';
import { randomStream } from '../../base/random-stream.js';
import type { DataFolder } from '../../config/experiment.js';
import type { SplitPurpose } from '../pictures/picture-set.js';
import type { AlphabetCount, SelectionRule, SplitRule } from '../splits.js';
import type { ListedGroup } from './list-folder.js';

/** The keys that the division depends on. */
export type DivisionSection = Pick<DataFolder, 'divideBy' | 'seed' | 'validation' | 'test'>;

/** What goes to one purpose as a whole: a group or a class. */
interface Unit {
  /** As `data.validation` and `data.test` name it: `group`, `class`, or `group/class` where there are several groups. */
  readonly name: string;
  readonly members: readonly { readonly group: string; readonly class: string }[];
}

/** The names that `data.validation` and `data.test` may list. */
export function listUnitNames(groups: readonly ListedGroup[], section: DivisionSection): string[] {
  return listUnits(groups, section).map(({ name }) => name);
}

/** The rule of a folder's split. Throws a OneshotError('usage') when a listed name does not exist, or is listed for both purposes. */
export function divideFolder(groups: readonly ListedGroup[], section: DivisionSection): SplitRule {
  const units = listUnits(groups, section);
  const purposes = assignPurposes(
    units.map(({ name }) => name),
    section,
  );
  const select = (purpose: SplitPurpose): SelectionRule => {
    const members = units.filter(({ name }) => purposes.get(name) === purpose).flatMap((unit) => unit.members);
    return {
      alphabets: [...new Set(members.map(({ group }) => group))],
      characters: members.map((member) => `${member.group}/${member.class}`),
    };
  };
  return { train: select('train'), validation: select('validation'), test: select('test'), disjointDrawers: false };
}

/** What a rule of `divideFolder` selects, group by group. */
export function countFolder(groups: readonly ListedGroup[], { alphabets, characters }: SelectionRule): AlphabetCount[] {
  const names = new Set(characters);
  return groups
    .filter(({ name }) => alphabets.includes(name))
    .map(({ name, classes }) => {
      const selected = classes.filter((member) => names.has(`${name}/${member.name}`));
      const drawers = Math.min(...selected.map(({ pictures }) => pictures.length));
      return { name, characters: selected.length, drawers };
    });
}

function listUnits(groups: readonly ListedGroup[], { divideBy }: DivisionSection): Unit[] {
  const isOne = groups.length === 1;
  const byGroups = groups.map(({ name, classes }) => ({
    name,
    members: classes.map((member) => ({ group: name, class: member.name })),
  }));
  if ((divideBy ?? (isOne ? 'classes' : 'groups')) === 'groups') return byGroups;
  return byGroups.flatMap(({ members }) =>
    members.map((member) => ({ name: isOne ? member.class : `${member.group}/${member.class}`, members: [member] })),
  );
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

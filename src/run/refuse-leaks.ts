// The last guard against dishonest figures: whatever a data set and its split say, the pictures themselves are looked
// at before anything is trained or measured. What is certain is refused; what is likely is told, and stands in the report.
import { formatInteger } from '../base/format-quantity.js';
import { OneshotError } from '../base/problem.js';
import type { Experiment } from '../config/experiment.js';
import { type Copy, type FoundCopies, findCopies } from '../data/find-copies.js';
import { findLeaks } from '../data/find-leaks.js';
import type { LoadedData } from '../data/loaded-data.js';
import type { Selection } from '../data/pictures/picture-set.js';

/** Pictures that a message names at most. */
const MOST_NAMED = 20;
const MOST_TOLD = 3;

type CheckedData = Pick<LoadedData, 'split' | 'source' | 'description' | 'fileOf'>;

/**
 * Throws OneshotError('data') when a character or picture, or a drawer where the split promises disjoint ones, stands in two
 * selections; of pictures of one's own, which nobody has checked before, also when two are equal to the pixel on two sides of
 * the split, or within what is measured. Returns what is likely to flatter figures and is not certain, and what has not been
 * looked at, a sentence each. `mostPairs` bounds the search for likeness (`findCopies`); with `asksKnownClasses`, classes on
 * both sides are what is asked for, and not told.
 */
export function refuseLeaks(
  data: CheckedData,
  { mostPairs, asksKnownClasses = false }: { mostPairs?: number; asksKnownClasses?: boolean } = {},
): string[] {
  refuseSharedNames(data);
  const { fileOf, description } = data;
  const shared = tellSharedClasses(description);
  const told = asksKnownClasses ? [] : shared;
  if (fileOf === undefined) return told;
  const alike = shared.length === 0 ? tellAlikeNames(data.split) : [];
  const { copies, likeness } = findCopies(data, mostPairs);
  refuseCopies(
    copies.filter((copy) => copy.kind === 'equal' && (copy.place === 'across' || copy.purpose !== 'train')),
    fileOf,
  );
  return [...told, ...alike, ...tellCopies(copies, fileOf), ...tellUnlooked(likeness)];
}

/** Whether an experiment asks for classes that were trained on, and for no others. */
export function asksKnownClassesOnly({ evaluation }: Pick<Experiment, 'evaluation'>): boolean {
  return evaluation.length > 0 && evaluation.every(({ protocol }) => protocol === 'closed-set');
}

function refuseSharedNames({ split, description }: CheckedData): void {
  const { disjointDrawers, sharedClasses = [] } = description;
  const leaks = findLeaks(split, { disjointAlphabets: false, disjointDrawers });
  // A folder that says itself that its classes stand on both sides is told, not refused.
  const found = leaks.filter(({ kind }) => kind !== 'character' || sharedClasses.length === 0);
  if (found.length === 0) return;
  const list = found.map(
    ({ kind, between, example, count }) =>
      `${count} ${kind}${count === 1 ? '' : 's'} in both ${between.join(' and ')} (${example})`,
  );
  throw new OneshotError('data', `the split of ${description.dataset} leaks: ${list.join('; ')}`, {
    hint:
      'a figure measured on it would not be honest; check the data set, and please report a split that comes ' +
      'with the program',
  });
}

function tellSharedClasses({ sharedClasses = [] }: CheckedData['description']): string[] {
  if (sharedClasses.length === 0) return [];
  const names = listSome(sharedClasses, MOST_TOLD);
  return [
    `${count(sharedClasses.length, 'class', 'classes')} of the test ${sharedClasses.length === 1 ? 'is' : 'are'} ` +
      `trained on too, or chosen by (${names}): the accuracy is not one on unseen classes`,
  ];
}

/** Names that are only numbers: the seventh character of one alphabet is none of another. */
const NUMBERED = /^[a-z]*[ _-]*\d+$/i;

// Classes are told apart by their group; the same name in another group may still mean the same thing.
function tellAlikeNames({ train, test }: CheckedData['split']): string[] {
  const nameOf = ({ set }: Selection, picture: number) => set.characters[set.character[picture]!]!.name;
  const trained = new Set(Array.from(train.pictures, (picture) => nameOf(train, picture)));
  const tested = new Set(Array.from(test.pictures, (picture) => nameOf(test, picture)));
  const alike = [...tested].filter((name) => trained.has(name) && !NUMBERED.test(name));
  if (alike.length === 0) return [];
  const classes = count(alike.length, 'class of the test has a name', 'classes of the test have names');
  return [
    `${classes} that a class of another group has in training (${listSome(alike, MOST_TOLD)}): if it is the same ` +
      'class, the accuracy is not one on unseen classes',
  ];
}

const REFUSED: Readonly<Record<Copy['place'], string>> = {
  across: 'on both sides of the split',
  within: 'twice in a class that is measured: a query would be its own support',
  between: 'in two classes that are measured: one of both labels is wrong',
};

function refuseCopies(copies: readonly Copy[], fileOf: NonNullable<CheckedData['fileOf']>): void {
  const [first] = copies;
  if (first === undefined) return;
  const places = (['across', 'within', 'between'] as const).flatMap((place) => {
    const own = copies.filter((copy) => copy.place === place);
    return own.length === 0 ? [] : [`${count(own.length, 'picture stands', 'pictures stand')} ${REFUSED[place]}`];
  });
  const named = copies
    .slice(0, MOST_NAMED)
    .map(
      ({ picture, purpose, twin, twinPurpose }) =>
        `\n  ${fileOf(picture)} (${purpose}) shows the same as ${fileOf(twin)} (${twinPurpose})`,
    );
  const more = copies.length > MOST_NAMED ? `\n  and ${copies.length - MOST_NAMED} more` : '';
  throw new OneshotError('data', `${places.join('; ')}:${named.join('')}${more}`, {
    hint: 'Remove one of each, or divide the folder otherwise. Pixels are compared, whatever the files are called.',
  });
}

const LIKELY: readonly {
  readonly holds: (copy: Copy) => boolean;
  readonly one: string;
  readonly many: string;
  readonly so: string;
}[] = [
  {
    holds: ({ kind, place }) => kind === 'alike' && place === 'across',
    one: 'picture for validation or test looks like one on another side of the split',
    many: 'pictures for validation or test look like one on another side of the split',
    so: 'the same ones saved again would flatter every figure',
  },
  {
    holds: ({ kind }) => kind === 'turned',
    one: 'picture for validation or test is one for training, turned or mirrored',
    many: 'pictures for validation or test are those for training, turned or mirrored',
    so: 'copies would flatter every figure',
  },
  {
    holds: ({ kind, place }) => kind === 'alike' && place === 'within',
    one: 'picture looks like another one of its class',
    many: 'pictures look like another one of their class',
    so: 'a query that is its own support is answered without looking',
  },
  {
    holds: ({ kind, place }) => kind === 'equal' && place === 'within',
    one: 'picture for training stands in its class twice',
    many: 'pictures for training stand in their class twice',
    so: 'they count twice',
  },
  {
    holds: ({ kind, place }) => kind === 'equal' && place === 'between',
    one: 'picture for training stands in two classes',
    many: 'pictures for training stand in two classes',
    so: 'one of both labels is wrong',
  },
];

function tellCopies(copies: readonly Copy[], fileOf: NonNullable<CheckedData['fileOf']>): string[] {
  return LIKELY.flatMap(({ holds, one, many, so }) => {
    const own = copies.filter(holds);
    if (own.length === 0) return [];
    const pairs = own.map(({ picture, twin }) => `${fileOf(picture)} and ${fileOf(twin)}`);
    return [`${count(own.length, one, many)} (${listSome(pairs, MOST_TOLD)}): ${so}`];
  });
}

function tellUnlooked({ looked, asked }: FoundCopies['likeness']): string[] {
  if (looked === asked) return [];
  return [
    `only ${formatInteger(looked)} of ${formatInteger(asked)} pictures for validation or test were looked at for one ` +
      'that is the same ' +
      'saved again with loss: more would take too long; those equal to the pixel were found among all',
  ];
}

const count = (number: number, one: string, many: string) => `${number} ${number === 1 ? one : many}`;

function listSome(names: readonly string[], most: number): string {
  const rest = names.length - most;
  return `${names.slice(0, most).join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`;
}

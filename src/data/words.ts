// What pictures and their classes are called: characters of alphabets as somebody drew them, or classes of groups of pictures.

export interface Words {
  /** One class, and several. */
  readonly character: string;
  readonly characters: string;
  /** A group of classes, and several. */
  readonly alphabet: string;
  readonly alphabets: string;
  /** One picture of a class, and several. */
  readonly drawing: string;
  readonly drawings: string;
}

const OF_CHARACTERS: Words = {
  character: 'character',
  characters: 'characters',
  alphabet: 'alphabet',
  alphabets: 'alphabets',
  drawing: 'drawing',
  drawings: 'drawings',
};

const OF_PICTURES: Words = {
  character: 'class',
  characters: 'classes',
  alphabet: 'group',
  alphabets: 'groups',
  drawing: 'picture',
  drawings: 'pictures',
};

/** The group that classes are in where they are in none, by data set. */
export const ONLY_GROUP = { folder: 'pictures', emoji: 'emoji' } as const;

/** Whether a group is that of classes that are in none. */
export function isOnlyGroup(group: string): boolean {
  return Object.values<string>(ONLY_GROUP).includes(group);
}

/** A class named `group/class`, without its group where that is none. */
export function tellClass(name: string): string {
  const [group = ''] = name.split('/', 1);
  return isOnlyGroup(group) ? name.slice(group.length + 1) : name;
}

/** Data sets, whose picture sets have the same name, that are pictures of anything. */
const OF_ANYTHING: ReadonlySet<string> = new Set(['folder', 'emoji']);

/** Whether a data set, or a picture set of this name, holds drawn characters: only these are made of ink. */
function isDrawn(pictures: string): boolean {
  return !OF_ANYTHING.has(pictures);
}

/** The words for the pictures of these data sets together. */
export function chooseWords(pictures: readonly string[]): Words {
  return pictures.every(isDrawn) ? OF_CHARACTERS : OF_PICTURES;
}

/** A title of the program, which speaks of characters, alphabets and ink, in the words for these pictures. */
export function tellOf(pictures: string, title: string): string {
  if (isDrawn(pictures)) return title;
  return title
    .replace('an alphabet', `a ${OF_PICTURES.alphabet}`)
    .replace('across alphabets (easier)', `of any ${OF_PICTURES.characters}`)
    .replace(' of ink', '');
}

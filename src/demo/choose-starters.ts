// Characters to start from on the page: of alphabets that the network has never seen, each drawn by a few people. They are
// drawn from the test selection, and nothing is chosen or measured by them.
import { randomStream } from '../base/random-stream.js';
import type { LoadedData } from '../data/loaded-data.js';
import { type PictureSet, pictureAt, pictureBytes, type Selection } from '../data/pictures/picture-set.js';
import type { CarriedSupport } from '../trained/network-file.js';
import type { StarterCharacter, StarterGroup, StarterPictures } from './page-data.js';

/** At most: alphabets, characters of each, and drawings of each of these; the fewer, the larger the pictures. */
const AMOUNTS = [
  { groups: 6, characters: 20, drawings: 5 },
  { groups: 6, characters: 20, drawings: 3 },
  { groups: 2, characters: 20, drawings: 3 },
  { groups: 1, characters: 20, drawings: 2 },
  { groups: 1, characters: 5, drawings: 2 },
] as const;
type Amount = (typeof AMOUNTS)[number];
/** Bytes of pictures at most, before they are packed. */
const MOST_BYTES = 24e6;
const SEED = 1;

export interface Starters {
  /** Whether the network was trained on none of their classes, as far as is known. */
  readonly isUnseen: boolean;
  readonly groups: readonly StarterGroup[];
  readonly seen: StarterPictures & { readonly pixels: Uint8Array };
  readonly shown: StarterPictures & { readonly pixels: Uint8Array };
}

/** Starters of what the network was tested on, or else of what it was not trained on, or else of anything. */
export function chooseStarters({ split, source }: Pick<LoadedData, 'split' | 'source'>): Starters {
  const selection = [split.test, split.validation].find(({ pictures }) => pictures.length > 0) ?? split.train;
  const eachBytes = pictureBytes(selection.set) + pictureBytes(source);
  const amount =
    AMOUNTS.find(({ groups, characters, drawings }) => groups * characters * drawings * eachBytes <= MOST_BYTES) ??
    AMOUNTS.at(-1)!;
  const groups: StarterGroup[] = [];
  const numbers: number[] = [];
  for (const alphabet of orderAlphabets(selection)) {
    if (groups.length === amount.groups) break;
    const characters = chooseCharacters(alphabet, amount, numbers.length);
    if (characters.length < 2) continue;
    numbers.push(...characters.flatMap(({ chosen }) => chosen));
    groups.push({ name: alphabet.name, characters: characters.map(({ character }) => character) });
  }
  groups.sort((a, b) => b.characters.length - a.characters.length);
  return {
    isUnseen: selection !== split.train,
    groups,
    seen: copyPictures(selection.set, numbers),
    shown: copyPictures(source, numbers),
  };
}

/** Starters that somebody brings along: all of their pictures are known. */
export function startersOfSupport({ labels, ways, pictures }: CarriedSupport): Starters {
  const [, size, , channels] = pictures.shape as [number, number, number, 1 | 3];
  const characters = labels.map((name, way) => {
    const drawings = ways.flatMap((other, picture) => (other === way ? [{ picture }] : []));
    return { name, examples: drawings.length, drawings };
  });
  const pixels = Uint8Array.from(pictures.values, (value) => Math.round(255 * value));
  const list = { size, channels, pixels };
  return { isUnseen: false, groups: [{ name: 'yours', characters }], seen: list, shown: list };
}

interface Alphabet {
  readonly name: string;
  /** Pictures by character, by drawer. */
  readonly characters: ReadonlyMap<string, ReadonlyMap<number, number>>;
}

function orderAlphabets({ set, pictures }: Selection): Alphabet[] {
  const alphabets = new Map<string, Map<string, Map<number, number>>>();
  for (const picture of pictures) {
    const { alphabet, name } = set.characters[set.character[picture]!]!;
    const characters = alphabets.get(set.alphabets[alphabet]!) ?? new Map<string, Map<number, number>>();
    alphabets.set(set.alphabets[alphabet]!, characters);
    const drawings = characters.get(name) ?? new Map<number, number>();
    characters.set(name, drawings.set(set.drawer[picture]!, picture));
  }
  const all = [...alphabets].map(([name, characters]) => ({ name, characters }));
  return randomStream(SEED, 'demo', 'alphabets').sample(all, all.length);
}

// The same people draw all characters of an alphabet, as far as they did; who is first is the known hand.
function chooseCharacters({ name, characters }: Alphabet, amount: Amount, first: number) {
  const random = randomStream(SEED, 'demo', name);
  const drawers = new Set([...characters.values()].flatMap((drawings) => [...drawings.keys()]));
  const order = random.sample([...drawers], drawers.size);
  const usable = [...characters].filter(([, drawings]) => drawings.size > 1);
  let picture = first;
  return usable.slice(0, amount.characters).map(([character, drawings]) => {
    const by = order.filter((drawer) => drawings.has(drawer)).slice(0, amount.drawings);
    const listed: StarterCharacter = {
      name: character,
      examples: 1,
      drawings: by.map((drawer) => ({ picture: picture++, drawer: drawer + 1 })),
    };
    return { character: listed, chosen: by.map((drawer) => drawings.get(drawer)!) };
  });
}

function copyPictures(set: PictureSet, numbers: readonly number[]) {
  const size = pictureBytes(set);
  const pixels = new Uint8Array(numbers.length * size);
  for (const [i, number] of numbers.entries()) pixels.set(pictureAt(set, number), i * size);
  return { size: set.height, channels: set.channels, pixels };
}

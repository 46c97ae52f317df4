// Which pictures a batch of groups has: a group is an alphabet, some of its characters and several drawers of each. Each
// picture is embedded once and meets all others of its group.
import { OneshotError } from '../../base/problem.js';
import type { RandomStream } from '../../base/random-stream.js';
import type { TaskAllPairs } from '../../config/experiment.js';
import type { Selection } from '../pictures/picture-set.js';
import { type IndexedAlphabet, type IndexedCharacter, indexSelection } from './selection-index.js';

/** The pictures of a batch before they are drawn into memory. */
export interface GroupDraw {
  /** `[alphabets, characters, drawers]`, row by row. */
  readonly pictures: Int32Array;
  /** `[alphabets]`: clockwise quarter turns of each group, 0 … 3; all 0 without rotation classes. */
  readonly quarterTurns: Int32Array;
}

/** What a batch of groups is made of: of the tasks `allPairs` and `episodes`. */
export type GroupSizes = Pick<TaskAllPairs, 'alphabets' | 'characters' | 'drawers'>;

export type GroupSampler = (random: RandomStream) => GroupDraw;

/**
 * A sampler of batches: different alphabets, drawn uniformly; in each, different characters; of each, different drawers.
 * An alphabet with too few characters is filled up from others. Throws a OneshotError('usage') when the selection cannot
 * fill a group.
 */
export function createGroupSampler(
  selection: Selection,
  task: GroupSizes,
  { rotationClasses }: { rotationClasses: boolean },
): GroupSampler {
  const alphabets = indexSelection(selection);
  checkSelection(alphabets, task, selection);
  return (random) => {
    const pictures: number[] = [];
    const quarterTurns = new Int32Array(task.alphabets);
    drawAlphabets(random, alphabets, task.alphabets).forEach((alphabet, group) => {
      for (const character of drawCharacters(random, alphabet, alphabets, task.characters)) {
        pictures.push(...random.sample(character.pictures, task.drawers));
      }
      if (rotationClasses) quarterTurns[group] = random.integer(4);
    });
    return { pictures: Int32Array.from(pictures), quarterTurns };
  };
}

// Where a batch has more groups than there are alphabets, they come round again.
function drawAlphabets(random: RandomStream, alphabets: readonly IndexedAlphabet[], count: number): IndexedAlphabet[] {
  const drawn: IndexedAlphabet[] = [];
  while (drawn.length < count)
    drawn.push(...random.sample(alphabets, Math.min(alphabets.length, count - drawn.length)));
  return drawn;
}

function drawCharacters(
  random: RandomStream,
  alphabet: IndexedAlphabet,
  alphabets: readonly IndexedAlphabet[],
  count: number,
): IndexedCharacter[] {
  const drawn = random.sample(alphabet.characters, Math.min(count, alphabet.characters.length));
  if (drawn.length === count) return drawn;
  for (const { characters } of random.sample(
    alphabets.filter((other) => other !== alphabet),
    alphabets.length - 1,
  )) {
    drawn.push(...random.sample(characters, Math.min(count - drawn.length, characters.length)));
    if (drawn.length === count) break;
  }
  return drawn;
}

function checkSelection(alphabets: readonly IndexedAlphabet[], task: GroupSizes, { purpose }: Selection): void {
  const fail = (what: string) =>
    new OneshotError('usage', `cannot draw batches from the ${purpose} selection: ${what}`);
  const characters = alphabets.flatMap((alphabet) => alphabet.characters);
  if (characters.length < task.characters) {
    throw fail(`a group takes ${task.characters} characters, and there are ${characters.length}`);
  }
  const drawers = Math.min(...characters.map(({ pictures }) => pictures.length));
  if (drawers < task.drawers) throw fail(`a group takes ${task.drawers} drawers, and some characters have ${drawers}`);
}

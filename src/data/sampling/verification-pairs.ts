// Pairs of pictures for verification (Koch et al. 2015, section 4.2): the same number from each alphabet, half of the
// same character. Each pair is a function of its number alone, so a set of any length takes no memory.
import { OneshotError } from '../../base/problem.js';
import { type RandomStream, randomStream } from '../../base/random-stream.js';
import type { TaskVerification } from '../../config/experiment.js';
import type { Selection } from '../pictures/picture-set.js';
import { type IndexedAlphabet, type IndexedCharacter, indexSelection } from './selection-index.js';

/** Two pictures, and whether they show the same character. */
export interface VerificationPair {
  readonly first: number;
  readonly second: number;
  readonly isSame: boolean;
}

/** The pair of a number, 0 … count - 1, in an epoch. */
export type PairSampler = (epoch: number, number: number) => VerificationPair;

/**
 * The pairs of a task. Same: two drawers of one character; different: two characters, by any drawers. Counts from the
 * alphabets differ by one at most. With `redraw: never` the epoch does not matter. Throws a OneshotError('usage') when an
 * alphabet is too small for pairs.
 */
export function createPairSampler(selection: Selection, pairs: TaskVerification['pairs'], seed: number): PairSampler {
  const alphabets = indexSelection(selection);
  checkAlphabets(alphabets, selection, pairs);
  return (epoch, number) => {
    const keys = pairs.redraw === 'everyEpoch' ? ['pair', epoch, number] : ['pair', number];
    const random = randomStream(seed, ...keys);
    // Round after round through all alphabets; in each round every other alphabet gives a same pair, and the other way
    // round in the next.
    const place = number % alphabets.length;
    const round = Math.floor(number / alphabets.length);
    const alphabet = alphabets[place]!;
    if ((place + round) % 2 === 0) return drawSamePair(random, alphabet);
    return drawDifferentPair(random, alphabet, pairs.different === 'anywhere' ? alphabets : [alphabet]);
  };
}

function drawSamePair(random: RandomStream, alphabet: IndexedAlphabet): VerificationPair {
  const [first, second] = random.sample(random.pick(alphabet.characters).pictures, 2);
  return { first: first!, second: second!, isSame: true };
}

function drawDifferentPair(
  random: RandomStream,
  alphabet: IndexedAlphabet,
  others: readonly IndexedAlphabet[],
): VerificationPair {
  const character = random.pick(alphabet.characters);
  let other: IndexedCharacter;
  do other = random.pick(random.pick(others).characters);
  while (other === character);
  return { first: random.pick(character.pictures), second: random.pick(other.pictures), isSame: false };
}

function checkAlphabets(
  alphabets: readonly IndexedAlphabet[],
  { purpose }: Selection,
  { different }: TaskVerification['pairs'],
): void {
  const fail = (what: string) => new OneshotError('usage', `cannot draw pairs from the ${purpose} selection: ${what}`);
  if (alphabets.length === 0) throw fail('it is empty');
  for (const { name, characters } of alphabets) {
    if (characters.some(({ pictures }) => pictures.length < 2))
      throw fail(`${name} has a character by one drawer only`);
    if (characters.length < 2 && (different === 'within-alphabet' || alphabets.length < 2)) {
      throw fail(`${name} has a single character`);
    }
  }
}

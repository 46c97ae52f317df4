// Episodes for one-shot evaluation, in two protocols. They depend on a seed of their own and on nothing of the trial, so
// that trials are compared on the same episodes; the first n of a longer list are the list of n.
import { OneshotError } from '../../base/problem.js';
import { type RandomStream, randomStream } from '../../base/random-stream.js';
import type { Selection } from '../pictures/picture-set.js';
import type { Episode } from './episode.js';
import { type IndexedAlphabet, type IndexedCharacter, indexSelection } from './selection-index.js';

/** Which episodes to draw. */
export interface EpisodePlan {
  /**
   * `within-alphabet`: classes of one alphabet; support pictures by k people, the same for all classes, queries by
   * another (Koch et al. 2015, section 4.3). Where no two characters of an alphabet have a drawer in common, nobody knows
   * who drew what: then any k + 1 pictures of each class. `cross-alphabet`: classes from everywhere, pictures by anybody
   * (Vinyals et al. 2016).
   */
  readonly protocol: 'within-alphabet' | 'cross-alphabet';
  readonly nWay: number;
  readonly kShot: number;
  readonly episodes: number;
  /** Queries of every class in an episode: 1 when left out. */
  readonly queriesPerClass?: number;
  readonly seed: number;
}

export interface DrawnEpisodes {
  readonly episodes: readonly Episode[];
  /**
   * Alphabets that no episode comes from, since they have fewer than nWay characters or than kShot + 1 common drawers (or
   * pictures, where drawers are not known).
   */
  readonly skippedAlphabets: readonly string[];
}

/** The episodes of a plan. Throws a OneshotError('usage') when the selection is too small for any. */
export function drawEpisodes(selection: Selection, plan: EpisodePlan): DrawnEpisodes {
  const alphabets = indexSelection(selection);
  return plan.protocol === 'within-alphabet'
    ? drawWithinAlphabets(alphabets, selection, plan)
    : drawAcrossAlphabets(alphabets, selection, plan);
}

// Alphabets take turns in random order, so that their shares differ by one episode at most: 20 episodes over Lake's 10
// alphabets are the paper's 2 for each.
function drawWithinAlphabets(alphabets: IndexedAlphabet[], selection: Selection, plan: EpisodePlan): DrawnEpisodes {
  const { nWay } = plan;
  const usable = alphabets.flatMap((alphabet) => {
    const draw = drawsWithinAlphabet(alphabet, plan);
    return draw === undefined ? [] : { alphabet, draw };
  });
  if (usable.length === 0) {
    throw tooSmall(selection, plan, `no alphabet has ${nWay} characters and ${picturesPerClass(plan)} drawers`);
  }
  const turns: typeof usable = [];
  const episodes = Array.from({ length: plan.episodes }, (_, number) => {
    if (turns.length === 0) turns.push(...episodeStream(plan, 'turns', number).sample(usable, usable.length));
    const { alphabet, draw } = turns.shift()!;
    const random = episodeStream(plan, 'episode', number);
    return { ...arrangeEpisode(random, draw(random)), alphabet: alphabet.name };
  });
  const used = new Set(usable.map(({ alphabet }) => alphabet));
  const skippedAlphabets = alphabets.filter((alphabet) => !used.has(alphabet)).map(({ name }) => name);
  return { episodes, skippedAlphabets };
}

/** Pictures of one class of an episode. */
interface DrawnClass {
  readonly support: number[];
  readonly queries: number[];
}

/** What draws the classes of an episode from one alphabet, or undefined where it is too small. */
function drawsWithinAlphabet(
  alphabet: IndexedAlphabet,
  plan: EpisodePlan,
): ((random: RandomStream) => DrawnClass[]) | undefined {
  const { characters } = alphabet;
  const { nWay, queriesPerClass = 1 } = plan;
  if (!areDrawersKnown(alphabet)) {
    const large = characters.filter(({ pictures }) => pictures.length >= picturesPerClass(plan));
    return large.length < nWay ? undefined : (random) => drawFromEach(random, random.sample(large, nWay), plan);
  }
  const drawers = findCommonDrawers(alphabet);
  if (characters.length < nWay || drawers.length < picturesPerClass(plan)) return undefined;
  return (random) => {
    const drawn = random.sample(drawers, picturesPerClass(plan));
    return random.sample(characters, nWay).map((character) => {
      const pictures = drawn.map((drawer) => pictureBy(character, drawer));
      return { support: pictures.slice(queriesPerClass), queries: pictures.slice(0, queriesPerClass) };
    });
  };
}

/** Pictures of each class that an episode shows. */
function picturesPerClass({ kShot, queriesPerClass = 1 }: EpisodePlan): number {
  return kShot + queriesPerClass;
}

function drawFromEach(random: RandomStream, characters: readonly IndexedCharacter[], plan: EpisodePlan): DrawnClass[] {
  const { queriesPerClass = 1 } = plan;
  return characters.map(({ pictures }) => {
    const drawn = random.sample(pictures, picturesPerClass(plan));
    return { support: drawn.slice(queriesPerClass), queries: drawn.slice(0, queriesPerClass) };
  });
}

function drawAcrossAlphabets(alphabets: IndexedAlphabet[], selection: Selection, plan: EpisodePlan): DrawnEpisodes {
  const { nWay } = plan;
  const all = alphabets.flatMap((alphabet) => alphabet.characters);
  const characters = all.filter(({ pictures }) => pictures.length >= picturesPerClass(plan));
  if (characters.length < nWay) {
    const what = `${characters.length} characters have ${picturesPerClass(plan)} pictures${nameSmall(selection, all, plan)}`;
    throw tooSmall(selection, plan, what);
  }
  const episodes = Array.from({ length: plan.episodes }, (_, number) => {
    const random = episodeStream(plan, 'episode', number);
    return arrangeEpisode(random, drawFromEach(random, random.sample(characters, nWay), plan));
  });
  return { episodes, skippedAlphabets: [] };
}

function episodeStream({ protocol, nWay, kShot, seed }: EpisodePlan, purpose: string, number: number): RandomStream {
  return randomStream(seed, 'episodes', protocol, nWay, kShot, purpose, number);
}

// The ways are in random order already; the queries get one of their own, so that place says nothing about truth.
function arrangeEpisode(random: RandomStream, classes: readonly DrawnClass[]): Episode {
  const queries = classes.flatMap((drawn, truth) => drawn.queries.map((picture) => ({ picture, truth })));
  return {
    supportSet: classes.map(({ support }) => support),
    queries: random.sample(queries, queries.length),
  };
}

// Sets without known drawers (MNIST, a folder) give each picture a number of its own.
function areDrawersKnown({ characters }: IndexedAlphabet): boolean {
  const everybody = characters.flatMap(({ drawers }) => drawers);
  return characters.length < 2 || new Set(everybody).size < everybody.length;
}

function findCommonDrawers({ characters }: IndexedAlphabet): number[] {
  const [first, ...rest] = characters;
  return (first?.drawers ?? []).filter((drawer) => rest.every(({ drawers }) => drawers.includes(drawer)));
}

function pictureBy({ pictures, drawers }: IndexedCharacter, drawer: number): number {
  return pictures[drawers.indexOf(drawer)]!;
}

function nameSmall({ set }: Selection, characters: readonly IndexedCharacter[], plan: EpisodePlan): string {
  const small = characters.find(({ pictures }) => pictures.length < picturesPerClass(plan));
  return small === undefined ? '' : `; ${set.characters[small.character]!.name} has ${small.pictures.length}`;
}

function tooSmall({ purpose }: Selection, { protocol, nWay, kShot }: EpisodePlan, what: string): OneshotError {
  return new OneshotError(
    'usage',
    `cannot draw ${protocol} episodes of ${nWay} ways and ${kShot} shots from the ${purpose} selection: ${what}`,
  );
}

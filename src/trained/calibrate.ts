// Calibrates the answers of trained networks on the classes that their run kept for validation. Each episode has one way
// more than asked for: a query is known while some other class is left out, and unknown while its own is.
import { OneshotError } from '../base/problem.js';
import { randomStream } from '../base/random-stream.js';
import type { Validation } from '../config/experiment.js';
import type { LoadedData } from '../data/loaded-data.js';
import { pictureAt, pictureBytes, type Selection } from '../data/pictures/picture-set.js';
import { drawEpisodes } from '../data/sampling/draw-episodes.js';
import type { Episode } from '../data/sampling/episode.js';
import {
  type BestScores,
  type Calibration,
  chooseThreshold,
  fitPairCurve,
  fitTemperature,
  largestOf,
  type ScoredQuery,
} from './calibration.js';
import {
  average,
  type Committee,
  type CommitteeEmbeddings,
  formCommittee,
  measureScale,
  type ScoreScale,
} from './committee.js';

/** Queries of each kind that are asked for: the shares then have a standard error below one point. */
const QUERIES = 4000;
const EPISODES = { least: 50, most: 400 };
/** Seed of the episodes: the same for all networks. */
const SEED = 1;

export interface CalibrationResult {
  readonly calibration: Calibration;
  /** One for each member; of use only where there are several. */
  readonly scales: readonly ScoreScale[];
  /** The scores it was made from, to ask about other thresholds. */
  readonly best: BestScores;
}

/**
 * The calibration of `members` for `nWay` classes of `kShot` pictures, or for the nearest numbers that the classes allow.
 * Undefined where there are fewer than three classes with two pictures.
 */
export async function calibrate(
  { members, batchSize }: Committee,
  data: Pick<LoadedData, 'split'>,
  validation: Pick<Validation, 'protocol'> | undefined,
  { nWay, kShot }: { readonly nWay: number; readonly kShot: number },
): Promise<CalibrationResult | undefined> {
  const { split } = data;
  const selection = split.validation.pictures.length > 0 ? split.validation : split.train;
  const drawn = draw(selection, validation?.protocol ?? 'cross-alphabet', nWay, kShot);
  if (drawn === undefined) return undefined;
  const committee = formCommittee(members);
  const { rows, embeddings } = await embedEpisodes(committee, batchSize, selection, drawn.episodes);
  const raw = await scoreEpisodes(committee, rows, embeddings, drawn.episodes);
  const scales = members.map((_, member) => measureScale(raw.map((scores) => scores[member]!)));
  const joint = raw.map((scores) => (members.length === 1 ? scores[0]! : average(scores, scales)));
  const { known, unknown } = readScores(joint, drawn.episodes);
  const best = { known: known.map(({ scores }) => largestOf(scores)), unknown };
  const pairs = readPairs(joint, drawn.episodes);
  return {
    calibration: {
      nWay: drawn.nWay,
      kShot: drawn.kShot,
      selection: selection === split.validation ? 'validation' : 'train',
      ...chooseThreshold(best),
      knownQueries: known.length,
      unknownQueries: unknown.length,
      temperature: fitTemperature(known),
      pair: fitPairCurve(pairs.scores, pairs.isSame),
    },
    scales,
    best,
  };
}

// The validation's own protocol as far as its alphabets go, otherwise classes from everywhere, otherwise fewer of them.
function draw(selection: Selection, protocol: Validation['protocol'], nWay: number, kShot: number) {
  const counts = countPictures(selection);
  const shots = Math.min(kShot, Math.max(...counts) - 1);
  const classes = counts.filter((count) => count > shots).length;
  if (shots < 1 || classes < 3) return undefined;
  const ways = Math.min(nWay, classes - 1);
  const episodes = Math.min(EPISODES.most, Math.max(EPISODES.least, Math.ceil(QUERIES / (ways + 1))));
  const plan = { nWay: ways + 1, kShot: shots, episodes, seed: SEED };
  try {
    return { nWay: ways, kShot: shots, ...drawEpisodes(selection, { ...plan, protocol }) };
  } catch (error) {
    if (!(error instanceof OneshotError && error.code === 'usage')) throw error;
    return { nWay: ways, kShot: shots, ...drawEpisodes(selection, { ...plan, protocol: 'cross-alphabet' }) };
  }
}

function countPictures({ set, pictures }: Selection): number[] {
  const counts = new Map<number, number>();
  for (const picture of pictures) counts.set(set.character[picture]!, (counts.get(set.character[picture]!) ?? 0) + 1);
  return counts.size === 0 ? [0] : [...counts.values()];
}

async function embedEpisodes(
  committee: Committee,
  batchSize: number,
  { set }: Selection,
  episodes: readonly Episode[],
) {
  const numbers = [
    ...new Set(episodes.flatMap(({ supportSet, queries }) => [...supportSet.flat(), ...queries.map((q) => q.picture)])),
  ];
  const size = pictureBytes(set);
  const embeddings = committee.members.map(({ units }) => new Float32Array(numbers.length * units));
  for (let first = 0; first < numbers.length; first += batchSize) {
    const batch = numbers.slice(first, first + batchSize);
    const ink = new Float32Array(batch.length * size);
    for (const [i, number] of batch.entries())
      ink.set(
        Float32Array.from(pictureAt(set, number), (value) => value / 255),
        i * size,
      );
    const parts = await committee.embed(ink, batch.length);
    for (const [member, { units }] of committee.members.entries())
      embeddings[member]!.set(parts[member]!, first * units);
  }
  return { rows: new Map(numbers.map((number, row) => [number, row])), embeddings };
}

/** Scores `[queries, (nWay + 1) kShot]` of each episode by each member. */
async function scoreEpisodes(
  { members }: Committee,
  rows: ReadonlyMap<number, number>,
  embeddings: CommitteeEmbeddings,
  episodes: readonly Episode[],
): Promise<Float32Array[][]> {
  const all: Float32Array[][] = [];
  for (const { supportSet, queries } of episodes) {
    const scores: Float32Array[] = [];
    for (const [member, { functions, units }] of members.entries()) {
      const gather = (numbers: readonly number[]) => {
        const gathered = new Float32Array(numbers.length * units);
        for (const [i, number] of numbers.entries()) {
          const row = rows.get(number)!;
          gathered.set(embeddings[member]!.subarray(row * units, (row + 1) * units), i * units);
        }
        return gathered;
      };
      const asked = gather(queries.map(({ picture }) => picture));
      scores.push(await functions.scoreQueries(asked, gather(supportSet.flat()), units));
    }
    all.push(scores);
  }
  return all;
}

function readScores(all: readonly Float32Array[], episodes: readonly Episode[]) {
  const known: ScoredQuery[] = [];
  const unknown: number[] = [];
  for (const [index, { supportSet, queries }] of episodes.entries()) {
    const ways = supportSet.length;
    const shots = supportSet[0]!.length;
    for (const [row, { truth }] of queries.entries()) {
      const means = supportSet.map((_, way) => {
        const start = (row * ways + way) * shots;
        return all[index]!.subarray(start, start + shots).reduce((sum, score) => sum + score / shots, 0);
      });
      const leftOut = randomStream(SEED, 'calibration', index, row).integer(ways - 1);
      const other = leftOut >= truth ? leftOut + 1 : leftOut;
      known.push({ scores: means.filter((_, way) => way !== other), truth: truth > other ? truth - 1 : truth });
      unknown.push(Math.max(...means.filter((_, way) => way !== truth)));
    }
  }
  return { known, unknown };
}

/** Each query with a picture of its own class and one of another. */
function readPairs(all: readonly Float32Array[], episodes: readonly Episode[]) {
  const scores: number[] = [];
  const isSame: number[] = [];
  for (const [index, { supportSet, queries }] of episodes.entries()) {
    const ways = supportSet.length;
    const shots = supportSet[0]!.length;
    for (const [row, { truth }] of queries.entries()) {
      const drawn = randomStream(SEED, 'calibration-pair', index, row).integer(ways - 1);
      const other = drawn >= truth ? drawn + 1 : drawn;
      for (const [way, same] of [
        [truth, 1],
        [other, 0],
      ] as const) {
        scores.push(all[index]![(row * ways + way) * shots]!);
        isSame.push(same);
      }
    }
  }
  return { scores, isSame };
}

// Answers turned into what is kept of them: the result with its intervals, and the prediction file.
import { loadPng } from '../../base/load-png.js';
import { type PictureSet, pictureAt } from '../../data/pictures/picture-set.js';
import { groupBy } from '../group-by.js';
import { type Answer, type EpisodeAnswers, findAlarm } from '../score-episodes.js';
import type { Scorer } from '../scorers/scorer.js';
import { clusteredBootstrap } from '../statistics/clustered-bootstrap.js';
import { wilsonInterval } from '../statistics/wilson-interval.js';
import { type EvaluationTask, identifyEpisodes } from '../task.js';
import type { AlphabetResult, EvaluationResult, PictureIdentity } from './evaluation-result.js';
import { type PredictedEpisode, type PredictionRecord, predictionFileName } from './predictions.js';

/** Pictures that a prediction file holds at most for galleries. */
const GALLERY_PICTURES = 160;

/** Pairs of confused classes that pictures are kept of besides: as many as a report lists. */
const CONFUSED_PAIRS = 12;

/** Won and lost queries of a gallery, each. */
const GALLERY_QUERIES = 4;

/** The result of a scorer's answers to a task, with both intervals. */
export function makeResult(task: EvaluationTask, scorer: Scorer, answers: readonly EpisodeAnswers[]): EvaluationResult {
  const all = answers.flat();
  const episodes = answers.map((episode) => ({ credit: sumCredits(episode), queries: episode.length }));
  const correct = sumCredits(all);
  return {
    task: task.name,
    scorer: scorer.name,
    protocol: task.protocol,
    selection: task.selection,
    nWay: task.nWay,
    kShot: task.kShot,
    seed: task.seed,
    testTimeAugmentation: task.testTimeAugmentation,
    assignment: task.assignment,
    ...(task.mistake && { mistake: task.mistake }),
    pictures: identifyPictures(task.pictures.clean),
    episodesHash: identifyEpisodes(task.pictures.clean, task.episodes),
    skippedAlphabets: task.skippedAlphabets,
    n: all.length,
    correct,
    accuracy: correct / all.length,
    wilson: wilsonInterval(correct, all.length),
    clustered: clusteredBootstrap(episodes) ?? null,
    perAlphabet: divideByAlphabet(task.pictures.clean, all),
    episodes: {
      queries: episodes.map((episode) => episode.queries),
      credits: episodes.map((episode) => episode.credit),
    },
    alarm: findAlarm(scorer, answers) ?? null,
    predictions: predictionFileName(task.name, scorer.name),
  };
}

/** The sum of credits. Shares of ties are counted before they are divided, so that twenty twentieths are exactly one. */
export function sumCredits(answers: readonly Pick<Answer, 'credit'>[]): number {
  const counts = new Map<number, number>();
  for (const { credit } of answers) {
    if (credit > 0) counts.set(Math.round(1 / credit), (counts.get(Math.round(1 / credit)) ?? 0) + 1);
  }
  let sum = 0;
  for (const [tied, count] of counts) sum += count / tied;
  return sum;
}

/** What tells one set of pictures from another. */
export function identifyPictures({ name, digest, height, width }: PictureSet): PictureIdentity {
  return { name, digest, height, width };
}

function divideByAlphabet(set: PictureSet, answers: readonly Answer[]): AlphabetResult[] {
  const byAlphabet = groupBy(answers, ({ picture }) => set.characters[set.character[picture]!]!.alphabet);
  return [...byAlphabet]
    .sort(([a], [b]) => a - b)
    .map(([alphabet, own]) => {
      const correct = sumCredits(own);
      const n = own.length;
      const name = set.alphabets[alphabet]!;
      return { alphabet: name, n, correct, accuracy: correct / n, wilson: wilsonInterval(correct, n) };
    });
}

/** Everything about a scorer's answers to a task that later comparisons and galleries need. */
export function makePredictionRecord(
  task: EvaluationTask,
  scorer: Scorer,
  answers: readonly EpisodeAnswers[],
): PredictionRecord {
  const set = task.pictures.clean;
  const taking = [
    ...new Set(task.episodes.flatMap(({ supportSet }) => supportSet.map((shots) => set.character[shots[0]!]!))),
  ];
  taking.sort((a, b) => a - b);
  const position = new Map(taking.map((character, index) => [character, index]));
  const predicted = task.episodes.map(
    ({ supportSet }, index): PredictedEpisode => ({
      ways: supportSet.map((shots) => position.get(set.character[shots[0]!]!)!),
      supportSet,
      queries: answers[index]!.map(({ scores, ...answer }) => ({ ...answer, scores: Array.from(scores, roundScore) })),
    }),
  );
  return {
    task: task.name,
    scorer: scorer.name,
    nWay: task.nWay,
    kShot: task.kShot,
    episodesHash: identifyEpisodes(set, task.episodes),
    pictures: identifyPictures(set),
    characters: taking.map((character) => {
      const { alphabet, name } = set.characters[character]!;
      return { alphabet: set.alphabets[alphabet]!, name };
    }),
    episodes: task.episodes.length,
    answers: predicted,
    gallery: Object.fromEntries(
      [...new Set([...choosePictures(predicted), ...chooseConfused(predicted)])].map((picture) => [
        picture,
        encodePng(set, picture),
      ]),
    ),
  };
}

// Nine digits give the same float32 again.
function roundScore(score: number): number | null {
  return Number.isFinite(score) ? Number(score.toPrecision(9)) : null;
}

// The first won and the first lost queries, one of each per episode at most, as long as their pictures fit.
function choosePictures(episodes: readonly PredictedEpisode[]): number[] {
  const chosen = new Set<number>();
  for (const won of [false, true]) {
    let queries = 0;
    for (const { supportSet, queries: candidates } of episodes) {
      const query = candidates.find(({ credit }) => (won ? credit === 1 : credit === 0));
      if (!query) continue;
      const pictures = [query.picture, ...supportSet.flat()].filter((picture) => !chosen.has(picture));
      if (chosen.size + pictures.length > (won ? GALLERY_PICTURES : GALLERY_PICTURES / 2)) break;
      for (const picture of pictures) chosen.add(picture);
      if (++queries === GALLERY_QUERIES) break;
    }
  }
  return [...chosen].sort((a, b) => a - b);
}

// A support picture of both classes of the pairs that were confused most often.
function chooseConfused(episodes: readonly PredictedEpisode[]): number[] {
  const pairs = new Map<string, { times: number; pictures: readonly number[] }>();
  for (const { ways, supportSet, queries } of episodes) {
    for (const { truth, prediction, credit } of queries) {
      if (credit > 0 || prediction < 0) continue;
      const key = `${ways[truth]} ${ways[prediction]}`;
      const pictures = pairs.get(key)?.pictures ?? [supportSet[truth]![0]!, supportSet[prediction]![0]!];
      pairs.set(key, { times: (pairs.get(key)?.times ?? 0) + 1, pictures });
    }
  }
  const most = [...pairs.values()].sort((a, b) => b.times - a.times).slice(0, CONFUSED_PAIRS);
  return most.flatMap(({ pictures }) => pictures);
}

// Ink is black on white paper, as people are used to; colours are as they are.
function encodePng(set: PictureSet, picture: number): string {
  const PNG = loadPng();
  const png = new PNG({ width: set.width, height: set.height });
  const pixels = pictureAt(set, picture);
  const { channels } = set;
  for (let i = 0; i < set.width * set.height; i++) {
    if (channels === 3) png.data.set(pixels.subarray(3 * i, 3 * i + 3), 4 * i);
    else png.data.fill(255 - pixels[i]!, 4 * i, 4 * i + 3);
    png.data[4 * i + 3] = 255;
  }
  return PNG.sync.write(png, { colorType: channels === 3 ? 2 : 0 }).toString('base64');
}

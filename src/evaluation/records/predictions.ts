// Every query of a task with its truth, prediction and scores, one file per task and scorer in the run's folder
// `predictions`. JSON lines: a header, a line per episode, and last the pictures of a few episodes, so that galleries can
// be drawn without the data set.

import { join } from 'node:path';
import { writeFileAtomic } from '../../base/atomic-file.js';
import { readBounded } from '../../base/bounded-file.js';
import { OneshotError } from '../../base/problem.js';
import type { ScorerName } from '../../config/experiment.js';
import { type PictureIdentity, pictureIdentitySchema, RECORDS_VERSION } from './evaluation-result.js';
import { MAX_RECORD_BYTES, makeStrictReader } from './strict-json.js';

export interface PredictionHeader {
  readonly task: string;
  readonly scorer: ScorerName;
  readonly nWay: number;
  readonly kShot: number;
  readonly episodesHash: string;
  readonly pictures: PictureIdentity;
  /** The characters that take part; ways are indices into this list. */
  readonly characters: readonly { readonly alphabet: string; readonly name: string }[];
  /** Number of episode lines that follow. */
  readonly episodes: number;
}

export interface PredictedQuery {
  /** Number in the picture set. */
  readonly picture: number;
  /** Which way is right. */
  readonly truth: number;
  /** The first way with the largest score; -1 when a score is not finite. */
  readonly prediction: number;
  /** 1, 1/m for a tie of m ways, or 0. */
  readonly credit: number;
  /** `[nWay]` float32 values; null where the score is not finite. */
  readonly scores: readonly (number | null)[];
}

export interface PredictedEpisode {
  /** `[nWay]`: the character of each way. */
  readonly ways: readonly number[];
  /** `[nWay][kShot]` picture numbers. */
  readonly supportSet: readonly (readonly number[])[];
  readonly queries: readonly PredictedQuery[];
}

export interface PredictionRecord extends PredictionHeader {
  readonly answers: readonly PredictedEpisode[];
  /** PNG files in base64 by picture number, for all pictures of a few won and lost queries. */
  readonly gallery: Readonly<Record<string, string>>;
}

const count = { type: 'integer', minimum: 0 };
const counts = { type: 'array', items: count };

const parseHeader = makeStrictReader<PredictionHeader & { version: number }>({
  type: 'object',
  properties: {
    version: { const: RECORDS_VERSION },
    task: { type: 'string' },
    scorer: { type: 'string' },
    nWay: count,
    kShot: count,
    episodesHash: { type: 'string' },
    pictures: pictureIdentitySchema,
    characters: {
      type: 'array',
      items: {
        type: 'object',
        properties: { alphabet: { type: 'string' }, name: { type: 'string' } },
        required: ['alphabet', 'name'],
        additionalProperties: false,
      },
    },
    episodes: count,
  },
  required: ['version', 'task', 'scorer', 'nWay', 'kShot', 'episodesHash', 'pictures', 'characters', 'episodes'],
  additionalProperties: false,
});

const parseEpisode = makeStrictReader<PredictedEpisode>({
  type: 'object',
  properties: {
    ways: counts,
    supportSet: { type: 'array', items: counts },
    queries: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          picture: count,
          truth: count,
          prediction: { type: 'integer', minimum: -1 },
          credit: { type: 'number', minimum: 0, maximum: 1 },
          scores: { type: 'array', items: { type: ['number', 'null'] } },
        },
        required: ['picture', 'truth', 'prediction', 'credit', 'scores'],
        additionalProperties: false,
      },
    },
  },
  required: ['ways', 'supportSet', 'queries'],
  additionalProperties: false,
});

const parseGallery = makeStrictReader<{ gallery: Record<string, string> }>({
  type: 'object',
  properties: { gallery: { type: 'object', additionalProperties: { type: 'string' } } },
  required: ['gallery'],
  additionalProperties: false,
});

/** The name of a task's file in the folder `predictions`: `test.within-alphabet.20-way-1-shot.network.jsonl`. */
export function predictionFileName(task: string, scorer: ScorerName): string {
  return `${task.replaceAll('/', '.')}.${scorer}.jsonl`;
}

/** Replaces the record's file in `folder`. */
export function writePredictions(folder: string, record: PredictionRecord): void {
  const { answers, gallery, ...header } = record;
  const lines = [{ version: RECORDS_VERSION, ...header }, ...answers, { gallery }];
  const path = join(folder, predictionFileName(record.task, record.scorer));
  writeFileAtomic(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

/**
 * The record in the file at `path`. Throws a OneshotError('corrupt') when it is not what `writePredictions` wrote, and
 * the file system's error when it is missing.
 */
export function readPredictions(path: string): PredictionRecord {
  const lines = readBounded(path, MAX_RECORD_BYTES).toString('utf8').split('\n');
  const { version: _version, ...header } = parseHeader(lines[0]!, `${path}:1`);
  // Header, episodes, gallery, and the empty text after the last line's end.
  if (lines.length !== header.episodes + 3 || lines.at(-1) !== '') {
    throw new OneshotError('corrupt', `${path} should hold ${header.episodes + 2} lines; it holds ${lines.length - 1}`);
  }
  const answers = lines.slice(1, -2).map((line, index) => {
    const place = `${path}:${index + 2}`;
    return checkEpisode(parseEpisode(line, place), header, place);
  });
  return { ...header, answers, ...parseGallery(lines.at(-2)!, `${path}:${lines.length - 1}`) };
}

function checkEpisode(episode: PredictedEpisode, header: PredictionHeader, place: string): PredictedEpisode {
  const { nWay, kShot, characters } = header;
  const fits =
    episode.ways.length === nWay &&
    episode.ways.every((way) => way < characters.length) &&
    episode.supportSet.length === nWay &&
    episode.supportSet.every((shots) => shots.length === kShot) &&
    episode.queries.every((query) => query.truth < nWay && query.prediction < nWay && query.scores.length === nWay);
  if (!fits) throw new OneshotError('corrupt', `${place} is no ${nWay}-way ${kShot}-shot episode`);
  return episode;
}

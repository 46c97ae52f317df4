// From a started committee and a support set to what names pictures: embedded, calibrated, with a threshold.

import type { Environment } from '../base/environment.js';
import { OneshotError } from '../base/problem.js';
import type { BestScores, Calibration } from '../trained/calibration.js';
import type { EmbeddedSupport } from '../trained/embed-support.js';
import { calibrateCommittee, embedWith, type StartedCommittee } from '../trained/start-committee.js';
import type { SupportSet } from '../trained/support-set.js';
import { nameNetwork } from '../trained/trained-network.js';
import type { ClassifySetup, PictureAnswer, RankedClass } from './classify-pictures.js';

export interface ClassifierOptions {
  /** A score below which a picture is unknown, or `none`; the calibrated one when left out. */
  readonly threshold?: number | 'none' | undefined;
  readonly env: Environment;
  /** Told about what takes time. */
  readonly report: (message: string) => void;
}

/** What names pictures, with how its answers are read. */
export interface Classifier {
  readonly setup: ClassifySetup;
  readonly calibration: Calibration | undefined;
  /** The scores behind the calibration; an exported file does not have them. */
  readonly best: BestScores | undefined;
  /** Undefined where everything gets a name. */
  readonly threshold: number | undefined;
}

/**
 * The classifier of a committee with a support set, or with the one that its file carries. Throws OneshotError: `usage`
 * where there is none, `data` where its pictures cannot be read.
 */
export async function startClassifier(
  started: StartedCommittee,
  set: SupportSet | undefined,
  { threshold: wanted, env, report }: ClassifierOptions,
): Promise<Classifier> {
  const support = set === undefined ? requireCarried(started) : await embedWith(started, set);
  const { committee, calibration, best } = await calibrateCommittee(
    started,
    { nWay: support.set.labels.length, kShot: medianShots(support.set) },
    { env, report },
  );
  const threshold = wanted === 'none' ? undefined : (wanted ?? calibration?.threshold);
  return {
    setup: { committee, support, read: started.read, reading: { threshold, temperature: calibration?.temperature } },
    calibration,
    best,
    threshold,
  };
}

/** The support set that an exported file brings along. */
function requireCarried({ opened }: StartedCommittee): EmbeddedSupport {
  const { path, support } = opened[0]!;
  if (support === undefined)
    throw new OneshotError('usage', 'there is no support set: one picture at least of each class that may be named', {
      hint: '`--support DIR`, with a folder for each class or a picture for each; two pictures alone need none',
    });
  const { labels, ways, embeddings, pictures } = support;
  const size = pictures.values.length / ways.length;
  const pixels = Uint8Array.from(pictures.values, (ink) => Math.round(255 * ink));
  return {
    set: {
      labels,
      pictures: ways.map((way, number) => ({ path: `${path}#${number + 1}`, hash: '', way })),
      passedOver: [],
    },
    embeddings: [embeddings.values],
    seen: ways.map((_, i) => ({ ink: null, pixels: pixels.subarray(i * size, (i + 1) * size) })),
  };
}

function medianShots({ labels, pictures }: SupportSet): number {
  const counts = labels.map((_, way) => pictures.filter((picture) => picture.way === way).length).sort((a, b) => a - b);
  return counts[Math.floor(counts.length / 2)]!;
}

/** A network that answers, for programs. */
export interface NetworkDescription {
  readonly path: string;
  /** `experiment/trial`. */
  readonly name: string;
  readonly weightHash: string;
}

/** The networks of a committee. */
export function describeNetworks({ opened }: StartedCommittee): NetworkDescription[] {
  return opened.map(({ path, network }) => ({ path, name: nameNetwork(network), weightHash: network.weightHash }));
}

/** What stands before the answers, for programs. */
export interface ClassificationHead {
  readonly networks: readonly NetworkDescription[];
  /** The folder of the support set, or null where a file brought it along. */
  readonly support: string | null;
  readonly calibration: Calibration | null;
  readonly threshold: number | null;
}

export function describeClassification(
  started: StartedCommittee,
  { calibration, threshold }: Classifier,
  support: string | undefined,
): ClassificationHead {
  return {
    networks: describeNetworks(started),
    support: support ?? null,
    calibration: calibration ?? null,
    threshold: threshold ?? null,
  };
}

/** An answer, for programs. */
export interface AnswerDescription extends Omit<PictureAnswer, 'seen' | 'ranking'> {
  /** Height and width of the file, and the tone that was taken for ink; null where it could not be read. */
  readonly seen: { readonly height: number; readonly width: number; readonly ink: 'dark' | 'light' | null } | null;
  /** The likeliest classes, the best first. */
  readonly classes: readonly RankedClass[];
}

/** An answer with its `top` likeliest classes. */
export function describeAnswer({ seen, ranking, ...answer }: PictureAnswer, top: number): AnswerDescription {
  const picture = seen === null ? null : { height: seen.height, width: seen.width, ink: seen.ink };
  return { ...answer, seen: picture, classes: ranking.slice(0, top) };
}

// What stands around the answers of `oneshot classify`: how they are to be read, and what became of all pictures.

import { formatInteger } from '../base/format-quantity.js';
import type { PictureAnswer } from '../classify/classify-pictures.js';
import { wilsonInterval } from '../evaluation/statistics/wilson-interval.js';
import { type BestScores, type Calibration, measureThreshold } from '../trained/calibration.js';

/** How the answers are read, in sentences. */
export function describeReading(
  ways: number,
  supports: number,
  calibration: Calibration | undefined,
  best: BestScores | undefined,
  threshold: number | undefined,
  isAsked: boolean,
): string[] {
  const set = `${ways} classes, ${supports} support ${supports === 1 ? 'picture' : 'pictures'}`;
  if (calibration === undefined)
    return [
      `${set}; the run kept too few classes to tell what its scores mean: probabilities are a bare ` +
        `softmax${threshold === undefined ? ', nothing is called unknown' : ''}`,
    ];
  const { nWay, kShot, selection, knownQueries, unknownQueries } = calibration;
  const on =
    `${nWay}-way ${kShot}-shot episodes of ` +
    `${selection === 'train' ? 'training classes (none were kept for validation: expect worse)' : 'validation classes'}`;
  if (threshold === undefined) return [`${set}; probabilities after ${on}; nothing is called unknown`];
  const shares = !isAsked ? calibration : best === undefined ? undefined : measureThreshold(best, threshold);
  if (shares === undefined) return [`${set}; below a score of ${threshold} a picture is unknown`];
  return [
    `${set}; below a score of ${threshold.toPrecision(4)} a picture is unknown`,
    `expected after ${on}: ${percent(shares.falseUnknown)} of known pictures called unknown (n = ` +
      `${formatInteger(knownQueries)}), ` +
      `${percent(shares.falseNames)} of unknown ones given a name (n = ${formatInteger(unknownQueries)})`,
  ];
}

/** Answers by what became of them. */
export interface Tally {
  done: number;
  unreadable: number;
  unknown: number;
  support: number;
  right: number;
  wrong: number;
  truths: number;
}

/** Adds an answer. */
export function count(tally: Tally, { problem, name, truth, isSupport }: PictureAnswer): void {
  tally.done++;
  if (problem !== null) tally.unreadable++;
  else if (name === null) tally.unknown++;
  if (isSupport) tally.support++;
  if (truth === null || isSupport || problem !== null) return;
  tally.truths++;
  if (name === truth) tally.right++;
  else if (name !== null) tally.wrong++;
}

/** What became of all pictures, in sentences. */
export function summarize({ done, unreadable, unknown, support, right, wrong, truths }: Tally): string[] {
  const lines = [
    `${formatInteger(done)} ${done === 1 ? 'picture' : 'pictures'}: ${formatInteger(done - unreadable - unknown)} ` +
      `named, ${formatInteger(unknown)} unknown${unreadable > 0 ? `, ${formatInteger(unreadable)} could not be read` : ''}`,
  ];
  if (support > 0)
    lines.push(`${formatInteger(support)} of them are pictures of the support set, which recognise themselves`);
  if (truths > 0) {
    const [low, high] = wilsonInterval(right, truths);
    lines.push(
      `of ${formatInteger(truths)} in folders named like a class, ${formatInteger(right)} were given that name: ` +
        `${percent(right / truths)} (95 % interval ${percent(low)} to ${percent(high)}); ` +
        `${formatInteger(wrong)} another, ${formatInteger(truths - right - wrong)} none`,
    );
  }
  return lines;
}

/** The tally of no answers. */
export function startTally(): Tally {
  return { done: 0, unreadable: 0, unknown: 0, support: 0, right: 0, wrong: 0, truths: 0 };
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

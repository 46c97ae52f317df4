// What is alarming about a scorer's answers, found when they are measured and told in the same words everywhere.
import { type Interval, isBelow } from './statistics/interval.js';
import { wilsonInterval } from './statistics/wilson-interval.js';

/** What is wrong with the answers to a task's episodes. */
export interface EvaluationAlarm {
  /** More than half of the queries got the same score for every class: the network has collapsed to a constant. */
  readonly degenerate: boolean;
  /** Queries with the same score for every class. */
  readonly constantQueries: number;
  /** Queries with a score that is not finite. */
  readonly nonFiniteQueries: number;
  /** Fewer right answers than guessing gives: scores are turned around, or labels do not belong to the pictures. */
  readonly belowChance: boolean;
}

/** What is wrong with the scores of a verification's pairs. */
export interface VerificationAlarm {
  /** All pairs got the same score. */
  readonly degenerate: boolean;
  readonly nonFinitePairs: number;
  readonly belowChance: boolean;
}

/** Scores count as the same when they differ by no more than this part of the largest: float32 rounding. */
const CONSTANT_TOLERANCE = 1e-6;

/** Standard deviations of Wilson's interval for `belowChance`: guessing gets there once in two thousand tasks. */
const Z_BELOW_CHANCE = 3.3;

/** Whether finite scores between `smallest` and `largest` are the same but for rounding. */
export function areConstant(smallest: number, largest: number): boolean {
  return largest - smallest <= CONSTANT_TOLERANCE * Math.max(Math.abs(smallest), Math.abs(largest));
}

/** Whether `correct` of `n` answers are too few for guessing with probability `chance`, also with regard to episodes. */
export function isBelowChance(correct: number, n: number, chance: number, clustered: Interval | null): boolean {
  return (
    isBelow(wilsonInterval(correct, n, Z_BELOW_CHANCE), chance) && (clustered === null || isBelow(clustered, chance))
  );
}

/** An alarm in a few words, without a full stop; `n` queries or pairs were asked. */
export function describeAlarm(alarm: EvaluationAlarm | VerificationAlarm, n: number): string {
  const isOfPairs = 'nonFinitePairs' in alarm;
  const nonFinite = isOfPairs ? alarm.nonFinitePairs : alarm.nonFiniteQueries;
  const asked = isOfPairs ? 'pairs' : 'queries';
  const constant = isOfPairs
    ? `the same score for all ${n} pairs: it has collapsed to a constant, and tells nothing apart`
    : `the same score for every class in ${alarm.constantQueries} of ${n} queries: it has collapsed to a constant, and ` +
      'scores chance';
  return [
    ...(nonFinite > 0 ? [`scores that are not finite in ${nonFinite} of ${n} ${asked}, which count as wrong`] : []),
    ...(alarm.degenerate ? [constant] : []),
    ...(alarm.belowChance
      ? [
          'far fewer right answers than guessing gives: scores are turned around, or labels do not belong to the pictures',
        ]
      : []),
  ].join('; ');
}

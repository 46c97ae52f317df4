// Verification (Koch et al. 2015, section 4.2, Table 1): whether two pictures show the same character, at a threshold that
// is fixed before the measured pairs are looked at.
import type { Baseline, Protocol, ProtocolVerification } from '../../config/experiment.js';
import type { Selection } from '../../data/pictures/picture-set.js';
import { areConstant, isBelowChance, type VerificationAlarm } from '../alarm.js';
import { groupBy } from '../group-by.js';
import { identifyPictures } from '../records/make-records.js';
import { alphabetOutcomes, type KeptPairs, type VerificationResult } from '../records/verification-result.js';
import { makeBaselineScorer } from '../scorers/registry.js';
import type { PairScores, Scorer } from '../scorers/scorer.js';
import { clusteredBootstrap } from '../statistics/clustered-bootstrap.js';
import type { Interval } from '../statistics/interval.js';
import { rocArea } from '../statistics/roc-area.js';
import { wilsonInterval } from '../statistics/wilson-interval.js';
import { type EvaluationData, nameAugmentation } from '../task.js';
import { type ChosenThreshold, chooseThreshold } from './choose-threshold.js';
import { type DrawnPairs, drawPairs } from './draw-pairs.js';

export interface VerificationOptions {
  /** The section `evaluation`; other protocols are passed over. */
  readonly sections: readonly Protocol[];
  readonly baselines: readonly Baseline[];
  readonly data: EvaluationData;
  /** The network; left out where only baselines are measured. */
  readonly network?: Scorer;
  /** Told what happens: `test/verification, network: 9120 of 10000 pairs right`. */
  readonly report?: (message: string) => void;
  /** Given the pairs behind each result with their scores, to be kept. */
  readonly keep?: (pairs: KeptPairs) => void;
}

/**
 * The results of all verifications, in the order of the sections, the network before the baselines. Throws a
 * OneshotError('usage') when a selection is too small for pairs.
 */
export async function verify(options: VerificationOptions): Promise<VerificationResult[]> {
  const results: VerificationResult[] = [];
  const uses = new Map<string, number>();
  for (const section of options.sections) {
    if (section.protocol !== 'verification') continue;
    const use = (uses.get(nameVerification(section)) ?? 0) + 1;
    uses.set(nameVerification(section), use);
    const task = use === 1 ? nameVerification(section) : `${nameVerification(section)}-${use}`;
    for (const scorer of listScorers(section, options)) {
      const { result, pairs } = await verifyWith(scorer, section, options.data, task);
      options.report?.(`${task}, ${scorer.name}: ${result.correct} of ${result.n} pairs right`);
      options.keep?.(pairs);
      results.push(result);
    }
  }
  return results;
}

function nameVerification({ selection, testTimeAugmentation }: ProtocolVerification): string {
  return `${selection}/verification${nameAugmentation(testTimeAugmentation)}`;
}

// A given threshold is a probability, which only the network has.
function listScorers({ threshold }: ProtocolVerification, { network, baselines }: VerificationOptions): Scorer[] {
  const measured = typeof threshold === 'number' ? [] : baselines.map(makeBaselineScorer);
  return network === undefined ? measured : [network, ...measured];
}

async function verifyWith(
  scorer: Scorer,
  section: ProtocolVerification,
  { split, source }: EvaluationData,
  task: string,
): Promise<{ result: VerificationResult; pairs: KeptPairs }> {
  const score = async (selection: Selection): Promise<{ pairs: DrawnPairs; scores: PairScores }> => {
    const pairs = drawPairs(selection, section);
    const numbers = Int32Array.from(new Set([...pairs.first, ...pairs.second])).sort();
    const sized = { clean: selection.set, source };
    const embedded = await scorer.embed(sized, numbers, section.testTimeAugmentation);
    return { pairs, scores: await embedded.scoreAligned(pairs.first, pairs.second) };
  };
  let chosen: ChosenThreshold | undefined;
  if (typeof section.threshold !== 'number') {
    const { pairs, scores } = await score(split.validation);
    chosen = chooseThreshold(scores, pairs.isSame);
  }
  const threshold = chosen?.value ?? logitOf(section.threshold as number);
  const selection = split[section.selection];
  const { pairs, scores } = await score(selection);
  const credits = Uint8Array.from(scores, (value, pair) => judgePair(value, threshold, pairs.isSame[pair]!));
  const n = credits.length;
  const correct = credits.reduce((sum, credit) => sum + credit, 0);
  const { set } = selection;
  const byAlphabet = groupBy(credits.keys(), (pair) => set.characters[set.character[pairs.first[pair]!]!]!.alphabet);
  const perAlphabet = [...byAlphabet].map(([alphabet, members]) => ({
    alphabet: set.alphabets[alphabet]!,
    correct: members.reduce((sum, pair) => sum + credits[pair]!, 0),
    n: members.length,
  }));
  const clustered = clusteredBootstrap(alphabetOutcomes({ perAlphabet })) ?? null;
  const alarm = scorer.constantByDesign ? undefined : findAlarm(scores, correct, clustered);
  const result: VerificationResult = {
    task,
    scorer: scorer.name,
    selection: section.selection,
    seed: section.seed,
    different: section.different,
    testTimeAugmentation: section.testTimeAugmentation ?? null,
    pictures: identifyPictures(set),
    threshold,
    validationAccuracy: chosen?.accuracy ?? null,
    n,
    correct,
    accuracy: correct / n,
    wilson: wilsonInterval(correct, n),
    clustered,
    perAlphabet,
    rocArea: countNonFinite(scores) > 0 ? null : rocArea(scores, pairs.isSame),
    alarm: alarm ?? null,
  };
  return { result, pairs: { task, scorer: scorer.name, threshold, scores, ...pairs } };
}

const countNonFinite = (scores: PairScores) => Array.from(scores).filter((value) => !Number.isFinite(value)).length;

function findAlarm(scores: PairScores, correct: number, clustered: Interval | null): VerificationAlarm | undefined {
  const nonFinitePairs = countNonFinite(scores);
  let [smallest, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const score of scores) {
    smallest = Math.min(smallest, score);
    largest = Math.max(largest, score);
  }
  const degenerate = nonFinitePairs === 0 && areConstant(smallest, largest);
  // Half of the pairs are of the same character.
  const belowChance = nonFinitePairs === 0 && isBelowChance(correct, scores.length, 1 / 2, clustered);
  return degenerate || nonFinitePairs > 0 || belowChance ? { degenerate, nonFinitePairs, belowChance } : undefined;
}

/** The score at which the network's probability is `probability`. */
function logitOf(probability: number): number {
  return Math.log(probability / (1 - probability));
}

// A score that is not finite is never right.
function judgePair(score: number, threshold: number, isSame: number): 0 | 1 {
  if (!Number.isFinite(score)) return 0;
  return score >= threshold === (isSame === 1) ? 1 : 0;
}

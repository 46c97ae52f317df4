// The cross-field rules, run over one experiment. A new rule is a function in rules/ and a line here.
import type { Experiment } from '../config/experiment.js';
import type { ConcretePath } from '../config/key-path.js';
import type { Soundness } from '../config/soundness.js';
import type { Rule, RuleProblem } from './rule.js';
import {
  checkCopiesOrProbability,
  checkDilationRange,
  checkRotationClasses,
  checkScaleRange,
  checkTestTimeAugmentation,
} from './rules/augmentation.js';
import { checkBaselineNames } from './rules/baselines.js';
import { checkBatchSize, checkMicroBatches, checkTask, checkTaskSelection } from './rules/batches.js';
import { checkColorJitter, checkDilation, checkInkOnly, checkStrokes } from './rules/colors.js';
import { checkDataSet, checkSourceSize, checkTrainingSelection } from './rules/data.js';
import { checkEncoderShapes, checkFilePlace, checkLayerNames } from './rules/encoder.js';
import {
  checkAssignment,
  checkClosedSet,
  checkEpisodeCounts,
  checkEpisodeSizes,
  checkLakeRuns,
  checkTransfer,
} from './rules/episodes.js';
import { checkWeightsFit, checkWeightsPlace } from './rules/initial-weights.js';
import { checkLoss, checkLossHead, checkMargin, checkUntrainedHead } from './rules/loss.js';
import { checkEarlyStopping } from './rules/metrics.js';
import { checkName } from './rules/name.js';
import { checkLayerSettings, checkOptimizer } from './rules/optimizer.js';
import { checkSections } from './rules/sections.js';
import { checkTrackingAddress } from './rules/tracking.js';
import { checkVerification } from './rules/verification.js';

/** All cross-field rules. */
export const rules: readonly Rule[] = [
  checkName,
  checkSections,
  checkSourceSize,
  checkDataSet,
  checkTrainingSelection,
  checkCopiesOrProbability,
  checkDilationRange,
  checkScaleRange,
  checkRotationClasses,
  checkTestTimeAugmentation,
  checkColorJitter,
  checkInkOnly,
  checkDilation,
  checkStrokes,
  checkFilePlace,
  checkEncoderShapes,
  checkLayerNames,
  checkWeightsPlace,
  checkWeightsFit,
  checkBatchSize,
  checkMicroBatches,
  checkTask,
  checkTaskSelection,
  checkLoss,
  checkLossHead,
  checkMargin,
  checkUntrainedHead,
  checkOptimizer,
  checkLayerSettings,
  checkEarlyStopping,
  checkBaselineNames,
  checkLakeRuns,
  checkTransfer,
  checkEpisodeSizes,
  checkClosedSet,
  checkAssignment,
  checkEpisodeCounts,
  checkVerification,
  checkTrackingAddress,
];

/** Findings of one rule: more of them have a common cause. */
const MAX_FINDINGS = 200;

/** What a checker knows of the input besides the experiment. */
export interface CheckInput {
  readonly soundness: Soundness;
  /** Whether a path stands in the input and is no default. */
  isGiven(path: ConcretePath): boolean;
}

/** The problems of experiments that share most of their sections: a rule runs once for sections that are the same objects. */
export type ExperimentChecker = (experiment: Experiment) => RuleProblem[];

/** A checker that remembers what each rule found. */
export function createExperimentChecker({ soundness, isGiven }: CheckInput): ExperimentChecker {
  const isSound = (path: ConcretePath) => soundness.isSound(path);
  const isIntact = (path: ConcretePath) => soundness.isIntact(path);
  const active = rules
    .filter(({ needs }) => needs.every((path) => isSound(path.split('.'))))
    .map((rule) => ({ rule, sections: sectionsOf(rule), findings: new FindingsBySections() }));
  return (experiment) =>
    active.flatMap(({ rule, sections, findings }) =>
      findings.get(
        sections.map((section) => experiment[section]),
        () => {
          const problems: RuleProblem[] = [];
          const report = (problem: RuleProblem) => {
            if (problems.length < MAX_FINDINGS) problems.push(problem);
          };
          rule.check(experiment, { report, isSound, isIntact, isGiven });
          return problems;
        },
      ),
    );
}

const allSections: readonly (keyof Experiment)[] = [
  'data',
  'augmentation',
  'model',
  'training',
  'evaluation',
  'baselines',
  'tracking',
];

/** The sections that decide what a rule finds. */
function sectionsOf({ needs, reads = [] }: Rule): (keyof Experiment)[] {
  const named = new Set([...needs.map((path) => path.split('.')[0]), ...reads]);
  return allSections.filter((section) => named.has(section));
}

/** Findings of a rule by the identity of the sections it reads. */
class FindingsBySections {
  readonly #root = new Map<unknown, unknown>();

  get(sections: readonly unknown[], find: () => readonly RuleProblem[]): readonly RuleProblem[] {
    let level = this.#root;
    for (const section of sections.slice(0, -1)) {
      let next = level.get(section) as Map<unknown, unknown> | undefined;
      if (!next) {
        next = new Map();
        level.set(section, next);
      }
      level = next;
    }
    const last = sections.at(-1);
    let found = level.get(last) as readonly RuleProblem[] | undefined;
    if (!found) {
      found = find();
      level.set(last, found);
    }
    return found;
  }
}

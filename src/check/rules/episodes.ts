// Episodes: enough alphabets, characters and drawers for the ways and shots, and a number of answers that comes out even.
import type {
  Experiment,
  ProtocolCrossAlphabet,
  ProtocolMnist,
  ProtocolWithinAlphabet,
} from '../../config/experiment.js';
import type { ConcretePath } from '../../config/key-path.js';
import { explainEmptySelection } from '../../data/data-source.js';
import type { DataSection } from '../../data/loaded-data.js';
import { LAKE_ALPHABETS } from '../../data/omniglot/omniglot-alphabets.js';
import type { SplitPurpose } from '../../data/pictures/picture-set.js';
import type { AlphabetCount } from '../../data/splits.js';
import { describeDataOnce } from '../describe-data-once.js';
import { firstGiven, type Rule, type RuleContext } from '../rule.js';

/** Settings of drawn episodes, in `evaluation` or `training.validation`. */
interface EpisodeSection {
  readonly path: ConcretePath;
  readonly protocol: 'within-alphabet' | 'cross-alphabet' | 'mnist';
  readonly nWay: number | readonly number[];
  readonly kShot: number | readonly number[];
  /** Undefined where the pictures are not those of the data section. */
  readonly selection?: SplitPurpose;
  readonly episodes?: number | undefined;
  readonly queries?: number | undefined;
}

/** Lake's 20 runs belong to Omniglot, and their alphabets are not trained on. */
export const checkLakeRuns: Rule = {
  name: 'lake runs',
  needs: ['data'],
  reads: ['evaluation', 'training'],
  check({ data, evaluation, training }, { report, isSound }) {
    if (!data || !isSound(['evaluation'])) return;
    evaluation.forEach(({ protocol }, index) => {
      if (protocol !== 'lake-runs') return;
      const path = ['evaluation', index, 'protocol'];
      if (data.dataset !== 'omniglot') {
        report({
          code: 'conflict',
          path,
          found: `lake-runs with dataset ${data.dataset}`,
          allowed: 'within-alphabet, cross-alphabet; or dataset omniglot',
        });
        return;
      }
      const trained =
        describeDataOnce(data)?.selections.train.filter(({ name }) => LAKE_ALPHABETS.includes(name)) ?? [];
      if (!training || trained.length === 0) return;
      report({
        code: 'leak',
        path,
        found: `lake-runs with split ${data.split}, which trains on ${trained.length} of its alphabets (${trained.map(({ name }) => name).join(', ')})`,
        allowed: 'within-alphabet, cross-alphabet; or split lake, koch, small1, small2',
      });
    });
  },
};

/** The digits of the transfer to MNIST are not trained on. */
export const checkTransfer: Rule = {
  name: 'transfer',
  needs: ['data'],
  reads: ['evaluation', 'training'],
  check({ data, evaluation, training }, { report, isSound }) {
    if (data?.dataset !== 'mnist' || !training || !isSound(['evaluation'])) return;
    const digits = [...new Set(data.trainDigits)].sort();
    if (digits.length === 0) return;
    evaluation.forEach(({ protocol }, index) => {
      if (protocol !== 'mnist') return;
      report({
        code: 'leak',
        path: ['evaluation', index, 'protocol'],
        found: `mnist, which asks for all ten digits, with training on ${digits.join(', ')}`,
        allowed: 'cross-alphabet, within-alphabet: they ask for the other digits; or another data set to train on',
      });
    });
  },
};

/** The number of answers is given once and is a multiple of the ways. */
export const checkEpisodeCounts: Rule = {
  name: 'episode counts',
  needs: [],
  reads: ['training', 'evaluation'],
  check(experiment, context) {
    for (const section of listEpisodeSections(experiment, context)) {
      const { path, episodes, queries } = section;
      if (episodes !== undefined && queries !== undefined) {
        context.report({
          code: 'conflict',
          path: [...path, 'queries'],
          at: 'key',
          found: 'queries beside episodes',
          allowed: 'one of episodes, queries',
        });
        continue;
      }
      if (queries === undefined) continue;
      const uneven = [section.nWay].flat().find((nWay) => queries % nWay !== 0);
      if (uneven === undefined) continue;
      context.report({
        code: 'episode',
        path: firstGiven(context, [[...path, 'queries'], [...path, 'nWay'], path]),
        found: `${queries} queries with ${uneven} ways`,
        allowed: `a multiple of nWay: ${nearestMultiples(queries, uneven)}`,
        hint: 'an episode has one query of every class',
      });
    }
  },
};

/**
 * The selection exists, and some of its alphabets have enough characters and drawers. Alphabets that are too small are
 * left out; a problem only where none is left.
 */
export const checkEpisodeSizes: Rule = {
  name: 'episode sizes',
  needs: ['data'],
  reads: ['training', 'evaluation'],
  check(experiment, context) {
    const { data } = experiment;
    const selections = data && describeDataOnce(data)?.selections;
    if (!selections) return;
    for (const section of listEpisodeSections(experiment, context).filter(hasSelection)) {
      const alphabets = selections[section.selection];
      if (alphabets.length === 0) reportEmptySelection(section, data, context);
      else {
        checkShots(section, alphabets, context);
        checkWays(section, alphabets, context);
      }
    }
  },
};

/** Episodes of the pictures of the data section. */
type SelectionSection = EpisodeSection & { readonly selection: SplitPurpose };

function hasSelection(section: EpisodeSection): section is SelectionSection {
  return section.selection !== undefined;
}

function reportEmptySelection({ path, selection }: SelectionSection, data: DataSection, context: RuleContext): void {
  const isValidation = path[0] === 'training';
  context.report({
    code: 'episode',
    path: isValidation ? path : firstGiven(context, [[...path, 'selection'], path]),
    at: isValidation ? 'key' : 'value',
    found: `the ${selection} selection, which is empty`,
    allowed: 'a selection that has alphabets',
    hint: explainEmptySelection(data, selection),
  });
}

function checkShots(section: SelectionSection, alphabets: readonly AlphabetCount[], context: RuleContext): void {
  const drawers = Math.max(...alphabets.map((alphabet) => alphabet.drawers));
  for (const { value, index } of eachValue(section.kShot)) {
    if (value < drawers) continue;
    context.report({
      code: 'episode',
      path: pathOfValue(section, 'kShot', index, context),
      found: `${value} ${value === 1 ? 'shot' : 'shots'}`,
      allowed: `at most ${drawers - 1}: each character of the ${section.selection} selection has ${drawers} pictures, and the query takes one`,
    });
  }
}

function checkWays(section: SelectionSection, alphabets: readonly AlphabetCount[], context: RuleContext): void {
  const isWithin = section.protocol === 'within-alphabet';
  const largest = alphabets.reduce((a, b) => (b.characters > a.characters ? b : a));
  const most = isWithin ? largest.characters : alphabets.reduce((sum, { characters }) => sum + characters, 0);
  for (const { value, index } of eachValue(section.nWay)) {
    if (value <= most) continue;
    context.report({
      code: 'episode',
      path: pathOfValue(section, 'nWay', index, context),
      found: `${value} ways`,
      allowed: isWithin
        ? `at most ${most}: no alphabet of the ${section.selection} selection has more characters (${largest.name})`
        : `at most ${most}, the characters of the ${section.selection} selection`,
    });
  }
}

/** All sections of an experiment that ask for episodes and are sound. */
function listEpisodeSections({ evaluation, training }: Experiment, { isSound }: RuleContext): EpisodeSection[] {
  const sections: EpisodeSection[] = [];
  const validationPath = ['training', 'validation'];
  if (isSound(validationPath) && training?.validation) {
    sections.push({ ...training.validation, path: validationPath, selection: 'validation' });
  }
  if (!isSound(['evaluation']) && !Array.isArray(evaluation)) return sections;
  evaluation.forEach((protocol, index) => {
    const path = ['evaluation', index];
    if (isSound(path) && protocol.protocol !== 'lake-runs' && protocol.protocol !== 'verification') {
      sections.push({ ...(protocol as ProtocolWithinAlphabet | ProtocolCrossAlphabet | ProtocolMnist), path });
    }
  });
  return sections;
}

function eachValue(values: number | readonly number[]): { value: number; index: number | undefined }[] {
  return typeof values === 'number'
    ? [{ value: values, index: undefined }]
    : values.map((value, index) => ({ value, index }));
}

function pathOfValue(
  { path }: EpisodeSection,
  key: string,
  index: number | undefined,
  context: RuleContext,
): ConcretePath {
  if (index !== undefined) return [...path, key, index];
  return firstGiven(context, [[...path, key], path]);
}

function nearestMultiples(count: number, of: number): string {
  const below = Math.floor(count / of) * of;
  return below === 0 ? String(of) : `${below}, ${below + of}`;
}

// Episodes: enough alphabets, characters and drawers for the ways and shots, and a number of answers that comes out even.
import type {
  Experiment,
  ProtocolCrossAlphabet,
  ProtocolMnist,
  ProtocolWithinAlphabet,
} from '../../config/experiment.js';
import type { ConcretePath } from '../../config/key-path.js';
import { explainEmptySelection } from '../../data/data-sets.js';
import type { DataSection } from '../../data/loaded-data.js';
import { LAKE_ALPHABETS } from '../../data/omniglot/omniglot-alphabets.js';
import type { SplitPurpose } from '../../data/pictures/picture-set.js';
import type { AlphabetCount } from '../../data/splits.js';
import { chooseWords, type Words } from '../../data/words.js';
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
  readonly queriesPerClass?: number;
  readonly assignment?: unknown;
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
        found:
          `lake-runs with split ${data.split}, which trains on ${trained.length} of its alphabets ` +
          `(${trained.map(({ name }) => name).join(', ')})`,
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

/** Known classes are asked for where the test has classes that training has. */
export const checkClosedSet: Rule = {
  name: 'closed set',
  needs: ['data'],
  reads: ['evaluation'],
  check({ data, evaluation }, { report, isSound }) {
    const described = data && describeDataOnce(data);
    if (!described || !isSound(['evaluation'])) return;
    evaluation.forEach(({ protocol }, index) => {
      if (protocol !== 'closed-set' || (described.sharedClasses ?? []).length > 0) return;
      report({
        code: 'conflict',
        path: ['evaluation', index, 'protocol'],
        found: 'closed-set, and the test shares no class with training',
        allowed:
          data.dataset === 'folder'
            ? 'data.divideBy: pictures, or folders train and test with the same classes; cross-alphabet for unseen ones'
            : 'within-alphabet, cross-alphabet; or dataset folder',
      });
    });
  },
};

/** Queries are assigned to classes one to one where an episode has one of each. */
export const checkAssignment: Rule = {
  name: 'assignment',
  needs: [],
  reads: ['evaluation'],
  check(experiment, context) {
    for (const { path, assignment, queriesPerClass = 1 } of listEpisodeSections(experiment, context)) {
      if (assignment === undefined || queriesPerClass === 1) continue;
      context.report({
        code: 'conflict',
        path: [...path, 'assignment'],
        at: 'key',
        found: `assignment with ${queriesPerClass} queries per class`,
        allowed: 'one of assignment, queriesPerClass',
        hint: 'it gives each class of an episode to one query',
      });
    }
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
      const { queriesPerClass = 1 } = section;
      const uneven = [section.nWay].flat().find((nWay) => queries % (nWay * queriesPerClass) !== 0);
      if (uneven === undefined) continue;
      const perEpisode = uneven * queriesPerClass;
      context.report({
        code: 'episode',
        path: firstGiven(context, [[...path, 'queries'], [...path, 'nWay'], path]),
        found:
          `${queries} queries with ${uneven} ` +
          `ways${queriesPerClass === 1 ? '' : ` and ${queriesPerClass} queries per class`}`,
        allowed:
          `a multiple of ${queriesPerClass === 1 ? 'nWay' : 'nWay times queriesPerClass'}: ` +
          `${nearestMultiples(queries, perEpisode)}`,
        hint: `an episode has ${queriesPerClass === 1 ? 'one query' : `${queriesPerClass} queries`} of every class`,
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
        const words = chooseWords([data.dataset]);
        checkShots(section, alphabets, words, context);
        checkWays(section, alphabets, words, context);
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
    allowed: `a selection that has ${chooseWords([data.dataset]).alphabets}`,
    hint: explainEmptySelection(data, selection),
  });
}

function checkShots(
  section: SelectionSection,
  alphabets: readonly AlphabetCount[],
  words: Words,
  context: RuleContext,
): void {
  const { queriesPerClass = 1, selection } = section;
  const { drawers, fewest } = alphabets.reduce((a, b) => (b.drawers > a.drawers ? b : a));
  const most = drawers - queriesPerClass;
  const who = fewest === undefined ? `each ${words.character}` : `${words.character} ${fewest}`;
  const taken = queriesPerClass === 1 ? 'the query takes one' : `the queries take ${queriesPerClass}`;
  for (const { value, index } of eachValue(section.kShot)) {
    if (value <= most) continue;
    context.report({
      code: 'episode',
      path: pathOfValue(section, 'kShot', index, context),
      found: `${value} ${value === 1 ? 'shot' : 'shots'}`,
      allowed:
        most < 1
          ? `fewer queries per class: ${who} of the ${selection} selection has ${drawers} pictures, and ${taken}`
          : `at most ${most}: ${who} of the ${selection} selection has ${drawers} pictures, and ${taken}`,
      hint: fewest === undefined ? undefined : 'data.minimumPictures leaves out classes with fewer pictures',
    });
  }
}

function checkWays(
  section: SelectionSection,
  alphabets: readonly AlphabetCount[],
  words: Words,
  context: RuleContext,
): void {
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
        ? `at most ${most}: no ${words.alphabet} of the ${section.selection} selection has more ${words.characters} ` +
          `(${largest.name})`
        : `at most ${most}, the ${words.characters} of the ${section.selection} selection`,
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
    if (isSound(path) && 'nWay' in protocol) {
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

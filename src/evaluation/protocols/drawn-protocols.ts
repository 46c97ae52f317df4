// Protocols with drawn episodes: every combination of ways and shots becomes a task with episodes of its own seed.
import { OneshotError } from '../../base/problem.js';
import type { ProtocolCrossAlphabet, ProtocolWithinAlphabet } from '../../config/experiment.js';
import type { SplitPurpose } from '../../data/pictures/picture-set.js';
import { drawEpisodes, type EpisodePlan } from '../../data/sampling/draw-episodes.js';
import {
  type EpisodeProtocol,
  type EvaluationData,
  type EvaluationTask,
  nameTask,
  type ProtocolType,
} from '../task.js';

/**
 * The paper's protocol (Koch et al. 2015, section 4.3): classes of one alphabet, the support pictures by one person for
 * each shot, the queries by another.
 */
export const withinAlphabet: ProtocolType<ProtocolWithinAlphabet> = {
  protocol: 'within-alphabet',
  title: 'Random episodes within an alphabet',
  makeTasks: async (section, data) => makeDrawnTasks(section, 'within-alphabet', data),
};

/**
 * The unstructured protocol (Vinyals et al. 2016): classes of all alphabets of the selection, pictures by anybody. Easier
 * than within an alphabet: figures of the two are not comparable.
 */
export const crossAlphabet: ProtocolType<ProtocolCrossAlphabet> = {
  protocol: 'cross-alphabet',
  title: 'Random episodes across alphabets (easier)',
  makeTasks: async (section, data) => makeDrawnTasks(section, 'cross-alphabet', data),
};

/** What a section says of its episodes. */
export interface DrawnSection
  extends Pick<ProtocolCrossAlphabet, 'nWay' | 'kShot' | 'episodes' | 'queries' | 'seed' | 'testTimeAugmentation'> {
  readonly protocol: EpisodeProtocol['protocol'];
  readonly selection: SplitPurpose;
  readonly queriesPerClass?: number;
}

/** Episodes of a section that says neither `episodes` nor `queries`. */
const DEFAULT_EPISODES = 20;

/**
 * The tasks of a section, ways before shots, in the order of its lists; `draw` says how its episodes are drawn. Throws a
 * OneshotError('usage') when the selection is too small for an episode.
 */
export function makeDrawnTasks(
  section: DrawnSection,
  draw: EpisodePlan['protocol'],
  data: EvaluationData,
): EvaluationTask[] {
  const { protocol, selection, seed, testTimeAugmentation = null, queriesPerClass = 1 } = section;
  const shots = [section.kShot].flat();
  const combinations = [section.nWay].flat().flatMap((nWay) => shots.map((kShot) => ({ nWay, kShot })));
  return combinations.map(({ nWay, kShot }) => {
    const episodeCount = countEpisodes(section, nWay * queriesPerClass);
    const plan = { protocol: draw, nWay, kShot, queriesPerClass, episodes: episodeCount, seed };
    const { episodes, skippedAlphabets } = drawEpisodes(data.split[selection], plan);
    const task = { protocol, selection, nWay, kShot, seed, testTimeAugmentation, assignment: null };
    const pictures = { clean: data.split[selection].set, source: data.source };
    return { ...task, name: nameTask(task), pictures, episodes, skippedAlphabets };
  });
}

/** Episodes that give the section's number of answers. Throws a OneshotError('usage') when they do not come out even. */
function countEpisodes(section: { episodes?: number; queries?: number }, queriesPerEpisode: number): number {
  if (section.queries === undefined) return section.episodes ?? DEFAULT_EPISODES;
  if (section.queries % queriesPerEpisode !== 0) {
    throw new OneshotError(
      'usage',
      `${section.queries} queries are no multiple of the ${queriesPerEpisode} of an episode`,
    );
  }
  return section.queries / queriesPerEpisode;
}

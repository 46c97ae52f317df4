// What protocols with drawn episodes share: every combination of ways and shots becomes a task with episodes of its own seed.
import { OneshotError } from '../../base/problem.js';
import type { ProtocolCrossAlphabet, ProtocolWithinAlphabet } from '../../config/experiment.js';
import { drawEpisodes } from '../../data/sampling/draw-episodes.js';
import { type EvaluationData, type EvaluationTask, nameTask } from '../task.js';

/** Episodes of a section that says neither `episodes` nor `queries`. */
const DEFAULT_EPISODES = 20;

/** The tasks of a section, ways before shots, in the order of its lists. Throws a OneshotError('usage') when the selection is too small for an episode. */
export function makeDrawnTasks(
  section: ProtocolWithinAlphabet | ProtocolCrossAlphabet,
  data: EvaluationData,
): EvaluationTask[] {
  const { protocol, selection, seed, testTimeAugmentation = null } = section;
  const shots = [section.kShot].flat();
  const combinations = [section.nWay].flat().flatMap((nWay) => shots.map((kShot) => ({ nWay, kShot })));
  return combinations.map(({ nWay, kShot }) => {
    const plan = { protocol, nWay, kShot, episodes: countEpisodes(section, nWay), seed };
    const { episodes, skippedAlphabets } = drawEpisodes(data.split[selection], plan);
    const task = { protocol, selection, nWay, kShot, seed, testTimeAugmentation, assignment: null };
    const pictures = { clean: data.split[selection].set, source: data.source };
    return { ...task, name: nameTask(task), pictures, episodes, skippedAlphabets };
  });
}

/** Episodes that give the section's number of answers; each has one query of every class. Throws a OneshotError('usage') when they do not come out even. */
function countEpisodes(section: { episodes?: number; queries?: number }, nWay: number): number {
  if (section.queries === undefined) return section.episodes ?? DEFAULT_EPISODES;
  if (section.queries % nWay !== 0) {
    throw new OneshotError('usage', `${section.queries} queries are no multiple of ${nWay} ways`);
  }
  return section.queries / nWay;
}

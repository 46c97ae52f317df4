// What a network is said to reach where it is measured as reimplementations of Koch et al. 2015 do by mistake. Such rows
// stand beside the right one, so that a reader sees what the mistake is worth, and speak nowhere.
import { randomStream } from '../base/random-stream.js';
import type { Mistake } from '../config/experiment.js';
import type { Selection } from '../data/pictures/picture-set.js';
import type { Episode } from '../data/sampling/episode.js';
import type { EpisodeAnswers } from './score-episodes.js';
import type { EvaluationTask } from './task.js';

/** What the name of a row with the mistake ends in. */
const SUFFIXES: Readonly<Record<Mistake, string>> = {
  tiesRight: 'ties-right',
  withReplacement: 'with-replacement',
};

/** The task measured with a mistake: with the same episodes, but for support pictures that are drawn with replacement. */
export function makeMistake(task: EvaluationTask, mistake: Mistake, selection: Selection): EvaluationTask {
  const episodes = mistake === 'withReplacement' ? replaceSupport(task, selection) : task.episodes;
  return { ...task, name: `${task.name}-${SUFFIXES[mistake]}`, mistake, episodes };
}

/**
 * The episodes with support pictures as drawn with replacement: each is a query of its class with probability
 * queries / pictures of the class, and then answers itself. Within an alphabet the people are drawn, not the pictures: then
 * this happens to all classes of an episode at once.
 */
function replaceSupport({ protocol, episodes, seed }: EvaluationTask, { set, pictures }: Selection): Episode[] {
  const counts = new Map<number, number>();
  for (const picture of pictures) {
    const character = set.character[picture]!;
    counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  return episodes.map((episode, number) => {
    const stream = randomStream(seed ?? 1, 'replacement', number);
    const ofEpisode = episode.supportSet[0]!.map(() => stream.uniform());
    const supportSet = episode.supportSet.map((shots, way) => {
      const own = episode.queries.filter(({ truth }) => truth === way).map(({ picture }) => picture);
      return shots.map((picture, shot) => {
        const draw = protocol === 'within-alphabet' ? ofEpisode[shot]! : stream.uniform();
        const hit = Math.floor(draw * counts.get(set.character[picture]!)!);
        return own[hit] ?? picture;
      });
    });
    return { ...episode, supportSet };
  });
}

/** The answers of an episode where a tie with the right class counts as right. */
export function countTiesAsRight(answers: EpisodeAnswers): EpisodeAnswers {
  return answers.map((answer) => ({ ...answer, credit: answer.credit > 0 ? 1 : 0 }));
}

// Evaluation from sections of an experiment file to results: protocol x N x k, for the network and the baselines. Each
// picture is looked at once for all tasks that share pictures and augmentation.
import type { Baseline, Protocol } from '../config/experiment.js';
import type { SizedPictures } from '../data/pictures/picture-sizes.js';
import type { Episode } from '../data/sampling/episode.js';
import { countAnswers } from './count-answers.js';
import { groupBy } from './group-by.js';
import { makeTasks } from './protocols/registry.js';
import type { EvaluationResult } from './records/evaluation-result.js';
import { makePredictionRecord, makeResult } from './records/make-records.js';
import type { PredictionRecord } from './records/predictions.js';
import { type EpisodeAnswers, scoreEpisodes } from './score-episodes.js';
import { makeBaselineScorer } from './scorers/registry.js';
import type { Scorer } from './scorers/scorer.js';
import { type EvaluationData, type EvaluationTask, identifyEpisodes } from './task.js';

export interface EvaluationOptions {
  /** The section `evaluation`. */
  readonly sections: readonly Protocol[];
  readonly baselines: readonly Baseline[];
  readonly data: EvaluationData;
  /** The network; left out where only baselines are measured. */
  readonly network?: Scorer;
  /** Told what happens: `test/lake-runs/20-way-1-shot, network: 388 of 400 queries right`. */
  readonly report?: (message: string) => void;
  /** Given the predictions behind each result, to be kept. */
  readonly keep?: (record: PredictionRecord) => void;
}

/**
 * The results of all tasks, in the order of the sections, the network before the baselines. Baselines embed nothing, so
 * a task that differs from another in its test-time augmentation alone is measured for the network only. Rejects with a
 * OneshotError('data') when the data cannot give an episode.
 */
export async function evaluate(options: EvaluationOptions): Promise<EvaluationResult[]> {
  const tasks = await makeTasks(options.sections, options.data);
  const scorers = [...(options.network ? [options.network] : []), ...options.baselines.map(makeBaselineScorer)];
  const results = new Map<EvaluationTask, EvaluationResult[]>(tasks.map((task) => [task, []]));
  for (const scorer of scorers) {
    const measured = scorer === options.network ? tasks : dropRepeatedEpisodes(tasks);
    for await (const { task, answers } of answerTasks(scorer, measured)) {
      const result = makeResult(task, scorer, answers);
      options.report?.(
        `${task.name}, ${scorer.name}: ${Number(result.correct.toFixed(1))} of ${result.n} queries right`,
      );
      options.keep?.(makePredictionRecord(task, scorer, answers));
      results.get(task)!.push(result);
    }
  }
  return tasks.flatMap((task) => results.get(task)!);
}

function dropRepeatedEpisodes(tasks: readonly EvaluationTask[]): EvaluationTask[] {
  const seen = new Set<string>();
  return tasks.filter(({ pictures, episodes, assignment, mistake }) => {
    const hash = `${identifyEpisodes(pictures.clean, episodes)} ${assignment} ${mistake}`;
    if (seen.has(hash)) return false;
    seen.add(hash);
    return true;
  });
}

/** The answers of one scorer to each task. Pictures are embedded once for all tasks that share them and their augmentation. */
export async function* answerTasks(
  scorer: Scorer,
  tasks: readonly EvaluationTask[],
): AsyncGenerator<{ task: EvaluationTask; answers: EpisodeAnswers[] }> {
  const groups = groupBy(tasks, ({ pictures, testTimeAugmentation }) =>
    JSON.stringify([pictures.clean.digest, testTimeAugmentation]),
  );
  for (const group of groups.values()) {
    const [{ pictures, testTimeAugmentation }] = group as [EvaluationTask];
    const numbers = listPictures(pictures, group);
    const embedded = await scorer.embed(pictures, numbers, testTimeAugmentation ?? undefined);
    // A transductive task has the very episodes of the task before it, as one that counts ties as right: scored once.
    const scored = new Map<readonly Episode[], EpisodeAnswers[]>();
    for (const task of group) {
      const { episodes } = task;
      const answers = scored.get(episodes) ?? (await scoreEpisodes(scorer, embedded, episodes));
      scored.set(episodes, answers);
      yield { task, answers: answers.map((own, index) => countAnswers(own, index, task)) };
    }
  }
}

function listPictures({ clean }: SizedPictures, tasks: readonly EvaluationTask[]): Int32Array {
  const used = new Uint8Array(clean.character.length);
  for (const { supportSet, queries } of tasks.flatMap(({ episodes }) => episodes)) {
    for (const picture of supportSet.flat()) used[picture] = 1;
    for (const { picture } of queries) used[picture] = 1;
  }
  return Int32Array.from(used.keys()).filter((picture) => used[picture] === 1);
}
